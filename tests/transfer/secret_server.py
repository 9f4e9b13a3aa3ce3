"""Secret Manager as far as it is used: the REST protocol of google.cloud.secretmanager.v1 on the loopback interface."""

from __future__ import annotations

import base64
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = re.compile(r"/v1/projects/([^/]+)/secrets/([^/:]+)")


class Store(ThreadingHTTPServer):
    """Versions by project and secret; ``refuse`` maps a secret to the status that it is answered with."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.versions: dict[tuple[str, str], list[bytes]] = {}
        self.refuse: dict[str, int] = {}
        self.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, method: str, target: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(target)
        path = unquote(parts.path)
        if method == "POST" and path.endswith("/secrets"):
            return self._create(path.split("/")[3], parse_qs(parts.query)["secretId"][0])
        found = SECRET.match(path)
        assert found, path
        key = found.group(1), found.group(2)
        if key[1] in self.refuse:
            return self.refuse[key[1]], _error(self.refuse[key[1]], "PERMISSION_DENIED or quota")
        if path.endswith(":addVersion"):
            self.versions[key].append(base64.b64decode(body["payload"]["data"]))
            return 200, {"name": f"{path.removeprefix('/v1/')}/versions/{len(self.versions[key])}"}
        if not self.versions.get(key):
            return 404, _error(404, f"Secret [{key[1]}] not found or has no versions.")
        data = base64.b64encode(self.versions[key][-1]).decode()
        return 200, {"name": path, "payload": {"data": data}}

    def _create(self, project: str, secret_id: str) -> tuple[int, dict[str, Any]]:
        if (project, secret_id) in self.versions:
            return 409, _error(409, f"Secret [{secret_id}] already exists.")
        self.versions[project, secret_id] = []
        return 200, {"name": f"projects/{project}/secrets/{secret_id}"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Store

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, method: str) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        code, answer = self.server.answer(method, self.path, json.loads(raw) if raw else {})
        content = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _error(code: int, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "status": "ERROR"}}


@contextmanager
def serving() -> Iterator[Store]:
    """A running server."""
    server = Store()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
