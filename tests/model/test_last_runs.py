"""One list of the runs that an inventory knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from migrator.model.history import History, HistoryRun, Source
from migrator.model.last_runs import is_past_known, known_runs
from migrator.model.run import Run
from tests.plan.estates import dag, inventory

DATE = datetime(2026, 3, 1, tzinfo=UTC)
RAN = Run("d", "scheduled__x", DATE, "success", automated=True, interval_end=DATE, started=DATE, ended=DATE)


def known(*history: HistoryRun, runs: tuple[Run, ...] = (RAN,)) -> tuple[Run, ...]:
    return known_runs(replace(inventory(dag("d")), runs=runs, history=History(history)))


def test_a_run_that_both_know_is_one_with_its_tasks() -> None:
    (found,) = known(replace(HistoryRun.of(RAN), tasks={"a": "success", "b": "skipped"}))
    assert found == replace(RAN, tasks={"a": "success", "b": "skipped"})


def test_a_run_of_before_the_weeks_that_were_read_is_there() -> None:
    old = HistoryRun("d", DATE - timedelta(days=400), "scheduled__y", "success", automated=True)
    assert [run.run_id for run in known(old)] == ["scheduled__y", "scheduled__x"]


def test_a_task_that_never_began_does_not_make_an_ended_run_a_half_done_one() -> None:
    (found,) = known(replace(HistoryRun.of(RAN), tasks={"a": "success", "later": None}))
    assert (found.finished, found.tasks) == (True, {"a": "success"})


@pytest.mark.parametrize("state", ["running", "up_for_retry", "queued"])
def test_a_task_at_work_makes_an_ended_run_a_half_done_one(state: str) -> None:
    (found,) = known(replace(HistoryRun.of(RAN), tasks={"a": state}))
    assert not found.finished


def test_how_a_run_ended_that_nobody_knows_is_no_end() -> None:
    (found,) = known(HistoryRun("d", DATE, source=Source.INFERRED), runs=())
    assert (found.state, found.finished, found.automated) == ("unknown", False, True)


def test_the_history_says_of_which_dags_nobody_knows() -> None:
    held = inventory(dag("d"))
    assert is_past_known(held, "d") is None
    held = replace(held, history=History((), ("d",)))
    assert (is_past_known(held, "d"), is_past_known(held, "e")) == (False, True)
