"""SOAP 1.1 envelopes, rpc/encoded: a call out, an answer or a fault in."""

from lxml import etree

from . import faults
from .values import XSI, read, write

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_TYPES = "urn:AGProjects:NGNPro"
_PREFIXES = {
    "soap": _SOAP,
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "xsi": XSI,
    "enc": "http://schemas.xmlsoap.org/soap/encoding/",
    "ngnpro": _TYPES,
}


def call(operation, parameters, arguments, auth):
    """The bytes of a call: ``operation`` is its qualified name, ``parameters`` the names and types in order."""
    envelope = etree.Element(f"{{{_SOAP}}}Envelope", nsmap=_PREFIXES)
    envelope.set(f"{{{_SOAP}}}encodingStyle", _PREFIXES["enc"])
    if auth is not None:
        header = etree.SubElement(etree.SubElement(envelope, f"{{{_SOAP}}}Header"), f"{{{_TYPES}}}auth")
        for name, value in auth.items():
            if value is not None:
                etree.SubElement(header, name).text = str(value)
    body = etree.SubElement(envelope, f"{{{_SOAP}}}Body")
    element = etree.SubElement(body, operation, nsmap={"op": etree.QName(operation).namespace})
    for name, kind in parameters:
        write(element, name, arguments.get(name), kind)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def answer(content, kind):
    """The result in an answer's bytes (None when ``kind`` is None); a fault is raised."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True)
    try:
        envelope = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise faults.Fault(0, f"the answer is not XML: {error}") from None
    body = envelope.find(f"{{{_SOAP}}}Body")
    if body is None or len(body) == 0:
        raise faults.Fault(0, "the answer is not a SOAP envelope")
    if body[0].tag == f"{{{_SOAP}}}Fault":
        raise faults.from_element(body[0])
    if kind is None:
        return None
    return read(body[0][0] if len(body[0]) else None, kind)
