"""Loopback servers of the tests: a scripted HTTP server, and a port that nothing listens on."""

from __future__ import annotations

import json
import socket
import threading
from base64 import b64encode
from contextlib import contextmanager
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Scripted:
    """Answers with what ``answer(method, path, body)`` gives: (status, JSON); remembers what it was asked."""

    def __init__(self, answer: Callable[[str, str, Any], tuple[int, Any]]) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""


@contextmanager
def scripted(answer: Callable[[str, str, Any], tuple[int, Any]]) -> Iterator[Scripted]:
    script = Scripted(answer)

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_json = raw and "json" in (self.headers.get("Content-Type") or "")
            body = json.loads(raw) if is_json else raw or None
            script.asked.append((self.command, self.path, body))
            script.headers.append(dict(self.headers))
            status, content = script.answer(self.command, self.path, body)
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if isinstance(content, bytes):  # as Cloud Storage gives an object
                self.send_header("X-Goog-Hash", f"md5={b64encode(md5(data).digest()).decode()}")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = _any  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def in_turn(*answers: tuple[int, Any]) -> Callable[[str, str, Any], tuple[int, Any]]:
    """One answer after the other, then the last again and again."""
    left = list(answers)
    return lambda _method, _path, _body: left.pop(0) if len(left) > 1 else left[0]


def closed_port() -> int:
    """A port of the loopback interface that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
