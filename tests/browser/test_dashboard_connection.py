"""What the dashboard does when connections break, hang or are too many, and what it tells of a source that is gone."""

from __future__ import annotations

import socket
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.report.live.server import MOST_IDLE, MOST_STREAMS, Live, Server
from tests.browser.watching import saw_each_step, wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.browser.devtools import Browser

NOW = datetime(2026, 6, 1, tzinfo=UTC)
GONE = {
    "last_seen": "2026-05-30 08:00",
    "dags": [
        {"dag": "a", "last_run": "2026-05-29 00:00", "missed": 3, "run": 2, "skip": 1},
        {"dag": "b", "last_run": None, "missed": None, "run": None, "skip": None},
        {"dag": "c", "last_run": "2026-05-29 00:00", "missed": 1, "run": None, "skip": None},
    ],
}


def write(workspace: Path, *dag_ids: str, state: State = State.OBSERVED) -> None:
    """An attempt that brought these DAGs there."""
    with closing(Journal(workspace / ".migrate" / "journal.db")) as journal:
        attempt = journal.begin(1, Direction.FORWARD, dag_ids, NOW, "somebody")
        journal.write(attempt, NOW, "done", [(one, state, {}, "") for one in dag_ids])
        journal.end(attempt, NOW, "moved")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    with ExitStack() as stack:

        def start(port: int = 0, **more: Any) -> Server:
            live = Live(tmp_path / ".migrate" / "journal.db", lambda: None, every=0.05, token="t", **more)
            server = Server(live, port)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            stack.callback(server.stop)
            return server

        yield start


@contextmanager
def refusing(port: int) -> Iterator[list[str]]:
    """Something else answers there, with an error after which a browser does not come back by itself."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(503)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield asked
        server.shutdown()
        thread.join()


class Tunnel(threading.Thread):
    """Hands bytes on to a port until it is told to hang: then nothing arrives, and nothing is closed either."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port, self.hanging = port, threading.Event()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.ends: list[socket.socket] = [self.listening]
        self.start()

    def run(self) -> None:
        while True:
            try:
                near = self.listening.accept()[0]
                self.ends.append(near)
                far = socket.create_connection(("127.0.0.1", self.port))
            except OSError:  # this tunnel, or the server behind it, is closed
                return
            self.ends.append(far)
            hangs = self.hanging
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other, hangs), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, hangs: threading.Event) -> None:
        try:
            while data := one.recv(65536):
                if not hangs.is_set():
                    other.sendall(data)
        except OSError:
            return

    def hang(self) -> None:
        """What was connected until now is silent from now on; what connects later is not."""
        self.hanging.set()
        self.hanging = threading.Event()

    def close(self) -> None:
        for one in self.ends:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.join(30)
        for one in self.ends:
            one.close()


def test_the_page_comes_back_after_an_answer_that_ends_a_stream_for_good(
    tmp_path: Path, serve: Callable[..., Server], browser: Browser
) -> None:
    write(tmp_path, "a", "b")
    first = serve()
    page = browser.page()
    page.open(first.url)
    wait(page, "dashboard.steps.length === 4")
    port = first.server_address[1]
    first.stop()
    with refusing(port) as asked:
        wait(page, "document.querySelector('#lights').className === 'lights off'")
        write(tmp_path, "c")
        while not asked:
            page.settle()
    serve(port)
    wait(page, "dashboard.steps.length === 6")
    assert saw_each_step(page, tmp_path) == 6
    assert page.text("#lights") == "live"


def test_the_page_comes_back_from_a_connection_that_died_without_a_word(
    tmp_path: Path, serve: Callable[..., Server], browser: Browser
) -> None:
    """As after a laptop slept, or through a tunnel that hangs."""
    write(tmp_path, "a", "b")
    server = serve(alive=0.5)
    with closing(Tunnel(server.server_address[1])) as tunnel:
        page = browser.page()
        page.open(server.url.replace(str(server.server_address[1]), str(tunnel.listening.getsockname()[1])))
        wait(page, "dashboard.steps.length === 4")
        tunnel.hang()
        write(tmp_path, "c")
        wait(page, "dashboard.steps.length === 6")
        assert saw_each_step(page, tmp_path) == 6
        assert page.errors == []
        page.open("about:blank")


def test_a_stream_says_that_it_is_alive(tmp_path: Path, serve: Callable[..., Server]) -> None:
    server = serve(alive=0.2)
    with urllib.request.urlopen(server.url.replace("/?", "/events?"), timeout=20) as events:
        assert any(events.readline() == b"event: alive\n" for _ in range(60))


def test_two_hundred_connections_that_ask_nothing_keep_nobody_out(serve: Callable[..., Server]) -> None:
    server = serve()
    with ExitStack() as stack:
        address = server.server_address[:2]
        silent = [stack.enter_context(socket.create_connection(address, timeout=30)) for _ in range(200)]
        with urllib.request.urlopen(server.url, timeout=30) as page:
            assert b"<h1" in page.read()
        assert [one.recv(1) for one in silent[: 200 - MOST_IDLE]] == [b""] * (200 - MOST_IDLE), "the oldest are closed"
        assert len(server.idle) <= MOST_IDLE


def test_a_connection_that_asks_nothing_is_closed_in_time(serve: Callable[..., Server]) -> None:
    server = serve(idle=0.3)
    with socket.create_connection(server.server_address[:2], timeout=30) as silent:
        assert silent.recv(1) == b""
    with socket.create_connection(server.server_address[:2], timeout=30) as kept:
        kept.sendall(b"GET /status.json?token=t HTTP/1.1\r\nHost: localhost:1\r\n\r\n")
        answer = b""
        while piece := kept.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 200")


def test_streams_are_not_too_many(serve: Callable[..., Server]) -> None:
    server = serve()
    events = server.url.replace("/?", "/events?")
    with ExitStack() as stack:
        for _ in range(MOST_STREAMS):
            stack.enter_context(urllib.request.urlopen(events, timeout=30))
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(events, timeout=30)
        assert caught.value.code == 503
        caught.value.close()
        with urllib.request.urlopen(server.url, timeout=30) as page:
            assert b"<h1" in page.read()


def test_it_tells_of_a_source_that_is_gone(tmp_path: Path, serve: Callable[..., Server], browser: Browser) -> None:
    page = browser.page(width=390)
    page.open(serve(outage=lambda: GONE).url)
    wait(page, "document.querySelectorAll('#missed tr').length === 3")
    assert page.text("#outage-text") == (
        "The source was last seen at 2026-05-30 08:00 UTC. Since then 4 intervals of 2 DAGs came due and did not run: "
        "2 will run in v2, 1 will not, 1 DAG undecided; of 1 DAG the last run is unknown."
    )
    assert page.texts("#missed tr")[1] == "bunknownunknownunknownunknown"
    write(tmp_path, "a")
    wait(page, "document.querySelectorAll('#missed tr').length === 2")
    assert "Since then 1 interval of 1 DAG came due" in page.text("#outage-text")
    assert page.js("document.documentElement.scrollWidth") <= 390


def test_it_tells_of_no_outage_while_the_source_runs(serve: Callable[..., Server], browser: Browser) -> None:
    page = browser.page()
    page.open(serve().url)
    wait(page, "document.querySelector('#lights').className === 'lights on'")
    assert page.count("#outage") == 0
