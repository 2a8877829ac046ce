"""Faults as exceptions: one class a code, so that a caller can catch exactly what it can mend.

``Fault`` is the base of all; ``SipAccountExists`` and its siblings are made from the table below, which is the
contract's. A code that is not in the table arrives as plain ``Fault`` with that code.
"""

NAMES = {
    1000: "SipDomainNotFound",
    1001: "SipDomainExists",
    1002: "SipDomainNotEmpty",
    1010: "SipAccountNotFound",
    1011: "SipAccountExists",
    1020: "SipAliasNotFound",
    1021: "SipAliasExists",
    1030: "AlreadyInGroup",
    1031: "NotInGroup",
    1040: "PhonebookEntryNotFound",
    1041: "PhonebookEntryExists",
    1060: "MediaSessionNotFound",
    1070: "TrustedPeerNotFound",
    1071: "TrustedPeerExists",
    1080: "CarrierNotFound",
    1081: "CarrierExists",
    1082: "GatewayNotFound",
    1083: "GatewayExists",
    1084: "GatewayRuleNotFound",
    1086: "RouteNotFound",
    1087: "RouteExists",
    1088: "CarrierInUse",
    1090: "VoucherNotFound",
    1091: "VoucherUsed",
    2000: "VoicemailAccountNotFound",
    2001: "VoicemailAccountExists",
    2002: "MailboxExists",
    3000: "EnumRangeNotFound",
    3001: "EnumRangeExists",
    3002: "EnumNumberNotFound",
    3003: "EnumNumberExists",
    3004: "EnumRangeNotEmpty",
    3005: "TooManyMappings",
    3006: "EnumRangeFull",
    4001: "RatingEntityNotFound",
    5000: "CustomerNotFound",
    5001: "CustomerExists",
    5002: "CustomerNotEmpty",
    5003: "PropertyNotAllowed",
    7000: "DnsZoneNotFound",
    7001: "DnsZoneExists",
    7002: "DnsRecordNotFound",
    7003: "DnsRecordExists",
    9000: "AuthenticationFailed",
    9001: "NotAllowed",
    9002: "ResellerNotActive",
    9003: "CreditExceeded",
    9004: "InvalidValue",
    9005: "UnknownOperation",
    9009: "InternalError",
}


class Fault(Exception):
    """A refused call. ``code`` is the contract's number (0 when the fault carried none), ``text`` its sentence.

    ``member`` is the member that is wrong, by the contract's names; only the JSON wire tells it apart from the text.
    """

    def __init__(self, code, text, member=None):
        super().__init__(f"{text} ({code})" if code else text)
        self.code = code
        self.text = text
        self.member = member


_CLASSES = {code: type(name, (Fault,), {"__doc__": f"Fault {code}."}) for code, name in NAMES.items()}
globals().update({kind.__name__: kind for kind in _CLASSES.values()})
__all__ = ["Fault", *(kind.__name__ for kind in _CLASSES.values())]


def from_element(fault):
    """The exception for a SOAP fault element: code and text stand in ``detail/exception``."""
    exception = fault.find("detail/{*}exception")
    members = {} if exception is None else {child.tag.rpartition("}")[2]: child.text for child in exception}
    text = members.get("errorstring") or fault.findtext("faultstring") or "the server gave no reason"
    code = (members.get("errorcode") or "").strip()
    code = int(code) if code.isdigit() else 0
    return of(code, text)


def of(code, text, member=None):
    """The exception for a code."""
    return _CLASSES.get(code, Fault)(code, text, member)
