"""Client of the NGNPro provisioning API.

``Client`` speaks JSON: a typed method for each call, on Python's own library. ``Proxy`` speaks SOAP: it loads the WSDL and
offers one port's operations as methods; it needs zeep, which is loaded when it is first used. Refusals arrive as
exceptions named after the contract's fault table, see ``faults``.
"""

from .client import Client, each
from .faults import Fault

__all__ = ["Client", "Fault", "Proxy", "each", "ports"]


def __getattr__(name):
    # Who only speaks JSON does not wait for a SOAP library, nor needs it.
    if name in ("Proxy", "ports"):
        from . import proxy

        return getattr(proxy, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
