"""The dashboard in a real browser, while a modelled cutover moves 220 DAGs."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.drains import Policy
from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.cutover.wave import cut_over
from migrator.model.dag import Schedule, ScheduleKind
from migrator.report.live.server import Live, Server
from tests.browser.probes import CONTRAST, NAMELESS
from tests.browser.watching import dashboard, headlines, saw_each_step, shows_what_status_says, wait
from tests.cutover import harness as modelled
from tests.cutover.harness import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from migrator.cutover.sides import Settings
    from tests.browser.devtools import Browser

COUNT = 220
VERDICTS = {"dag_000": "blocked by plugins/x.py:3", "dag_001": "automatic, 2 to review"}
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
        late = more.get("late_after", 600)
        live = Live(
            journal, lambda: more.get("ledger"), "the wave", late, every=0.05, token=token, verdicts=lambda: VERDICTS
        )
        servers.append(Server(live, port))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> modelled.Harness:
    """A modelled estate of 220 DAGs in one wave, of which one in twenty runs often; and a workspace about it."""
    kinds = Schedule(ScheduleKind.CRON, "*/5 * * * *"), *[Schedule(ScheduleKind.NONE)] * 19
    ids = [f"dag_{n:03d}" for n in range(COUNT)]
    dags = {one: modelled.dag(one, kinds[n % len(kinds)]) for n, one in enumerate(ids)}
    monkeypatch.setattr(modelled, "DAGS", dags)
    (tmp_path / "migrate.toml").write_text("[cutover]\nobserve_seconds = 30\n")
    return modelled.Harness(tmp_path / ".migrate" / "journal.db")


def test_no_step_of_220_dags_is_lost_though_the_server_is_started_anew(
    tmp_path: Path, harness: modelled.Harness, serve: Callable[..., Server], browser: Browser
) -> None:
    first = serve(ledger=LEDGER)
    page = browser.page()
    page.open(first.url)
    assert page.text("h1") == "No wave was begun yet"
    halves = [threading.Event(), threading.Event()]
    mover = _Mover(harness, halves)
    mover.start()
    assert halves[0].wait(120)
    wait(page, f"dashboard.steps.length > {COUNT}")
    first.stop()
    second = serve(port=first.server_address[1])
    halves[1].set()
    mover.ended()
    assert second.url.startswith(first.url.partition("?")[0])
    assert saw_each_step(page, tmp_path) > COUNT * 8
    assert len(shows_what_status_says(page, tmp_path)) == COUNT
    assert page.text("h1") == f"{COUNT} of {COUNT} DAGs arrived in v2"
    assert page.count("#rows tr") == COUNT
    shown = dict(zip(page.texts("#rows td:first-child"), page.texts("#rows td:nth-child(7)"), strict=True))
    assert shown == dict.fromkeys(shown, "unknown") | VERDICTS
    assert page.texts("#path .OBSERVED b") == [str(COUNT)]
    assert "440 intervals ran exactly once" in page.text("#ledger-text")
    assert page.count("#drains tr") == 0
    for dark in (False, True):
        page.theme(dark=dark)
        page.settle()
        assert page.js(CONTRAST) == []
    assert page.js(NAMELESS) == []


def test_the_command_follows_220_dags_without_a_reload(
    tmp_path: Path, harness: modelled.Harness, browser: Browser
) -> None:
    """A DAG in twenty is never idle, and given up."""
    settings = modelled.never_idle(harness, Policy.GIVE_UP)
    with dashboard(tmp_path) as address:
        page = browser.page()
        page.open(address)
        assert page.js("document.body.dataset.late") == "30.0", "as cutover.observe_seconds says"
        halves = [threading.Event(), threading.Event()]
        mover = _Mover(harness, halves, settings)
        mover.start()
        assert halves[0].wait(120)
        wait(page, f"dashboard.steps.length > {COUNT}")
        page.settle()  # what came is drawn with the next frame
        stood = page.text("h1")
        halves[1].set()
        seen = headlines(page, mover.is_alive)
        mover.ended()
        saw_each_step(page, tmp_path)
        told = shows_what_status_says(page, tmp_path)
        seen += [page.text("h1")]
        assert page.requests.count(address) == 1
        assert page.errors == []
    assert stood == seen[0] == f"0 of {COUNT} DAGs arrived in v2"
    assert seen[-1] == f"{COUNT - COUNT // 20} of {COUNT} DAGs arrived in v2"
    assert Counter((row["state"], row["note"]) for row in told) == {
        ("OBSERVED", "nothing to wait for"): COUNT - COUNT // 20,
        ("BACKED_OUT", "back where it began"): COUNT // 20,
    }


class _Mover(threading.Thread):
    """Cuts the wave over, and stops half way until it may go on."""

    def __init__(self, harness: Any, halves: list[threading.Event], settings: Settings = SETTINGS) -> None:
        super().__init__(daemon=True)
        self.harness, self.path, self.halves, self.error = harness, harness.path, halves, None
        self.settings, self.points = settings, 0

    def run(self) -> None:
        try:
            self.harness.world.point = self._point
            with closing(Journal(self.path)) as journal:
                cut_over(replace(self.harness.trip(journal), settings=self.settings), 1)
        except BaseException as error:  # noqa: BLE001 - the test tells it
            self.error = error
            self.halves[0].set()

    def ended(self) -> None:
        """Wait for it."""
        self.join(240)
        assert not self.is_alive()
        assert self.error is None, self.error

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
    with dashboard(tmp_path) as address:
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert b"<h1" in answer.read()


def test_what_stays_long_in_one_state_becomes_late(
    tmp_path: Path, serve: Callable[..., Server], browser: Browser
) -> None:
    now = datetime.now(UTC)
    moments = {"slow": (State.QUIESCING, 20), "quick": (State.QUIESCING, 0), "there": (State.OBSERVED, 20)}
    with closing(Journal(tmp_path / ".migrate" / "journal.db")) as journal:
        attempt = journal.begin(1, Direction.FORWARD, moments, now - timedelta(minutes=30), "somebody")
        for dag_id, (state, minutes) in moments.items():
            journal.write(attempt, now - timedelta(minutes=minutes), "done", [(dag_id, state, {}, f"why {dag_id}")])
    page = browser.page()
    page.open(serve(late_after=900).url)
    wait(page, "document.querySelectorAll('#drains tr').length")
    assert [line.replace("20 min", "AGES") for line in page.texts("#drains tr")][1] == "slowQUIESCINGAGES, latewhy slow"
    assert page.count("#drains tr") == 2, "what arrived is not late"
    assert [text.rpartition(", ")[2] for text in page.texts("#drains .bad")] == ["late"]
    soon = browser.page()
    soon.open(serve(late_after=3).url)
    wait(soon, "document.querySelectorAll('#drains .bad').length === 2", 20)  # time alone makes it late
