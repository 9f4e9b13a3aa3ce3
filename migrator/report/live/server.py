"""Serve the page on loopback: only with the token, only to read, and only to this machine by name.

Server-sent events carry the journal's own numbers, so that a browser that comes back says which it has had:
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore, Event
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from migrator.errors import MigrateError
from migrator.report.live import feed
from migrator.report.live.idle import Idle
from migrator.report.live.page import as_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

HOSTS = frozenset({"127.0.0.1", "localhost"})
"""Names under which the page answers: another one would be another site's, asking through this browser."""
ALIVE = 15.0
IDLE = 20.0
MOST_IDLE = 64
"""So many connections may ask nothing: of more, the oldest is closed."""
MOST_STREAMS = 64


@dataclass(frozen=True)
class Live:
    """What is served: the journal, the last ledger, the outage of the source, and how often they are looked at.

    In seconds: ``every`` between two looks; ``alive`` after which a silent stream says that it is alive; ``idle`` after
    which a connection is closed that asks nothing or takes nothing.
    ``verdicts``: the readiness of each DAG in words, by its id, as the plan has it.
    """

    journal: Path
    ledger: Callable[[], Mapping[str, Any] | None]
    title: str = ""
    late_after: float = 600
    outage: Callable[[], Mapping[str, Any] | None] = lambda: None
    every: float = 0.5
    alive: float = ALIVE
    idle: float = IDLE
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verdicts: Callable[[], Mapping[str, str]] = dict


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 until it is closed."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, live: Live, port: int = 0) -> None:
        self.live = live
        self.ending = Event()
        self.idle = Idle(MOST_IDLE)
        self.streams = BoundedSemaphore(MOST_STREAMS)
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """Where the page is, with its token."""
        return f"http://127.0.0.1:{self.server_address[1]}/?token={self.live.token}"

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as socketserver has them
        """Serve it in a thread of its own; until it asks something it is idle."""
        self.idle.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401
        """Close it."""
        self.idle.remove(request)
        super().shutdown_request(request)

    def stop(self) -> None:
        """End the streams, and close."""
        self.ending.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "migrate"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        """As usual, with the patience of the server."""
        super().setup()
        self.connection.settimeout(self.server.live.idle)

    def do_GET(self) -> None:
        """The page, the stream, or the rows of ``migrate status`` as JSON."""
        self.server.idle.remove(self.connection)
        self._get()
        if not self.close_connection:
            self.server.idle.add(self.connection)

    def _get(self) -> None:
        parts = urlsplit(self.path)
        given = parse_qs(parts.query).get("token", [""])[0]
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        if host not in HOSTS or not secrets.compare_digest(given.encode(), self.server.live.token.encode()):
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", "The address needs its token: see the terminal.\n")
            return
        live = self.server.live
        match parts.path:
            case "/":
                html, policy = as_html(live.title, live.late_after, 3 * live.alive)
                self._answer(HTTPStatus.OK, "text/html; charset=utf-8", html, policy)
            case "/status.json":
                self._status(live)
            case "/events":
                last = self.headers.get("Last-Event-ID") or parse_qs(parts.query).get("after", [""])[0]
                self._streamed(int(last) if last.isdecimal() else 0)
            case _:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", "There is nothing here.\n")

    def _status(self, live: Live) -> None:
        try:
            rows = {"schema_version": 1, "rows": feed.rows(live.journal)}
        except MigrateError as error:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", f"{error}\n")
        else:
            self._answer(HTTPStatus.OK, "application/json", json.dumps(rows))

    def _answer(self, status: HTTPStatus, kind: str, text: str, policy: str = "default-src 'none'") -> None:
        data = text.encode()
        self.send_response(status)
        self._headers(kind, policy)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _headers(self, kind: str, policy: str) -> None:
        for name, value in {
            "Content-Type": kind,
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }.items():
            self.send_header(name, value)

    def _streamed(self, after: int) -> None:
        """The stream, unless there are too many."""
        if not self.server.streams.acquire(blocking=False):
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", "Too many pages follow this: close some.\n")
            return
        try:
            self._stream(after)
        finally:
            self.server.streams.release()

    def _stream(self, after: int) -> None:
        self.send_response(HTTPStatus.OK)
        self._headers("text/event-stream", "default-src 'none'")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for message in _messages(self.server, after):
                self.wfile.write(message.encode())
                self.wfile.flush()
        except (OSError, MigrateError):  # the browser went away, or the journal cannot be read now: it comes back
            pass
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing: the token stands in each address."""


def _messages(server: Server, after: int) -> Iterator[str]:
    """Each event after that number as it comes, and what stands beside the events whenever it changes.

    The time of day decides when it is alive again: other clocks stand still while a laptop sleeps.
    """
    live, spoken = server.live, time.time()
    told = dict.fromkeys(("outcomes", "ledger", "verdicts", "outage"), "")
    while not server.ending.is_set():
        beside = {
            "outcomes": feed.outcomes(live.journal), "ledger": live.ledger(), "verdicts": live.verdicts(),
            "outage": live.outage(),
        }  # fmt: skip
        now = {name: json.dumps(value) for name, value in beside.items()}
        new = feed.updates(live.journal, after)
        after = new[-1].number if new else after
        messages = [f"id: {one.number}\nevent: step\ndata: {json.dumps(one.row)}\n\n" for one in new]
        messages += [f"event: {name}\ndata: {text}\n\n" for name, text in now.items() if text != told[name]]
        if not messages and abs(time.time() - spoken) > live.alive:
            messages = ["event: alive\ndata: {}\n\n"]
        yield from messages
        told, spoken = now, time.time() if messages else spoken
        server.ending.wait(live.every)
