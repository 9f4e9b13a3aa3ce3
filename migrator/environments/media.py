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

if TYPE_CHECKING:
    from migrator.environments.endpoint import Endpoint

THREADS = 16
"""Connections that are kept."""


@dataclass(slots=True)
class Media:
    """Reads objects of one bucket; serves several threads."""

    bucket: str
    endpoint: Endpoint
    timeout: float
    _http: Any = field(default=None, init=False, repr=False)
    _making: Lock = field(default_factory=Lock, init=False, repr=False)

    def read(self, path: str) -> bytes | None:
        """The object's bytes, or None when there is no such object; ConnectionError when they arrive damaged."""
        import urllib3  # noqa: PLC0415 - lazy, as `migrate --help` is

        url = f"{self.endpoint.url}/storage/v1/b/{self.bucket}/o/{quote(path, safe='')}?alt=media"
        try:
            answer = self._connected().request("GET", url, timeout=self.timeout, retries=False)
        except urllib3.exceptions.HTTPError as error:
            raise ConnectionError(str(error)) from error
        if answer.status == 404:
            return None
        if answer.status != 200:
            from google.api_core.exceptions import from_http_status  # noqa: PLC0415 - lazy

            raise from_http_status(answer.status, answer.data.decode("utf-8", "replace"))
        return _whole(answer.data, answer.headers)

    def close(self) -> None:
        """Close the connections."""
        with self._making:
            if self._http is not None:
                self._http.http.clear()
                self._http = None

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

    found = Session().merge_environment_settings(url, {}, None, None, None)
    proxy = utils.select_proxy(url, found["proxies"])
    trusted = utils.DEFAULT_CA_BUNDLE_PATH if found["verify"] is True else str(found["verify"])
    options: dict[str, Any] = {"maxsize": THREADS, "ca_cert_dir" if Path(trusted).is_dir() else "ca_certs": trusted}
    return urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)


def _whole(data: bytes, headers: Any) -> bytes:  # noqa: ANN401 - urllib3's
    """The bytes, when they have the digest that was told; one of compressed bytes says nothing about them."""
    told = dict(one.split("=", 1) for one in headers.get("X-Goog-Hash", "").replace(" ", "").split(",") if "=" in one)
    md5 = b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
    if "Content-Encoding" not in headers and told.get("md5", md5) != md5:
        raise ConnectionError("the object arrived damaged: its MD5 is another than was told")
    return data
