"""Status from another machine: the journal's copy and the lock, on a real bucket server."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from migrator.cli.eyes import lines
from migrator.cutover import look
from migrator.cutover.bridge.loop import moving_now
from migrator.cutover.context import JOURNAL_COPY
from migrator.cutover.executor import StoppedError
from migrator.cutover.journal import Journal
from migrator.cutover.lock import Owner, locked
from migrator.cutover.machine import Direction, State
from migrator.cutover.trip import write_act
from migrator.cutover.wave import cut_over, resume, roll_back
from migrator.report import standing as report
from migrator.workspace.workspace import Workspace
from tests.cutover.harness import DAGS, Bucket, Harness

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.environments.bucket import GcsBucket

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Copies(Bucket):
    """Keeps every copy of the journal."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def write(self, path: str, data: bytes) -> None:
        assert path == JOURNAL_COPY
        self.kept.append(data)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "elsewhere")


def test_looking_begins_no_journal(elsewhere: Workspace) -> None:
    with closing(look.local(elsewhere).journal) as journal:
        assert journal.attempts() == ()
    assert moving_now(elsewhere) == frozenset()
    assert not elsewhere.journal.exists()


def test_another_machine_sees_who_runs_what_since_when_and_what_waits(
    bucket: GcsBucket, tmp_path: Path, elsewhere: Workspace
) -> None:
    with closing(Journal(tmp_path / "journal.db")) as journal:
        attempt = journal.begin(2, Direction.FORWARD, ["a", "b"], NOW, "anna@desk", "the night of wave 2")
        journal.write(attempt, NOW, "done", [("a", State.QUIESCING, {"quiescing_since": NOW.isoformat()}, "")])
        journal.write(attempt, NOW, "waiting", [("a", State.QUIESCING, {}, "r1 is running (load=running)")])
        bucket.write(JOURNAL_COPY, journal.snapshot())
        with locked(bucket, Owner.here(tmp_path, "wave 2", NOW), print):
            seen = look.remote(elsewhere, bucket)
        after = look.remote(elsewhere, bucket)
    with closing(seen.journal), closing(after.journal):
        shown = "\n".join(report.heading(seen))
        assert "runs wave 2 since 2026-03-10T12:00:00+00:00" in shown
        assert "by anna@desk, because: the night of wave 2" in shown
        assert "r1 is running (load=running)" in shown
        assert "wave=2 dir=forward" in shown
        assert "nobody holds the lock" in "\n".join(report.heading(after))
        told = report.as_json(seen, report.states(seen.journal))
    assert told["schema_version"] == 1
    assert (told["from"], told["lock"]["reason"], told["open"]["counts"]["waiting"]) == ("bucket", "wave 2", 1)
    assert [row["state"] for row in told["rows"]] == ["QUIESCING", "PLANNED"]
    assert json.dumps(told)


def test_a_bucket_without_a_journal_has_no_wave(bucket: GcsBucket, elsewhere: Workspace) -> None:
    seen = look.remote(elsewhere, bucket)
    with closing(seen.journal):
        assert (seen.progress, seen.owner, report.states(seen.journal), report.heading(seen)) == (None, None, [], [])


def test_the_copy_keeps_up_while_a_wave_runs_and_ends_as_the_journal_ends(tmp_path: Path, elsewhere: Workspace) -> None:
    harness, bucket = Harness(tmp_path / "journal.db"), Copies()
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)
        trip = replace(trip, target=replace(trip.target, bucket=bucket))
        cut_over(trip, 1)
        last = journal.snapshot()
    assert len(bucket.kept) > 8
    seen = [Journal(None, copy) for copy in bucket.kept]
    counts = [sum(len(copy.events(one)) for one in copy.attempts()) for copy in seen]
    assert counts == sorted(counts)
    assert counts[0] == len(DAGS), "before anything is done"
    assert max(after - before for before, after in pairwise(counts)) < 8 * len(DAGS)
    with closing(Journal(None, last)) as whole:
        assert whole.acts() == seen[-1].acts()
        assert [one.outcome for one in seen[-1].attempts()] == [one.outcome for one in whole.attempts()] != [""]
    for copy in seen:
        copy.close()


def test_a_stop_is_in_the_copy_too(tmp_path: Path) -> None:
    harness, bucket = Harness(tmp_path / "journal.db"), Copies()
    with closing(Journal(harness.path)) as journal:
        trip = replace(harness.trip(journal), stop=lambda: True)
        with pytest.raises(StoppedError):
            cut_over(replace(trip, target=replace(trip.target, bucket=bucket)), 1)
        with closing(Journal(None, bucket.kept[-1])) as copy:
            assert copy.events(copy.attempts()[-1]) == journal.events(journal.attempts()[-1])


def test_who_did_what_and_why_is_written_down(tmp_path: Path) -> None:
    harness, path = Harness(tmp_path / "journal.db"), tmp_path / "reports" / "acts.jsonl"
    with closing(Journal(harness.path)) as journal:
        trip = replace(harness.trip(journal), actor="anna@desk", log=lambda act: write_act(path, act))
        with pytest.raises(StoppedError):
            cut_over(replace(trip, reason="first night", stop=lambda: True), 1)
        resume(replace(trip, reason="after lunch", actor="bert@train"))
        roll_back(replace(trip, reason="slow queries"), 1)
        rows = [row for row in report.log(journal) if row["phase"] == "asked"]
    assert [(row["state"], row["by"], row["note"]) for row in rows] == [
        ("cutover", "anna@desk", "first night"),
        ("resume", "bert@train", "after lunch"),
        ("rollback", "anna@desk", "slow queries"),
    ]
    written = [json.loads(line) for line in path.read_text().splitlines()]
    assert [one["command"] for one in written] == ["cutover", "resume", "rollback"]
    assert {one["schema_version"] for one in written} == {1}


def test_eyes_see_every_stage_and_the_line_comes_now_and_then(tmp_path: Path) -> None:
    harness, said = Harness(tmp_path / "journal.db"), list[str]()

    def clock() -> float:
        return harness.world.now.timestamp()

    show = lines(said.append, clock)
    with closing(Journal(harness.path)) as journal:
        began = harness.world.now
        cut_over(replace(harness.trip(journal), eyes=show), 1)
    took = (harness.world.now - began).total_seconds()
    assert 5 < len(said) <= took / 5 + 2
    assert said[0].startswith("wave=1 dir=forward elapsed=0s planned=6 waiting=0")
    assert said[-1].endswith("observed=6 failed=0 alarms=0 eta=0s")
    assert any("waiting=1" in line or "waiting=2" in line for line in said)
