"""Client of the NGNPro provisioning API.

``Proxy`` loads the WSDL and offers one port's operations as methods; nothing is generated and nothing about the
operations is written down here. Refusals arrive as exceptions named after the contract's fault table, see ``faults``.
"""

from .faults import Fault
from .proxy import Proxy, ports

__all__ = ["Fault", "Proxy", "ports"]
