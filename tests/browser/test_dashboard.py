"""The dashboard in a real browser, while a modelled cutover moves 220 DAGs."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.wave import cut_over
from migrator.model.dag import Schedule, ScheduleKind
from migrator.report.live.server import Live, Server
from migrator.report.standing import states
from tests.browser.probes import CONTRAST, NAMELESS
from tests.cutover import test_lifecycle
from tests.workspace.users import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.browser.devtools import Browser, Page

LEDGER = {
    "summary": {"expected": 440, "ran_once": 440, "duplicates": 0, "gaps": 0, "extras": 0, "pending": 0},
    "window": {"since": "2026-03-10T11:00:00+00:00", "until": "2026-03-10T13:00:00+00:00"},
}


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Serve the journal of a workspace; every server is stopped at the end."""
    servers: list[Server] = []

    def start(port: int = 0, token: str = "t", **more: Any) -> Server:
        journal = tmp_path / ".migrate" / "journal.db"
        servers.append(Server(Live(journal, lambda: more.get("ledger"), "the wave", every=0.05, token=token), port))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def wait(page: Page, expression: str, seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (value := page.js(expression)):
        assert time.monotonic() < end, f"never: {expression}"
        time.sleep(0.05)
    return value


@pytest.mark.parametrize("count", [40, pytest.param(220, marks=pytest.mark.soak)])
def test_no_step_is_lost_though_the_server_is_started_anew(
    count: int, tmp_path: Path, serve: Callable[..., Server], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    often = Schedule(ScheduleKind.CRON, "*/5 * * * *")
    ids = [f"dag_{n:03d}" for n in range(count)]
    never = Schedule(ScheduleKind.NONE)
    dags = {one: test_lifecycle.dag(one, often if n % 20 == 0 else never) for n, one in enumerate(ids)}
    monkeypatch.setattr(test_lifecycle, "DAGS", dags)
    harness = test_lifecycle.Harness(tmp_path / ".migrate" / "journal.db")
    first = serve(ledger=LEDGER)
    page = browser.page()
    page.open(first.url)
    assert page.text("h1") == "No wave was begun yet"

    with closing(Journal(harness.path)) as journal:
        halves = [threading.Event(), threading.Event()]
        mover = _Mover(harness, halves)
        mover.start()
        assert halves[0].wait(120)
        wait(page, f"dashboard.steps.length > {count}")
        first.stop()
        second = serve(port=first.server_address[1])
        halves[1].set()
        mover.join(240)
        assert not mover.is_alive()
        assert mover.error is None, mover.error
        status = sorted(states(journal), key=lambda row: row["dag"])
    assert second.url.startswith(first.url.partition("?")[0])
    with closing(sqlite3.connect(harness.path)) as db:
        numbers = [number for (number,) in db.execute("SELECT id FROM events ORDER BY id")]
    assert len(numbers) > count * 8
    wait(page, f"dashboard.steps.length >= {len(numbers)}")
    assert page.js("dashboard.steps") == numbers, "each step once, in its order"
    wait(page, "dashboard.rows().every((row) => row.outcome === 'done' || row.outcome === 'complete')")
    assert sorted(page.js("dashboard.rows()"), key=lambda row: row["dag"]) == status
    (tmp_path / "migrate.toml").write_text("")
    assert json.loads(migrate(tmp_path, "status", "--format", "json").out)["rows"] == status
    assert wait(page, f"document.querySelector('h1').innerText.startsWith('{count} of {count}')")
    assert page.count("#rows tr") == count
    assert page.texts("#path .OBSERVED b") == [str(count)]
    assert "440 intervals ran exactly once" in page.text("#ledger-text")
    assert page.count("#drains tr") == 0
    for dark in (False, True):
        page.theme(dark=dark)
        page.settle()
        assert page.js(CONTRAST) == []
    assert page.js(NAMELESS) == []


class _Mover(threading.Thread):
    """Cuts the wave over, and stops half way until it may go on."""

    def __init__(self, harness: Any, halves: list[threading.Event]) -> None:
        super().__init__(daemon=True)
        self.harness, self.path, self.halves, self.error = harness, harness.path, halves, None
        self.points = 0

    def run(self) -> None:
        try:
            self.harness.world.point = self._point
            with closing(Journal(self.path)) as journal:
                cut_over(self.harness.trip(journal), 1)
        except BaseException as error:  # noqa: BLE001 - the test tells it
            self.error = error
            self.halves[0].set()

    def _point(self) -> None:
        self.points += 1
        if self.points == 20:
            self.halves[0].set()
            self.halves[1].wait(120)


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/", {}), ("/?token=no", {}), ("/events", {}), ("/status.json?token=t", {"Host": "evil.example.com:80"})],
)
def test_nobody_looks_without_the_token_or_from_another_site(
    serve: Callable[..., Server], path: str, headers: dict[str, str]
) -> None:
    address = f"http://127.0.0.1:{serve().server_address[1]}{path}"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10)
    assert caught.value.code == 403
    caught.value.close()


def test_it_only_reads(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve()
    with urllib.request.urlopen(server.url.replace("/?", "/status.json?"), timeout=10) as answer:
        assert json.load(answer) == {"schema_version": 1, "rows": []}
    assert not (tmp_path / ".migrate").exists(), "a journal that is not there is not made"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(server.url, data=b"x", timeout=10)
    assert caught.value.code == 501
    caught.value.close()


def test_a_journal_that_cannot_be_read_is_told(serve: Callable[..., Server], tmp_path: Path) -> None:
    (tmp_path / ".migrate").mkdir()
    (tmp_path / ".migrate" / "journal.db").write_bytes(b"no database, though it is as long as one " * 30)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(serve().url.replace("/?", "/status.json?"), timeout=10)
    assert caught.value.code == 503
    assert "cannot be read" in caught.value.read().decode()
    caught.value.close()


def test_the_command_prints_an_address_and_ends_when_it_is_interrupted(tmp_path: Path) -> None:
    (tmp_path / "migrate.toml").write_text("")
    command = [sys.executable, "-m", "migrator.cli", "--workspace", str(tmp_path), "dashboard"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(url, timeout=10) as answer:
            assert b"<h1" in answer.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert "Traceback" not in process.stderr.read()
