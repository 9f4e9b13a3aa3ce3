"""DAGs that do not become idle, and what v1 left out before."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from migrator.cutover.drains import DrainRule, Policy, rule_for
from migrator.cutover.executor import StoppedError
from migrator.cutover.journal import Journal
from migrator.cutover.machine import State
from migrator.cutover.wave import cut_over, resume
from migrator.cutover.whereabouts import left_behind
from tests.cutover.harness import MINUTE, SETTINGS, Harness, never_idle
from tests.cutover.model_airflow import START


def test_a_dag_that_never_gets_idle_is_put_back_with_its_group(harness: Harness) -> None:
    harness.v1.duration = timedelta(minutes=30)
    harness.world.advance(timedelta(minutes=3))
    with closing(Journal(harness.path)) as journal:
        trip = replace(harness.trip(journal), settings=replace(SETTINGS, drain_timeout=timedelta(minutes=2)))
        ended = cut_over(trip, 1)
    assert {ended[d].state for d in ("parent", "child", "minutely")} == {State.BACKED_OUT}
    assert not any(harness.v1.paused[d] for d in ("parent", "child", "minutely"))
    assert all(harness.v2.paused[d] for d in ("parent", "child", "minutely"))


def test_what_never_gets_idle_may_be_left_behind_and_run_anew(harness: Harness) -> None:
    settings = never_idle(harness, Policy.FREEZE)
    with closing(Journal(harness.path)) as journal:
        records = cut_over(replace(harness.trip(journal), settings=settings), 1)
        frozen = left_behind(journal)
    dates = {date for dag_id, date in frozen if dag_id == "minutely"}
    assert dates
    assert records["minutely"].facts["frozen"]
    again = {run.logical_date for run in harness.v2.runs if run.dag_id == "minutely" and not run.carried}
    assert dates <= again
    assert set(harness.settles().values()) == {0}


def test_what_never_gets_idle_is_given_up(harness: Harness) -> None:
    settings = never_idle(harness, Policy.GIVE_UP)
    with closing(Journal(harness.path)) as journal:
        records = cut_over(replace(harness.trip(journal), settings=settings), 1)
    assert records["minutely"].state is State.BACKED_OUT
    assert (harness.v1.paused["minutely"], harness.v2.paused["minutely"]) == (False, True)


def test_what_never_gets_idle_may_be_waited_for_without_end(harness: Harness) -> None:
    settings = never_idle(harness, Policy.WAIT)
    ends = harness.world.now + timedelta(minutes=20)
    with closing(Journal(harness.path)) as journal:
        trip = replace(harness.trip(journal), settings=settings, stop=lambda: harness.world.now > ends)
        with pytest.raises(StoppedError):
            cut_over(trip, 1)
        assert journal.records(journal.attempts()[-1])["minutely"].state is State.QUIESCING
        harness.v1.duration = timedelta(seconds=7)
        harness.world.advance(MINUTE)
        resume(harness.trip(journal))
    assert harness.settles()["minutely"] > 10, "v1 itself left out what came due during its long run"


def test_what_v1_left_out_before_is_run_where_that_is_asked_for(harness: Harness) -> None:
    late = START - 5 * MINUTE
    ended = [run for run in harness.v1.runs if run.state == "success"]  # no drain waits for the scheduler that stands
    behind = [run for run in ended if run.dag_id != "minutely" or run.logical_date <= late]
    for asked in (False, True):
        world = Harness(harness.path.with_name(f"{asked}.db"))
        world.v1.runs = list(behind)
        world.v1.tick = lambda: None  # its scheduler stands still
        with closing(Journal(world.path)) as journal:
            cut_over(replace(world.trip(journal), settings=replace(SETTINGS, run_missed=asked)), 1)
        made = {run.logical_date for run in world.v2.runs if run.dag_id == "minutely" and not run.carried}
        assert (START - 4 * MINUTE in made) is asked


def test_the_first_rule_that_fits_counts() -> None:
    rules = DrainRule("a*", Policy.WAIT, MINUTE), DrainRule("*", Policy.FREEZE, MINUTE)
    assert [rule_for(name, rules, MINUTE).policy for name in ("ab", "b")] == [Policy.WAIT, Policy.FREEZE]
    assert rule_for("x", (), MINUTE) == DrainRule("*", Policy.GIVE_UP, MINUTE)


def test_what_ends_after_it_was_left_behind_is_carried_and_not_run_again(harness: Harness) -> None:
    settings = never_idle(harness, Policy.FREEZE)
    harness.v1.duration = timedelta(seconds=70)
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)

        def say(line: str) -> None:
            if "left behind" in line:
                harness.v1.duration = timedelta(seconds=1)

        cut_over(replace(trip, settings=replace(settings, settle=timedelta(seconds=9)), say=say), 1)
    harness.settles()
