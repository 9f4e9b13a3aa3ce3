"""First runs of DAGs that never ran yet, on a side that does not say when the next is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from migrator.cutover.machine import Direction, Done, Record, State, Waiting
from migrator.cutover.sides import Move, Settings
from migrator.cutover.steps import observation
from migrator.cutover.verdict import Verdict
from migrator.environments.ports import Answer, Environment
from migrator.model.dag import Dag, Schedule, ScheduleKind
from migrator.model.environment import EnvironmentFacts

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OBSERVE = timedelta(minutes=10)
SCHEDULES = [
    Schedule(ScheduleKind.ONCE),
    Schedule(ScheduleKind.DELTA, seconds=120.0),
    Schedule(ScheduleKind.CRON, "*/2 * * * *"),
]


@dataclass
class NeverRan:
    """An Airflow 1.10 in which no DAG has a run."""

    now: datetime

    def call(self, _action: str, **params: Any) -> Answer:
        return Answer(
            {dag_id: {"exists": True, "paused": False} for dag_id in params["dag_ids"]}, self.now, "1.10.15", ""
        )


def look(schedule: Schedule, start_date: datetime, now: datetime) -> Any:
    facts = EnvironmentFacts("e", "composer-1-airflow-1.10.15", "RUNNING", "b", "")
    side = Environment(facts, None, NeverRan(now), None)  # type: ignore[arg-type]
    dag = Dag("one", "one.py", schedule, start_date)
    settings = Settings(observe=OBSERVE)
    move = Move(
        Direction.BACK, side, side, {"one": dag}, {}, settings, lambda: now, lambda _: None, lambda _: None
    )  # fmt: skip
    return observation.act(move, [Record("one", State.UNPAUSED, {"switched_at": NOW.isoformat()})])["one"]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda one: one.kind.value)
def test_before_its_start_date_no_run_is_awaited(schedule: Schedule) -> None:
    found = look(schedule, NOW + timedelta(hours=1), NOW)
    assert isinstance(found, Done)
    assert (found.facts["verdict"], "13:00" in found.facts["observed"]) == (Verdict.LATER, True)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda one: one.kind.value)
def test_after_its_start_date_one_is_and_none_that_came_needs_a_look(schedule: Schedule) -> None:
    assert isinstance(look(schedule, NOW - timedelta(hours=1), NOW), Waiting)
    late = look(schedule, NOW - timedelta(hours=1), NOW + OBSERVE + timedelta(minutes=2))
    assert late.facts["verdict"] == Verdict.INCONCLUSIVE
