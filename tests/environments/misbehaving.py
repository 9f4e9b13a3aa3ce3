"""A server that answers well until one request, and then in one of the ways in which servers go wrong."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECRET = "hunter2-Zq81mX"
PAGE = f"<html>\x1b[31m<title>Sign in</title> password={SECRET} </html>".encode()


@dataclass
class Wire:
    """What a handler can send."""

    handler: BaseHTTPRequestHandler
    good: bytes
    elsewhere: str

    def send(self, data: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
        one = self.handler
        one.send_response(status)
        kind = "text/html" if data.startswith(b"<") else "application/json"
        for name, value in {"Content-Type": kind, **headers}.items():
            one.send_header(name.replace("_", "-"), value)
        one.send_header("Content-Length", str(len(data) if length is None else length))
        one.send_header("Connection", "close")
        one.end_headers()
        one.wfile.write(data)
        one.close_connection = True

    def raw(self, data: bytes, pause: float = 0.0) -> None:
        for byte in data if pause else ():
            self.handler.wfile.write(bytes([byte]))
            self.handler.wfile.flush()
            time.sleep(pause)
        if not pause:
            self.handler.wfile.write(data)
        self.handler.close_connection = True


def _drip(wire: Wire, *, headers: bool) -> None:
    """A byte now and then, and in the end a whole good answer."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(wire.good)}\r\n".encode()
    slow, fast = (head + b"X-Slow: " + b"x" * 60 + b"\r\n\r\n", wire.good) if headers else (wire.good.ljust(90), b"")
    if not headers:
        head = head.replace(str(len(wire.good)).encode(), str(len(slow)).encode())
        wire.raw(head + b"\r\n")
    wire.raw(slow, 0.01)
    wire.raw(fast)


FAULTS: dict[str, Callable[[Wire], None]] = {
    "a login page": lambda wire: wire.send(PAGE),
    "no body": lambda wire: wire.send(b""),
    "no content": lambda wire: wire.send(b"", 204),
    "not modified": lambda wire: wire.send(b"", 304),
    "bad JSON": lambda wire: wire.send(b'{"a": 1,,}'),
    "half the JSON": lambda wire: wire.send(wire.good[: len(wire.good) // 2] or b"{"),
    "an empty object": lambda wire: wire.send(b"{}"),
    "an empty list": lambda wire: wire.send(b"[]"),
    "a list of objects": lambda wire: wire.send(b'[{"a": 1}]'),
    "null": lambda wire: wire.send(b"null"),
    "text": lambda wire: wire.send(b'"ok"'),
    "a number": lambda wire: wire.send(b"1" * 5000),
    "too deep": lambda wire: wire.send(b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    "not UTF-8": lambda wire: wire.send(b'{"a": "\xff\xfe"}'),
    "UTF-16": lambda wire: wire.send('{"a": 1}'.encode("utf-16")),
    "gzip that is none": lambda wire: wire.send(wire.good, Content_Encoding="gzip"),
    "an unknown encoding": lambda wire: wire.send(b"\x00\x01" + wire.good, Content_Encoding="zeta"),
    "a cut body": lambda wire: wire.send(wire.good, length=len(wire.good) + 1000),
    "a bad chunk": lambda wire: wire.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
    "no HTTP": lambda wire: wire.raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "nothing": lambda wire: wire.raw(b""),
    "sent elsewhere": lambda wire: wire.send(b"", 302, Location=wire.elsewhere),
    "sent elsewhere for good": lambda wire: wire.send(b"", 308, Location=wire.elsewhere),
    "a failure with a page": lambda wire: wire.send(PAGE, 500),
    "a refusal with a list": lambda wire: wire.send(b"[]", 403),
    "a refusal with text": lambda wire: wire.send(b'{"error": "no"}', 403),
    "a refusal with odd details": lambda wire: wire.send(b'{"error": {"message": "no", "details": [5]}}', 403),
    "a refusal with a number": lambda wire: wire.send(b"5", 401),
    "a failure that is not UTF-8": lambda wire: wire.send(b"\xff\xfe", 400),
    "an unknown status": lambda wire: wire.send(b"{}", 799),
    "a byte now and then": lambda wire: _drip(wire, headers=False),
    "a header now and then": lambda wire: _drip(wire, headers=True),
    "a long body": lambda wire: wire.send(wire.good + b" " * 300_000),
}


@dataclass
class Misbehaving:
    """Answers with ``good(method, path)``: (status, headers, body); at the request of number ``at`` by ``fault``."""

    good: Callable[[str, str], tuple[int, dict[str, str], bytes]]
    fault: Callable[[Wire], None] | None = None
    at: int = -1
    url: str = ""
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    elsewhere: list[dict[str, str]] = field(default_factory=list)
    """The headers of requests that went to where a redirect pointed."""

    def begin(self, fault: Callable[[Wire], None] | None = None, at: int = -1) -> None:
        self.fault, self.at = fault, at
        self.asked.clear()
        self.elsewhere.clear()


@contextmanager
def misbehaving(good: Callable[[str, str], tuple[int, dict[str, str], bytes]]) -> Iterator[Misbehaving]:
    made = Misbehaving(good)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            aside = re.fullmatch(r"/storage/v1/b/\w+\?.*", self.path)  # Google's client asks it when it likes
            number = -2 if aside else len(made.asked)
            if not aside:
                made.asked.append((self.command, self.path, body))
            status, headers, data = made.good(self.command, self.path)
            wire = Wire(self, data, other.url)
            if made.fault is not None and number >= made.at:
                made.fault(wire)
            else:
                wire.send(data, status, **headers)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _any  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    with _elsewhere() as other, _serving(Handler) as url:
        made.url, made.elsewhere = url, other.asked
        yield made


@dataclass
class _Other:
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def _elsewhere() -> Iterator[_Other]:
    """Another host, where no login of ours may go."""
    other = _Other()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            other.asked.append(dict(self.headers))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _any  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    with _serving(Handler) as url:
        other.url = url
        yield other


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that hangs up is what these tests are about."""

        def shutdown_request(self, request: Any) -> None:
            with suppress(OSError):
                request.shutdown(socket.SHUT_WR)
            self.close_request(request)

    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def as_json(content: Any) -> bytes:
    return json.dumps(content).encode()
