"""Download objects with as little work for each as HTTP needs.

The storage client spends 1.7 ms of a processor on a small object, most of it in layers that look up proxies and merge
headers anew each time; one bucket holds ten thousand. This asks the same address with the same login.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from migrator.environments.answer import Received, excerpt

if TYPE_CHECKING:
    from migrator.environments.endpoint import Endpoint
    from migrator.environments.failures import Peer

THREADS = 16
"""Connections that are kept."""
MOST_BYTES = 2**30
"""The longest object that is read; those of a transfer are copied by Cloud Storage itself."""


@dataclass(slots=True)
class Media:
    """Reads objects of one bucket; serves several threads."""

    bucket: str
    endpoint: Endpoint
    timeout: float
    peer: Peer
    _http: Any = field(default=None, init=False, repr=False)
    _making: Lock = field(default_factory=Lock, init=False, repr=False)

    def read(self, path: str) -> bytes | None:
        """The object's bytes, or None when there is no such object; ConnectionError when they arrive damaged."""
        import urllib3  # noqa: PLC0415 - lazy, as `migrate --help` is

        from migrator.environments.wire import require_safe, within  # noqa: PLC0415 - lazy

        url = f"{self.endpoint.url}/storage/v1/b/{self.bucket}/o/{quote(path, safe='')}?alt=media"
        require_safe(url, self.peer)
        options: dict[str, Any] = {"timeout": self.timeout, "retries": False, "redirect": False}
        try:
            with within(self.timeout):
                answer = self._connected().request("GET", url, preload_content=False, **options)
                received = Received(f"GET {url}", self._body(answer, url), answer.headers.get("Content-Type", ""))
        except urllib3.exceptions.HTTPError as error:
            raise ConnectionError(str(error)) from error
        if answer.status == 404:
            return None
        if answer.status >= 400:
            from google.api_core.exceptions import from_http_status  # noqa: PLC0415 - lazy

            raise from_http_status(answer.status, excerpt(received.data))
        if answer.status != 200:
            raise received.odd(f"its status is {answer.status}", self.peer)
        return self._whole(received, answer.headers)

    def close(self) -> None:
        """Close the connections."""
        with self._making:
            if self._http is not None:
                self._http.http.clear()
                self._http = None

    def _body(self, answer: Any, url: str) -> bytes:  # noqa: ANN401 - urllib3's
        """The bytes that came; a body has a limit, so that no answer fills the memory."""
        found = bytearray()
        try:
            for piece in answer.stream(65_536):
                found += piece
                if len(found) > MOST_BYTES:
                    break
        except BaseException:
            answer.close()
            raise
        finally:
            answer.release_conn()
        if len(found) > MOST_BYTES:
            answer.close()
            raise Received(f"GET {url}", b"").odd(f"it is longer than {MOST_BYTES:,} bytes", self.peer)
        return bytes(found)

    def _whole(self, received: Received, headers: Any) -> bytes:  # noqa: ANN401 - urllib3's
        """The bytes, when they have the digest that was told; one of compressed bytes says nothing about them."""
        told = dict(
            one.split("=", 1) for one in headers.get("X-Goog-Hash", "").replace(" ", "").split(",") if "=" in one
        )
        if not told:
            raise received.odd("it has no header X-Goog-Hash, which Cloud Storage sends with each object", self.peer)
        md5 = b64encode(hashlib.md5(received.data, usedforsecurity=False).digest()).decode()
        if "Content-Encoding" not in headers and told.get("md5", md5) != md5:
            raise ConnectionError("the object arrived damaged: its MD5 is another than was told")
        return received.data

    def _connected(self) -> Any:  # noqa: ANN401 - google is untyped
        with self._making:
            if self._http is None:
                from google.auth.transport.urllib3 import AuthorizedHttp  # noqa: PLC0415 - lazy

                self._http = AuthorizedHttp(_login(self.endpoint), http=_connections(self.endpoint.url))
            return self._http


def _login(endpoint: Endpoint) -> Any:  # noqa: ANN401 - google is untyped
    """As the storage client finds it."""
    import google.auth  # noqa: PLC0415 - lazy
    from google.cloud.storage import Client  # noqa: PLC0415 - lazy

    return endpoint.credentials() or google.auth.default(scopes=Client.SCOPE)[0]


def _connections(url: str) -> Any:  # noqa: ANN401 - as google takes it
    """Connections through the proxy and with the certificates that the process environment names."""
    import urllib3  # noqa: PLC0415 - lazy
    from requests import Session, utils  # noqa: PLC0415 - lazy

    from migrator.environments.wire import POOLS  # noqa: PLC0415 - lazy

    found = Session().merge_environment_settings(url, {}, None, None, None)
    proxy = utils.select_proxy(url, found["proxies"])
    trusted = utils.DEFAULT_CA_BUNDLE_PATH if found["verify"] is True else str(found["verify"])
    options: dict[str, Any] = {"maxsize": THREADS, "ca_cert_dir" if Path(trusted).is_dir() else "ca_certs": trusted}
    made = urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)
    made.pool_classes_by_scheme = POOLS
    return made
