"""HTTP beneath zeep, with the one outside schema that an rpc/encoded WSDL imports answered from this package.

Without that, loading the WSDL would fetch a document from the Internet each time, and fail where there is none.
"""

from pathlib import Path

from zeep.transports import Transport

_SOAP_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"


class LocalSchemaTransport(Transport):
    """As zeep's own, but ``http://schemas.xmlsoap.org/soap/encoding/`` is read from the package."""

    def load(self, url):
        if url.rstrip("/") == _SOAP_ENCODING.rstrip("/"):
            return Path(__file__).with_name("soap_encoding.xsd").read_bytes()
        return super().load(url)
