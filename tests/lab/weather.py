"""A loopback proxy between ``migrate`` and a server, in which connections fail by a schedule that misses nothing.

Each request is known by what it asks for and by how often that was asked on this way. A half of them fail on one way;
after as many ways as ``ROUNDS`` each of them has failed in each manner.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("reset", "lost", "429", "503", "stale")
"""Cut off before the server hears of it; cut off after it acted; turned away twice; an answer of a while ago."""
EACH = 2
ROUNDS = EACH * len(KINDS)
NAMES = re.compile(r"[0-9a-f]{12,}(-\d+)?|[0-9a-f]{8}-[0-9a-f-]{20,}")
HUNG_SECONDS = 33.0
"""Longer than any client of ours waits for an answer."""
RESET = struct.pack("ii", 1, 0)
HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


@dataclass(slots=True)
class Weather:
    """``round``: which way it is, None for fine weather; ``hang``: what asks for this waits in vain, once."""

    round: int | None = None
    hang: str | None = None
    seen: Counter[str] = field(default_factory=Counter)
    done: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def begin(self, way: int | None, hang: str | None = None) -> None:
        self.round, self.hang, self.seen = way, hang, Counter()

    def of(self, name: str) -> str:
        """How this request fares: a kind of KINDS, ``hung``, or nothing."""
        with self.lock:
            if self.hang is not None and self.hang in name:
                self.hang = None
                self.done.setdefault((name, "hung"), set()).add(0)
                return "hung"
            if self.round is None:
                return ""
            count = self.seen[name]
            self.seen[name] += 1
            if (count + self.round) % EACH:
                return ""
            kind = KINDS[(count // EACH + self.round // EACH) % len(KINDS)]
            self.done.setdefault((name, kind), set()).add(count)
            return kind


class Handler(BaseHTTPRequestHandler):
    """Passes on, or not."""

    protocol_version = "HTTP/1.1"
    weather: Weather
    upstream: str
    label: str
    past: dict[str, tuple[int, list[tuple[str, str]], bytes]]

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.weather.of(f"{self.label} {self.command} {NAMES.sub('ID', urlsplit(self.path).path)}")
        key = f"{self.command} {self.path}"
        match kind:
            case "reset":
                self.cut()
            case "429" | "503":
                self.reply(int(kind), [("Content-Type", "application/json")], b'{"error": {"message": "later"}}')
            case "stale" if self.command == "GET" and key in self.past:
                self.reply(*self.past[key])
            case "lost" | "hung":
                self.forward(body)
                time.sleep(HUNG_SECONDS if kind == "hung" else 0)
                self.cut()
            case _:
                answer = self.forward(body)
                self.past[key] = answer
                self.reply(*answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - http.server looks for these names

    def forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = HTTPConnection(self.upstream, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in {"host", "connection"}}
        try:
            connection.request(self.command, self.path, body or None, headers)
            answer: HTTPResponse = connection.getresponse()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP]
            return answer.status, kept, answer.read()
        except (OSError, HTTPException) as error:
            return 502, [], str(error).encode()
        finally:
            connection.close()

    def reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        try:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def cut(self) -> None:
        """End the connection as if the cable were pulled: what is sent now is answered with a reset."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.connection.shutdown(socket.SHUT_RD)

    def log_message(self, *_: Any) -> None:
        """Nothing: what was done to whom is in the weather's record."""


@contextmanager
def between(weather: Weather, **upstreams: str) -> Iterator[dict[str, str]]:
    """Proxies for these base URLs, by name; each is named in the record by its own."""
    with ExitStack() as stack:
        found = {}
        for label, url in upstreams.items():
            made = {"weather": weather, "upstream": urlsplit(url).netloc, "label": label, "past": {}}
            server = ThreadingHTTPServer(("127.0.0.1", 0), type("Of" + label, (Handler,), made))
            server.daemon_threads = True
            thread = Thread(target=server.serve_forever, daemon=True)
            thread.start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            found[label] = f"http://127.0.0.1:{server.server_port}"
        yield found
