"""Plain Python data to SOAP values and back, along the types that the WSDL gives.

dict for a structure, list for an array, str, int, float, bool for scalars, None for null. zeep knows the types; the
rpc/encoded form is written and read here, because zeep can write neither an empty nor a structured encoded array.
"""

from lxml import etree
from zeep import xsd

XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ENC = "http://schemas.xmlsoap.org/soap/encoding/"
_NIL, _TYPE = f"{{{XSI}}}nil", f"{{{XSI}}}type"
_ARRAY_TYPE = f"{{{_ENC}}}arrayType"


def write(parent, name, value, kind):
    """Appends ``<name>`` with ``value`` to ``parent``. Names that a structure does not have are refused."""
    element = etree.SubElement(parent, name)
    item, members = item_type(kind), member_types(kind)
    if value is None:
        element.set(_NIL, "true")
    elif item is not None:
        if isinstance(value, (str, bytes, dict)):
            raise TypeError(f"{name} is a list, not {value!r}")
        entries = list(value)
        element.set(_TYPE, _qualified(element, etree.QName(_ENC, "Array")))
        element.set(_ARRAY_TYPE, f"{_qualified(element, item.qname)}[{len(entries)}]")
        for entry in entries:
            write(element, "item", entry, item)
    elif members is not None:
        if not isinstance(value, dict):
            raise TypeError(f"{name} is a dict with some of {', '.join(members)}, not {value!r}")
        unknown = [member for member in value if member not in members]
        if unknown:
            raise TypeError(f"{name} has no {', '.join(unknown)}; it has {', '.join(members)}")
        element.set(_TYPE, _qualified(element, kind.qname))
        for member, entry in value.items():
            write(element, member, entry, members[member])
    else:
        element.set(_TYPE, _qualified(element, kind.qname))
        try:
            element.text = kind.xmlvalue(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None


def read(element, kind):
    """The value of an element, by the declared type; members are found by local name, arrays are always lists."""
    item, members = item_type(kind), member_types(kind)
    null = element is None or element.get(_NIL) in ("true", "1")
    if item is not None:
        return [] if null else [read(child, item) for child in _children(element)]
    if null:
        return None
    if members is not None:
        found = {etree.QName(child).localname: child for child in _children(element)}
        return {name: read(found.get(name), member) for name, member in members.items()} if found else None
    if isinstance(kind, xsd.String):
        return element.text or ""
    return kind.pythonvalue(element.text.strip()) if element.text and element.text.strip() else None


def item_type(kind):
    """The type of an array's items; None for what is not an encoded array."""
    array = getattr(kind, "_array_type", None)
    return array.array_type if array is not None else None


def member_types(kind):
    """Names and types of a structure's members; None for what is not a structure."""
    if not isinstance(kind, xsd.ComplexType) or item_type(kind) is not None:
        return None
    return {name: element.type for name, element in kind.elements}


def _children(element):
    return [child for child in element if isinstance(child.tag, str)]


def _qualified(element, qname):
    """A QName as text, by a prefix that the envelope declares."""
    prefixes = {uri: prefix for prefix, uri in element.nsmap.items() if prefix}
    return f"{prefixes[qname.namespace]}:{qname.localname}"
