"""The journal keeps what was done, and reads back as it was."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.errors import WorkspaceError

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER = "2024-01-01T00:01:00+00:00"


@pytest.fixture
def journal(tmp_path):
    with closing(Journal(tmp_path / ".migrate" / "journal.db")) as opened:
        yield opened


def begin(journal, *dag_ids, wave=1, direction=Direction.FORWARD):
    return journal.begin(wave, direction, dag_ids or ("a", "b"), NOW, "anna")


def test_an_intent_alone_moves_nothing(journal):
    attempt = begin(journal)
    journal.write(attempt, NOW, "intent", [("a", State.PAUSED, {}, "")])
    assert journal.records(attempt)["a"].state is State.PLANNED


def test_what_is_done_moves_the_state_and_joins_its_facts(journal):
    attempt = begin(journal)
    journal.write(attempt, NOW, "done", [("a", State.QUIESCING, {"quiescing_since": NOW.isoformat()}, "")])
    journal.write(attempt, NOW, "done", [("a", State.PAUSED, {"paused_at": LATER}, "")])
    record = journal.records(attempt)["a"]
    assert record.state is State.PAUSED
    assert record.facts == {"quiescing_since": NOW.isoformat(), "paused_at": LATER}
    assert journal.records(attempt)["b"].state is State.PLANNED


def test_another_process_reads_what_a_dead_one_wrote(journal, tmp_path):
    attempt = begin(journal)
    journal.write(attempt, NOW, "done", [("a", State.PAUSED, {}, "")])
    with closing(Journal(tmp_path / ".migrate" / "journal.db")) as second:
        found = second.open_attempt()
        assert found == attempt
        assert second.records(found)["a"].state is State.PAUSED


def test_what_another_process_adds_is_seen_by_one_that_read_before(journal, tmp_path):
    attempt = begin(journal)
    with closing(Journal(tmp_path / ".migrate" / "journal.db")) as second:
        for state in (State.QUIESCING, State.PAUSED):
            journal.records(attempt).clear()
            second.write(attempt, NOW, "done", [("a", state, {state.name: 1}, "")])
            assert journal.records(attempt)["a"].state is state
        assert journal.records(attempt) == second.records(attempt)
        assert journal.records(attempt)["a"].facts == {"QUIESCING": 1, "PAUSED": 1}


def test_attempts_of_one_wave_do_not_mix(journal):
    first = begin(journal)
    journal.write(first, NOW, "done", [("a", State.OBSERVED, {"x": 1}, "")])
    journal.end(first, NOW, "moved")
    second = begin(journal, direction=Direction.BACK)
    assert journal.records(second)["a"].facts == {}
    assert journal.open_attempt() == second
    assert journal.last(1) == second


def test_the_snapshot_is_a_whole_journal(journal, tmp_path):
    attempt = begin(journal)
    copy = tmp_path / "copy.db"
    copy.write_bytes(journal.snapshot())
    with closing(Journal(copy)) as restored:
        assert restored.records(attempt) == journal.records(attempt)


def test_a_journal_that_is_no_database_is_told_with_its_fix(tmp_path):
    path = tmp_path / "journal.db"
    path.write_bytes(b"not a database at all, but long enough to look at" * 50)
    with pytest.raises(WorkspaceError, match="cannot be read") as caught:
        Journal(path)
    assert "journal.db" in caught.value.fix


def test_a_newer_journal_is_refused_with_both_versions(journal, tmp_path):
    with closing(sqlite3.connect(tmp_path / ".migrate" / "journal.db")) as db, db:
        db.execute("UPDATE meta SET value = '7' WHERE name = 'schema_version'")
    with pytest.raises(WorkspaceError, match="version 7; this program knows 2"):
        Journal(tmp_path / ".migrate" / "journal.db")


def test_a_full_disk_is_told_and_what_was_written_before_stays(journal, tmp_path):
    attempt = journal.begin(1, Direction.FORWARD, ["a"], NOW, "me")
    pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
    journal._db.execute(f"PRAGMA max_page_count = {pages}")
    long = {"long": "x" * 500_000}
    with pytest.raises(WorkspaceError, match="cannot be written") as error:
        journal.write(attempt, NOW, "done", [("a", State.PREFLIGHT, long, "")])
    assert "migrate resume" in error.value.fix
    journal._db.execute("PRAGMA max_page_count = 100000")
    assert journal.records(attempt)["a"].state is State.PLANNED
    journal.write(attempt, NOW, "done", [("a", State.QUIESCING, {}, "")])
    assert journal.records(attempt)["a"].state is State.QUIESCING


def test_one_that_is_only_read_is_read_and_not_changed(journal, tmp_path):
    attempt = begin(journal)
    with closing(Journal(tmp_path / ".migrate" / "journal.db", read_only=True)) as read:
        assert read.attempts() == (attempt,)
        with pytest.raises(WorkspaceError, match="cannot be written"):
            begin(read)
