"""suds with the server's WSDLs: driver.py URL literal|encoded TENANT"""

import base64
import sys
from pathlib import Path

from suds import WebFault
from suds.cache import NoCache
from suds.client import Client
from suds.sax.element import Element

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import core  # noqa: E402


class Toolkit:
    Refused = WebFault

    def __init__(self, url, style):
        self.literal = style == "literal"
        address = (lambda port: f"{url}/soap/{port.lower()}?wsdl") if self.literal else (lambda port: f"{url}/ngnpro/wsdl?port={port}")
        self.clients = {port: Client(address(port), cache=NoCache()) for port in core.PORTS}

    def call(self, operation, arguments, auth):
        port, name = operation.split(".")
        client = self.clients[port]
        if port != "Presence":
            header = Element("auth", ns=("n", f"urn:AGProjects:NGNPro:{port}:literal" if self.literal else "urn:AGProjects:NGNPro"))
            for member, text in auth.items():
                header.append(Element(member, ns=header.namespace() if self.literal else None).setText(text))
            client.set_options(soapheaders=header)
        return getattr(client.service, name)(**arguments)

    def items(self, entries):
        return {"item": entries}

    def listed(self, array):
        # An empty array is the empty text to suds; encoded arrays are lists already.
        return array if isinstance(array, list) else list(getattr(array, "item", []) or [])

    def code(self, error):
        return error.fault.detail.exception.errorcode

    def walk(self, auth):
        for port, client in self.clients.items():
            (definition,) = client.sd
            for name, parameters in definition.ports[0][1]:
                arguments = {parameter[0]: sample(client, parameter[1]) for parameter in parameters}
                yield f"{port}.{name}", core.outcome(self, lambda: self.call(f"{port}.{name}", arguments, auth))


def sample(client, element):
    """A value of a type, with all its members."""
    kind = element.resolve()
    if kind.enum():
        return kind.rawchildren[0].name
    children = [child for child, ancestry in kind.children()]
    if children and children[0].name is None:
        # An encoded array: suds does not say of what.
        return {"item": []}
    if children:
        return {child.name: [sample(client, child)] if child.multi_occurrence() else sample(client, child) for child in children}
    if kind.name in ("int", "integer", "long", "nonNegativeInteger", "unsignedInt", "unsignedShort"):
        return 4242
    if kind.name in ("float", "double"):
        return 4.5
    if kind.name == "base64Binary":
        return base64.b64encode(b"sample").decode()
    return True if kind.name == "boolean" else "sample"


if __name__ == "__main__":
    core.run(Toolkit(sys.argv[1], sys.argv[2]), sys.argv[3])
