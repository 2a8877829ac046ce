"""The typed client over JSON, on Python's own library: ``Client`` has a method for each call, see ``calls``.

``Proxy`` beside it speaks SOAP; both raise the same classes of ``faults``.
"""

import base64
import http.client
import json
from typing import Any, Callable, Dict, Iterator, Optional, Tuple
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

from . import faults
from .calls import Api


class Client(Api):
    """All calls of the JSON wire.

    ``url``    where the server is, for example ``http://127.0.0.1:9200``
    ``auth``   ``(username, password)``, or ``token=`` a token
    ``timeout``  seconds for each call
    ``context``  an ``ssl.SSLContext``, for certificates that the system does not know

    >>> client = Client("http://127.0.0.1:9200", ("reseller", "secret"))
    >>> client.sip_add_account({"id": {"username": "carol", "domain": "demo.example"}, "password": "pw"})
    """

    def __init__(
        self,
        url: str,
        auth: Optional[Tuple[str, str]] = None,
        *,
        token: Optional[str] = None,
        timeout: float = 30,
        context: Any = None,
    ) -> None:
        if (auth is None) == (token is None):
            raise TypeError("auth or token, one of both")
        self._base = url.rstrip("/") + "/api/v1"
        self._timeout, self._context = timeout, context
        self._authorization = f"Bearer {token}" if auth is None else "Basic " + base64.b64encode(":".join(auth).encode()).decode()

    def __repr__(self) -> str:
        return f"<ngnpro.Client {self._base}>"

    def _send(self, verb: str, path: str, query: Dict[str, Any], body: Any, content: Optional[str], options: Dict[str, Any]) -> Any:
        asked = {name: _plain(value) for name, value in query.items() if value is not None}
        if options.get("dry_run"):
            asked["dry_run"] = "true"
        address = self._base + path + ("?" + urlencode(asked, doseq=True) if asked else "")
        headers = {"Authorization": self._authorization, "Accept": "application/json"}
        for header, option in (("Impersonate", "impersonate"), ("Idempotency-Key", "idempotency_key")):
            if options.get(option) is not None:
                headers[header] = str(options[option])
        if content is not None:
            headers["Content-Type"] = content
        data = None if content is None else json.dumps(body).encode()
        try:
            with urlopen(Request(address, data, headers, method=verb), timeout=self._timeout, context=self._context) as answer:
                text = answer.read()
        except HTTPError as refused:
            with refused:
                raise _problem(refused.code, refused.read()) from None
        except (URLError, http.client.HTTPException, OSError) as error:
            raise ConnectionError(f"{self._base}: {error}") from error
        return json.loads(text) if text else None


def each(call: Callable[..., Any], **query: Any) -> Iterator[Any]:
    """Every row of a list, page by page: ``each(client.sip_get_accounts, filter_domain="example.com")``."""
    while True:
        page = call(**query)
        rows = next((member for member in page.values() if isinstance(member, list)), [])
        yield from rows
        # `next` is the next page's address; the cursor in it is all that the same query needs.
        cursor = parse_qs(urlsplit(page.get("next") or "").query).get("cursor")
        if not cursor:
            return
        query["cursor"] = cursor[0]


def _plain(value: Any) -> Any:
    """As it stands in a query: booleans in the contract's letters, lists repeated."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _problem(status: int, text: bytes) -> faults.Fault:
    try:
        details = json.loads(text)
        code, words = int(details.get("errorcode") or 0), str(details.get("detail") or details.get("title"))
    except (ValueError, TypeError, AttributeError):
        return faults.Fault(0, f"HTTP status {status} and no problem document")
    return faults.of(code, words, details.get("member"))
