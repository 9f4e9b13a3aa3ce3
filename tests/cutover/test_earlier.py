"""Journals of version 1, recorded by the code that wrote them: read, gone on with, taken back, or refused by name."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migrator.cutover.completion import complete
from migrator.cutover.journal import Journal
from migrator.cutover.machine import State
from migrator.cutover.rows import NUMBERED
from migrator.cutover.wave import cut_over, resume, roll_back
from migrator.errors import RefusedError
from migrator.inventory.store import fingerprint
from migrator.report.standing import states
from tests.cutover.harness import DAGS, MINUTE, PLANNED, Harness, Wave
from tests.cutover.test_excerpt import all_hourly, reversed_order
from tests.cutover.test_lifecycle import crash_at

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDED = Path(__file__).parent / "journals"
PAUSED = set(DAGS) - {"child"}
"""The DAGs that v1 had paused when the recorded cutover was interrupted."""


def recorded(name: str, path: Path) -> Path:
    """The journal as a file."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript((RECORDED / f"version_1_{name}.sql").read_text())
    return path


@pytest.fixture
def interrupted(tmp_path: Path) -> Harness:
    """Both Airflows as the interrupted cutover left them."""
    harness = Harness(tmp_path / "journal.db")
    recorded("interrupted", harness.path)
    with closing(sqlite3.connect(harness.path)) as db:
        (last,) = db.execute("SELECT MAX(at) FROM events WHERE phase = 'done'").fetchone()
    while harness.world.now.isoformat() < last:
        harness.world.advance(MINUTE / 60)
    harness.v1.paused |= dict.fromkeys(PAUSED, True)
    return harness


def as_version_1(path: Path) -> None:
    """What was written as version 1 would have written it: states by number, and no excerpt."""
    numbers = {state.name: number for number, state in NUMBERED.items()}
    with closing(sqlite3.connect(path)) as db, db:
        rows = db.execute("SELECT id, attempt, at, dag_id, state, phase, facts, note FROM events").fetchall()
        db.execute("DROP TABLE excerpts")
        db.execute("DROP TABLE events")
        db.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, attempt INTEGER NOT NULL, at TEXT NOT NULL,"
            " dag_id TEXT NOT NULL, state INTEGER NOT NULL, phase TEXT NOT NULL, facts TEXT NOT NULL,"
            " note TEXT NOT NULL)"
        )
        told = [(*row[:4], numbers[row[4]], *row[5:]) for row in rows]
        db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", told)
        db.execute("UPDATE meta SET value = '1'")


def test_every_state_has_its_number() -> None:
    assert set(NUMBERED.values()) == set(State)


@pytest.mark.parametrize("name", ["interrupted", "moved"])
@pytest.mark.parametrize("read_only", [True, False])
def test_a_recorded_journal_is_read_and_not_changed_by_looking(tmp_path: Path, name: str, read_only: bool) -> None:
    path = recorded(name, tmp_path / "journal.db")
    with closing(Journal(path, read_only=read_only)) as journal:
        (attempt,) = journal.attempts()
        assert journal.excerpt(attempt) is None
        found = {record.state for record in journal.records(attempt).values()}
        assert found == ({State.OBSERVED} if name == "moved" else {State.QUIESCING, State.PAUSED})
        assert len(states(journal)) == len(DAGS)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT value FROM meta").fetchall() == [("1",)]


def test_what_was_interrupted_goes_on_and_keeps_what_it_goes_by(interrupted: Harness) -> None:
    with closing(Journal(interrupted.path)) as journal:
        assert {r.state for r in resume(interrupted.trip(journal)).values()} == {State.OBSERVED}
        assert journal.excerpt(journal.attempts()[0]) is not None
        reversed_order(interrupted)
        roll_back(interrupted.trip(journal), 1)
    order = interrupted.v2.order
    assert order.index("pause parent") < order.index("pause child")
    interrupted.verify(on_v2=False)
    with closing(sqlite3.connect(interrupted.path)) as db:
        assert db.execute("SELECT value FROM meta").fetchall() == [("2",)], "the program before must refuse it now"


def test_what_was_interrupted_is_taken_back(interrupted: Harness) -> None:
    with closing(Journal(interrupted.path)) as journal:
        assert roll_back(interrupted.trip(journal), 1) == {}
    interrupted.verify(on_v2=False)


def test_what_was_moved_is_taken_back_or_completed(tmp_path: Path) -> None:
    for end in (roll_back, complete):
        harness = Harness(tmp_path / f"{end.__name__}.db")
        with closing(Journal(harness.path)) as journal:
            cut_over(harness.trip(journal), 1)
        harness.path.unlink()
        recorded("moved", harness.path)
        harness.world.advance(7 * MINUTE)
        with closing(Journal(harness.path)) as journal:
            if end is complete:
                assert set(complete(harness.trip(journal), 1, harness.ledger())) == set(DAGS)
            else:
                roll_back(harness.trip(journal), 1)
                harness.verify(on_v2=False)


def test_version_1_is_gone_on_with_from_any_point(tmp_path: Path, of_version_1: int) -> None:
    harness = Harness(tmp_path / "journal.db")
    assert crash_at(harness, of_version_1)
    as_version_1(harness.path)
    with closing(Journal(harness.path)) as journal:
        (roll_back if of_version_1 % 2 else lambda trip, _: resume(trip))(harness.trip(journal), 1)
    harness.verify(on_v2=not of_version_1 % 2)


def _taken_again(harness: Harness) -> None:
    """Plan and inventory made anew, consistently, after the attempt was begun."""
    harness.world.advance(MINUTE)
    all_hourly(harness)
    harness.plan = replace(harness.plan, inventory_fingerprint=fingerprint(harness.inventory))


def _with_another_inventory(harness: Harness) -> None:
    dags = tuple(replace(d, catchup=not d.catchup) for d in DAGS.values())
    harness.inventory = replace(harness.inventory, dags=dags)


def _parted(harness: Harness) -> None:
    waves = (Wave(1, "all", PLANNED[1:]), Wave(2, "child", PLANNED[:1]))
    harness.plan = replace(harness.plan, waves=waves)


def _one_more(harness: Harness) -> None:
    """Another DAG that the parent triggers, in the wave."""
    more = replace(PLANNED[0], dag_id="new_child")
    edge = replace(harness.plan.edges[0], target="new_child")
    wave = replace(harness.plan.waves[0], dags=(*PLANNED, more))
    harness.plan = replace(harness.plan, waves=(wave,), edges=(*harness.plan.edges, edge))


def _unread(harness: Harness) -> None:
    harness.plan = None  # type: ignore[assignment]


OTHERWISE: dict[str, tuple[Callable[[Harness], None], str]] = {
    "the order": (reversed_order, "child is paused after none in plan.json, not after parent"),
    "a tie": (
        lambda harness: setattr(harness, "plan", replace(harness.plan, edges=())),
        "parent triggers child, which plan.json does not say",
    ),
    "the files": (_taken_again, "inventory.json was taken at"),
    "the inventory": (_with_another_inventory, "plan.json was not made from this inventory.json"),
    "a DAG in another wave": (_parted, "plan.json does not hold child, delta"),
    "one more that is tied": (_one_more, "parent triggers new_child, and the journal does not move new_child with it"),
    "the number": (
        lambda harness: setattr(
            harness, "plan", replace(harness.plan, waves=(replace(harness.plan.waves[0], number=4),))
        ),
        "plan.json does not hold child, delta",
    ),
    "no plan": (_unread, "plan.json: it can't be read"),
}


@pytest.mark.parametrize("name", OTHERWISE)
@pytest.mark.parametrize("what", [resume, lambda trip: roll_back(trip, 1)])
def test_version_1_with_other_files_is_refused_and_says_what_to_restore(
    interrupted: Harness, name: str, what: Callable[..., object]
) -> None:
    change, told = OTHERWISE[name]
    right = interrupted.plan, interrupted.inventory
    change(interrupted)
    before = dict(interrupted.v1.paused), dict(interrupted.v2.paused)
    with closing(Journal(interrupted.path)) as journal:
        context = interrupted.trip(journal)
        with pytest.raises(RefusedError) as refused:
            what(context)
        assert told in refused.value.why
        assert "git checkout" in refused.value.fix
        assert "-- plan.json inventory.json" in refused.value.fix
        assert "2026-03-10T12:00:00+00:00" in refused.value.fix
        assert refused.value.exit_code == 4
        assert (interrupted.v1.paused, interrupted.v2.paused) == before
        assert len(journal.acts()) == 1, "only the cutover itself"
        interrupted.plan, interrupted.inventory = right
        resume(interrupted.trip(journal))
    interrupted.verify(on_v2=True)
