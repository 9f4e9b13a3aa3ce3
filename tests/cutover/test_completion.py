"""First runs that need a look, going back by itself, and the late end of a wave."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.completion import complete
from migrator.cutover.context import JOURNAL_COPY
from migrator.cutover.endings import raise_for
from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.cutover.verdict import Verdict
from migrator.cutover.wave import cut_over, roll_back
from migrator.cutover.whereabouts import on_target
from migrator.errors import PersonNeededError, RefusedError, UsageError, VerificationError
from tests.cutover.harness import DAGS, SETTINGS, Crash, Harness, MortalJournal, with_files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from migrator.cutover.context import CutoverContext
    from migrator.cutover.verdict import Observed

MINUTE = timedelta(minutes=1)


@pytest.fixture
def journal(harness: Harness) -> Iterator[Journal]:
    with closing(Journal(harness.path)) as opened:
        yield opened


def fails(harness: Harness, side: str, *dag_ids: str) -> None:
    """From now on, runs of these DAGs end failed on that side."""
    airflow = getattr(harness, side)
    work: Callable[..., None] = airflow._work

    def worked(index: int, run) -> None:
        if run.state == "failed":
            return
        work(index, run)
        if run.dag_id in dag_ids and airflow.runs[index].state == "success":
            tasks = dict.fromkeys(run.tasks, "failed")
            airflow.runs[index] = replace(airflow.runs[index], state="failed", tasks=tasks)

    airflow._work = worked


def end(harness: Harness, journal: Journal, *, accepted: Collection[str] = (), reason: str = "") -> dict[str, Observed]:
    return complete(replace(harness.trip(journal), actor="me", reason=reason), 1, harness.ledger(), accepted)


def watching(harness: Harness, journal: Journal) -> CutoverContext:
    """A trip that waits for a first run of whatever comes each minute."""
    return replace(harness.trip(journal), settings=replace(SETTINGS, observe=2 * MINUTE))


def states(journal: Journal) -> set[State]:
    return {record.state for record in journal.records(journal.attempts()[0]).values()}


def test_a_wave_that_works_is_passed_with_its_durations(harness: Harness, journal: Journal) -> None:
    records = cut_over(watching(harness, journal), 1)
    found = {dag_id: record.facts["verdict"] for dag_id, record in records.items()}
    assert found["minutely"] == found["delta"] == Verdict.PASSED
    assert found["child"] == found["once"] == Verdict.NONE
    raise_for(records, 1)


def test_what_fails_in_v2_only_waits_for_a_person_and_stays_on(harness: Harness, journal: Journal) -> None:
    fails(harness, "v2", "minutely")
    records = cut_over(watching(harness, journal), 1)
    with pytest.raises(PersonNeededError, match="first runs there need a look") as asked:
        raise_for(records, 1)
    assert "minutely: failed, it failed in work; none of" in asked.value.why
    assert asked.value.exit_code == 6
    assert journal.attempts()[-1].outcome == "needs a person"
    assert (harness.v1.paused["minutely"], harness.v2.paused["minutely"]) == (True, False)
    with pytest.raises(RefusedError, match="not every DAG was seen to work"):
        end(harness, journal)


def test_what_fails_on_both_sides_is_no_regression(tmp_path: Path, journal: Journal) -> None:
    harness = Harness(tmp_path / "other.db")
    harness.v1.runs = [
        replace(r, state="failed", tasks={"work": "failed"}) if r.dag_id == "minutely" else r for r in harness.v1.runs
    ]
    for side in ("v1", "v2"):
        fails(harness, side, "minutely")
    records = cut_over(watching(harness, journal), 1)
    assert records["minutely"].facts["verdict"] == Verdict.PASSED
    assert "as each of" in records["minutely"].facts["observed"]
    raise_for(records, 1)


def test_what_fails_goes_back_with_its_group_by_itself_where_that_is_asked_for(
    harness: Harness, journal: Journal
) -> None:
    fails(harness, "v2", "parent")
    trip = replace(
        harness.trip(journal), settings=replace(SETTINGS, auto_rollback=True, observe=3 * MINUTE), actor="me"
    )
    records = cut_over(trip, 1)
    with pytest.raises(VerificationError) as told:
        raise_for(records, 1)
    assert told.value.what.startswith("child, parent: taken back to v1")
    assert told.value.exit_code == 5
    home = {dag_id for dag_id in DAGS if not harness.v1.paused[dag_id]}
    assert home == {"child", "parent"}
    assert {dag_id for dag_id in DAGS if not harness.v2.paused[dag_id]} == set(DAGS) - home
    assert set(on_target(journal)) == set(DAGS) - home
    assert [act.reason for act in journal.acts()] == ["", "automatic: a first run in v2 failed"]
    harness.world.advance(7 * MINUTE)
    for line in harness.ledger().dags:
        assert (line.duplicates, line.gaps) == ((), ()), line


def test_what_is_inconclusive_never_goes_back_by_itself(harness: Harness, journal: Journal) -> None:
    harness.v2.duration = timedelta(minutes=30)
    trip = replace(harness.trip(journal), settings=replace(SETTINGS, auto_rollback=True, observe=3 * MINUTE))
    records = cut_over(trip, 1)
    assert records["minutely"].facts["verdict"] == Verdict.INCONCLUSIVE
    with pytest.raises(PersonNeededError, match="need a look") as asked:
        raise_for(records, 1)
    assert "did not end in time" in asked.value.why
    assert not any(harness.v2.paused.values())


def test_complete_is_the_end_and_can_be_said_twice(harness: Harness, journal: Journal) -> None:
    cut_over(harness.trip(journal), 1)
    harness.world.advance(7 * MINUTE)
    seen = end(harness, journal, reason="a week went by")
    assert set(seen) == set(DAGS)
    assert states(journal) == {State.COMPLETE}
    assert end(harness, journal) == {}
    assert (journal.acts()[1].command, journal.acts()[1].reason) == ("complete", "a week went by")
    with pytest.raises(RefusedError, match="is complete, so it is not taken back") as refused:
        roll_back(harness.trip(journal), 1)
    assert "yourself" in refused.value.fix
    assert refused.value.exit_code == 4
    with pytest.raises(RefusedError, match="cut over already"):
        cut_over(harness.trip(journal), 1)
    harness.verify(on_v2=True)


def test_before_it_is_moved_or_when_it_is_half_moved_it_is_not_complete(harness: Harness, journal: Journal) -> None:
    with pytest.raises(RefusedError, match="is not complete") as refused:
        end(harness, journal)
    assert "any of its DAGs" in refused.value.why
    records = cut_over(harness.trip(journal), 1)
    attempt = journal.begin(1, Direction.BACK, ["minutely"], harness.world.now, "me")
    with pytest.raises(RefusedError, match="has not ended"):
        end(harness, journal)
    journal.write(attempt, harness.world.now, "done", [("minutely", State.OBSERVED, {}, "")])
    journal.end(attempt, harness.world.now, "moved")
    with pytest.raises(RefusedError) as refused:
        end(harness, journal)
    assert "not cut over or not observed: minutely" in refused.value.why
    assert len(records) == len(DAGS)


def test_a_gap_of_another_wave_does_not_refuse_it_and_the_copy_in_the_bucket_says_so(
    harness: Harness, journal: Journal
) -> None:
    cut_over(harness.trip(journal), 1)
    harness.world.advance(7 * MINUTE)
    ledger = harness.ledger()
    run = next(r for r in harness.v2.runs if r.dag_id == "eager" and r.state == "success" and not r.carried)
    harness.v2.runs.remove(run)
    (gap,) = [replace(line, dag_id="elsewhere") for line in harness.ledger().dags if line.dag_id == "eager"]
    context = replace(harness.trip(journal), actor="me")
    complete(context, 1, replace(ledger, dags=(*ledger.dags, gap)))
    bucket: Any = context.target.bucket
    with closing(Journal(None, copy=bucket.written[JOURNAL_COPY])) as copied:
        assert states(copied) == {State.COMPLETE}


@pytest.mark.parametrize("wrong", ["twice", "never"])
def test_a_ledger_that_is_not_clean_refuses_it(harness: Harness, journal: Journal, wrong: str) -> None:
    cut_over(harness.trip(journal), 1)
    harness.world.advance(7 * MINUTE)
    run = next(r for r in harness.v2.runs if r.dag_id == "eager" and r.state == "success" and not r.carried)
    if wrong == "twice":
        harness.v1.runs.append(run)
    else:
        harness.v2.runs.remove(run)
    with pytest.raises(RefusedError, match="its ledger is not clean") as refused:
        end(harness, journal)
    assert f"1 {wrong}" in refused.value.why
    assert states(journal) == {State.OBSERVED}


def test_a_person_may_accept_what_was_seen_or_mend_it(harness: Harness, journal: Journal) -> None:
    fails(harness, "v2", "minutely", "eager")
    cut_over(harness.trip(journal), 1)
    harness.world.advance(7 * MINUTE)
    harness.v2.runs = [  # somebody mended eager and cleared its runs
        replace(r, state="success", tasks={"work": "success"}) if r.dag_id == "eager" else r for r in harness.v2.runs
    ]
    with pytest.raises(RefusedError) as refused:
        end(harness, journal)
    assert "minutely: failed" in refused.value.why
    assert "eager" not in refused.value.why
    with pytest.raises(UsageError, match="nowhere: not in wave 1"):
        end(harness, journal, accepted=["minutely", "nowhere"])
    end(harness, journal, accepted=["minutely"], reason="its mail server is down on purpose")
    notes = {dag: note for _, dag, state, _, note in journal.events(journal.attempts()[0]) if state is State.COMPLETE}
    assert "accepted by a person" in notes["minutely"]
    assert notes["eager"] == "passed"


def test_what_is_not_due_yet_is_judged_when_the_wave_is_completed(harness: Harness, journal: Journal) -> None:
    records = cut_over(replace(harness.trip(journal), settings=replace(SETTINGS, observe=timedelta(0))), 1)
    later = {dag_id for dag_id, record in records.items() if record.facts["verdict"] == Verdict.LATER}
    assert "eager" in later
    raise_for(records, 1)
    with pytest.raises(RefusedError) as refused:
        end(harness, journal)
    assert "eager: later" in refused.value.why
    harness.world.advance(7 * MINUTE)
    assert {one.verdict for dag_id, one in end(harness, journal).items() if dag_id in later} == {Verdict.PASSED}


def test_a_crash_at_any_point_of_completing_leaves_it_to_be_done_again(harness: Harness, journal: Journal) -> None:
    cut_over(harness.trip(journal), 1)
    harness.world.advance(7 * MINUTE)
    crashes = 0
    for number in count(1):
        left = number

        def point() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Crash

        with closing(MortalJournal(harness.path, point)) as mortal:
            try:
                complete(harness.trip(mortal), 1, harness.ledger())
                break
            except Crash:
                crashes += 1
    assert crashes > 2
    assert states(journal) == {State.COMPLETE}


def test_what_always_failed_is_no_regression_on_its_way_back_either(harness: Harness, journal: Journal) -> None:
    fails(harness, "v1", "eager")
    harness.world.advance(7 * MINUTE)
    trip = harness.trip(journal)
    past = tuple(r for r in harness.v1.runs if r.dag_id == "eager" and r.state == "failed")
    trip = replace(
        with_files(trip, inventory=replace(trip.files().inventory, runs=past)),
        settings=replace(SETTINGS, observe=3 * MINUTE),
    )
    cut_over(replace(trip, settings=replace(SETTINGS, observe=timedelta(0))), 1)
    records = roll_back(trip, 1)
    assert records["eager"].facts["verdict"] == Verdict.PASSED
    assert "as each of" in records["eager"].facts["observed"]
