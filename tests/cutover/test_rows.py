"""A journal that was damaged, or written by another hand, is named: none of it is followed, and none ends in a bug."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.rows import facts_of
from migrator.cutover.wave import resume
from migrator.cutover.whereabouts import left_behind, moves
from migrator.errors import MigrateError, WorkspaceError
from migrator.report.live.feed import rows as fed
from migrator.report.live.feed import updates
from migrator.report.standing import log, states
from tests.cutover.harness import Harness
from tests.cutover.test_lifecycle import crash_at
from tests.odd import ODD, paths, with_odd, without

if TYPE_CHECKING:
    from pathlib import Path

CRASH = 60
"""A point at which some DAGs are unpaused in v2 and some still drain."""
COLUMNS = {
    "attempts": ("wave", "direction", "started", "actor", "reason", "ended", "outcome"),
    "events": ("at", "dag_id", "state", "phase", "facts", "note"),
    "acts": ("at", "actor", "command", "wave", "reason"),
    "excerpts": ("content",),
    "meta": ("value",),
}
CELLS = (None, "", "odd", -1, 10**15, 1.5, b"\xff\xfe", "[" * 100_000, "\x00", "2026-01-01T00:00:00")
SOAKED = [one for number, one in enumerate(CELLS) if number % 3]


@pytest.fixture(scope="module")
def died(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The journal of a wave whose process died in the middle."""
    path = tmp_path_factory.mktemp("died") / "journal.db"
    assert crash_at(Harness(path), CRASH)
    with closing(Journal(path)) as journal:
        journal.act(Harness(path.with_name("other.db")).began, "anna", "cutover", 1, "why")
    return path


@pytest.fixture
def copy(died: Path, tmp_path: Path) -> Path:
    return shutil.copy(died, tmp_path / "journal.db")


def told(path: Path) -> list[str]:
    """What each reader of the journal says of it, where it can't be read."""
    said = []
    for read in (states, log, _whole):
        try:
            with closing(Journal(path, read_only=True)) as journal:
                read(journal)
        except MigrateError as error:
            said.append(error.why)
    for read_file in (fed, lambda at: updates(at, 0)):
        try:
            read_file(path)
        except MigrateError as error:
            said.append(error.why)
    return said


def _whole(journal: Journal) -> None:
    moves(journal, Harness(journal._path.with_name("x.db")).began)
    left_behind(journal)
    for attempt in journal.attempts():
        journal.excerpt(attempt), journal.events(attempt), journal.waits(attempt)
    journal.acts(), journal.open_attempt(), journal.alarms()


def facts(path: Path) -> list[tuple[int, dict[str, Any]]]:
    with closing(sqlite3.connect(path)) as db:
        found = db.execute("SELECT id, facts FROM events WHERE facts <> '{}' AND phase = 'done'").fetchall()
    return [(number, json.loads(text)) for number, text in found]


def change(path: Path, table: str, column: str, value: object, number: int | None = None) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA ignore_check_constraints=ON")
        where = "" if number is None else f" WHERE id = {number}"
        try:
            db.execute(f"UPDATE OR REPLACE {table} SET {column} = ?{where}", (value,))
        except sqlite3.IntegrityError:  # the table does not take it: so it can't be met there
            pytest.skip("not to be stored")


def test_a_whole_journal_is_read(copy: Path) -> None:
    assert told(copy) == []
    assert len(facts(copy)) > 10


def test_any_place_of_any_fact_is_of_another_type(died: Path, copy: Path) -> None:
    """It is refused where it is read, or every reader can do with it."""
    refused, taken = 0, []
    for number, known in facts(died):
        for turn, where in enumerate(paths(known)):
            text = json.dumps(with_odd(known, where, ODD[(turn + number) % len(ODD)]))
            try:
                facts_of(text, "a")
                taken.append((number, text))
            except WorkspaceError:
                refused += 1
    assert refused > len(taken) > 20
    for number, text in taken[::7]:
        shutil.copy(died, copy)
        change(copy, "events", "facts", text, number)
        assert told(copy) == []


@pytest.mark.parametrize("value", [*CELLS[::3], *(pytest.param(one, marks=pytest.mark.soak) for one in SOAKED)])
@pytest.mark.parametrize(("table", "column"), [(table, one) for table, names in COLUMNS.items() for one in names])
def test_any_cell_holds_something_else(copy: Path, table: str, column: str, value: object) -> None:
    change(copy, table, column, value)
    for why in told(copy):
        assert why


@pytest.mark.parametrize("table", COLUMNS)
def test_a_table_is_gone(copy: Path, table: str) -> None:
    with closing(sqlite3.connect(copy)) as db, db:
        db.execute(f"DROP TABLE {table}")
    assert table == "meta" or told(copy) or table == "excerpts"


@pytest.mark.parametrize("left", [0, 1, 100, 4096, 5000, 20_000])
def test_a_journal_that_was_cut(copy: Path, left: int) -> None:
    copy.write_bytes(copy.read_bytes()[:left])
    for why in told(copy):
        assert why


def test_what_a_newer_program_keeps_beside_is_read_over(died: Path) -> None:
    for _, known in facts(died):
        for run in known.get("carry") or []:
            run["new"] = {"of": "a newer program"}
        assert facts_of(json.dumps({**known, "new": 1}), "a")["new"] == 1


NAMES = (
    "kept_paused",
    "quiescing_since",
    "paused_at",
    "watermark",
    "carry",
    "carried_at",
    "switched_at",
    "by_datasets",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_resume_meets_a_fact_that_is_gone(tmp_path: Path, name: str) -> None:
    """It goes on without, or says what is missing: a fact that is not there is no bug of ours."""
    harness = Harness(tmp_path / "journal.db")
    assert crash_at(harness, CRASH)
    for number, known in facts(harness.path):
        change(harness.path, "events", "facts", json.dumps(without(known, name)), number)
    said = None
    with closing(Journal(harness.path)) as journal:
        try:
            resume(harness.trip(journal))
        except MigrateError as error:
            said = error
    assert said is None or name in said.why or said.fix
