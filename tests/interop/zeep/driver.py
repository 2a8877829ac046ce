"""zeep with the server's literal WSDLs: driver.py URL TENANT"""

import sys
from pathlib import Path

import zeep
from zeep import xsd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import core  # noqa: E402


class Toolkit:
    Refused = zeep.exceptions.Fault

    def __init__(self, url):
        self.clients = {port: zeep.Client(f"{url}/soap/{port.lower()}?wsdl") for port in core.PORTS}

    def call(self, operation, arguments, auth):
        port, name = operation.split(".")
        client = self.clients[port]
        headers = None
        if port != "Presence":
            headers = [client.get_element(f"{{urn:AGProjects:NGNPro:{port}:literal}}auth")(**auth)]
        return client.service[name](**arguments, _soapheaders=headers)

    def items(self, entries):
        return {"item": entries}

    def listed(self, array):
        # A result that is an array alone comes without its wrapper.
        return [] if array is None else array if isinstance(array, list) else array.item

    def code(self, error):
        return error.detail.findtext("{*}exception/{*}errorcode")

    def walk(self, auth):
        for port, client in self.clients.items():
            (service,) = client.wsdl.services.values()
            for name, operation in service.ports[f"{port}Port"].binding.all().items():
                arguments = {key: sample(element.type) for key, element in operation.input.body.type.elements}
                yield f"{port}.{name}", core.outcome(self, lambda: self.call(f"{port}.{name}", arguments, auth))


def sample(kind):
    """A value of a type, with all its members."""
    if isinstance(kind, xsd.ComplexType):
        return {name: [sample(element.type)] if element.accepts_multiple else sample(element.type) for name, element in kind.elements}
    if isinstance(kind, (xsd.Integer, xsd.Int, xsd.Long)):
        return 4242
    if isinstance(kind, (xsd.Double, xsd.Float)):
        return 4.5
    if isinstance(kind, xsd.Boolean):
        return True
    return b"sample" if isinstance(kind, xsd.Base64Binary) else "sample"


if __name__ == "__main__":
    core.run(Toolkit(sys.argv[1]), sys.argv[2])
