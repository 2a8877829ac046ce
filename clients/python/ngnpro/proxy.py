"""The proxy: a port of the WSDL as a Python object."""

import inspect

import requests
import zeep

from . import envelope, faults
from .transport import LocalSchemaTransport

_AUTH_MEMBERS = ("username", "password", "impersonate")


class Proxy:
    """One port of the service, with its operations as methods.

    ``wsdl``   address or file of the WSDL, for example ``http://127.0.0.1:9200/wsdl``
    ``port``   name of a port, for example ``Sip`` or ``SipPort``; ``ngnpro.ports(wsdl)`` lists them
    ``auth``   ``dict(username=..., password=...)``, and ``impersonate=<customer id>`` to act as a customer
    ``url``    where to send the calls, when not to the address that the WSDL gives
    ``timeout``  seconds for each call

    Methods appear when the WSDL is loaded: ``dir(proxy)`` names them, ``help(proxy.addAccount)`` shows the parameters.
    They take and return plain data (str, int, bool, list, dict); a refusal raises a class of ``ngnpro.faults``.

    >>> sip = Proxy("http://127.0.0.1:9200/wsdl", "Sip", auth=dict(username="reseller", password="secret"))
    >>> sip.addDomain({"domain": "example.com"})
    """

    def __init__(self, wsdl, port, auth=None, url=None, timeout=30):
        unknown = set(auth or {}) - set(_AUTH_MEMBERS)
        if unknown:
            raise TypeError(f"auth has {', '.join(_AUTH_MEMBERS)}, not {', '.join(sorted(unknown))}")
        client = _load(wsdl, timeout)
        found = _find_port(client, port)
        self._auth = dict(auth) if auth else None
        self._transport = client.transport
        self._url = url or found.binding_options["address"]
        for name, operation in found.binding.all().items():
            setattr(self, name, _method(self, name, operation))

    def __repr__(self):
        return f"<ngnpro.Proxy {self._url}>"

    def _post(self, message):
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        try:
            response = self._transport.post(self._url, message, headers)
        except requests.RequestException as error:
            raise ConnectionError(f"{self._url}: {error}") from error
        # A fault comes with status 500; everything else that is not 200 has no envelope to read.
        if response.status_code not in (200, 500):
            raise faults.Fault(0, f"HTTP status {response.status_code} from {self._url}")
        return response.content


def ports(wsdl, timeout=30):
    """Names of the ports that the WSDL offers."""
    return list(_ports(_load(wsdl, timeout)))


def _load(wsdl, timeout):
    # The server's lists may be long, and values may carry any white space: nothing is trimmed or cut.
    settings = zeep.Settings(strict=False, xml_huge_tree=True)
    transport = LocalSchemaTransport(timeout=timeout, operation_timeout=timeout)
    try:
        return zeep.Client(wsdl, transport=transport, settings=settings)
    except requests.ConnectionError as error:
        raise ConnectionError(f"{wsdl}: {error}") from error
    except (requests.RequestException, zeep.exceptions.Error, AttributeError) as error:
        # zeep meets what is not even XML with an AttributeError.
        raise ValueError(f"{wsdl} is not a WSDL: {error}") from error


def _ports(client):
    return {name: port for service in client.wsdl.services.values() for name, port in service.ports.items()}


def _find_port(client, port):
    found = _ports(client)
    for name in (port, f"{port}Port"):
        if name in found:
            return found[name]
    raise ValueError(f"the WSDL has no port {port}; it has {', '.join(found)}")


def _parts(message):
    """Names and types of a message's parts; zeep has no body at all for a message without parts."""
    return [(name, element.type) for name, element in message.body.type.elements] if message.body is not None else []


def _method(proxy, name, operation):
    parameters = _parts(operation.input)
    results = _parts(operation.output)
    signature = inspect.Signature(
        [inspect.Parameter(key, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None) for key, _ in parameters]
    )
    qualified = operation.input.body.qname if operation.input.body is not None else None

    def call(*args, **kwargs):
        arguments = signature.bind_partial(*args, **kwargs).arguments
        answer = proxy._post(envelope.call(qualified, parameters, arguments, proxy._auth))
        return envelope.answer(answer, results[0][1] if results else None)

    call.__name__ = name
    call.__qualname__ = f"Proxy.{name}"
    call.__signature__ = signature
    call.__doc__ = "\n".join(f"{key}: {kind.name}" for key, kind in parameters) or None
    return call
