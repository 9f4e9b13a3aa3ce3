"""What unpausing a DAG would start: by its schedule, its catchup and its last run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.assess.check import Example
from migrator.assess.examples import DAY, NOW, ORDERS, estate_of
from migrator.model.dag import Dag, Schedule, ScheduleKind
from migrator.model.run import Run
from migrator.report.assess.starts import starts

DAILY = Schedule(ScheduleKind.CRON, "0 0 * * *")
MINUTELY = Schedule(ScheduleKind.CRON, "* * * * *")
PAUSED = replace(ORDERS, paused=True, schedule=DAILY, catchup=True, start_date=NOW - 10 * DAY)


def run(days: int) -> Run:
    date = NOW - days * DAY
    return Run("orders", f"scheduled__{date.isoformat()}", date, "success", automated=True)


def said(dag: Dag, *runs: Run, unknown: tuple[str, ...] = ()) -> str | None:
    inventory = estate_of(Example("", dags=(dag,))).inventory
    return starts(replace(inventory, runs=runs, captured_at=NOW, unknown=unknown)).get("orders")


@pytest.mark.parametrize(
    ("dag", "runs", "expected"),
    [
        (PAUSED, (run(4),), "3 runs"),
        (PAUSED, (run(2),), "1 run"),
        (PAUSED, (run(1),), "nothing"),
        (PAUSED, (), "10 runs"),
        (replace(PAUSED, catchup=False), (run(4),), "1 run"),
        (replace(PAUSED, catchup=False), (run(1),), "nothing"),
        (replace(PAUSED, start_date=None), (), "unknown"),
        (replace(PAUSED, schedule=MINUTELY), (), "more than 10,000 runs"),
        (replace(PAUSED, schedule=Schedule(ScheduleKind.DELTA, seconds=86400)), (run(4),), "3 runs"),
        (replace(PAUSED, schedule=Schedule(ScheduleKind.NONE)), (), "nothing"),
        (replace(PAUSED, schedule=Schedule(ScheduleKind.ONCE)), (), "1 run"),
        (replace(PAUSED, schedule=Schedule(ScheduleKind.ONCE)), (run(4),), "nothing"),
        (replace(PAUSED, schedule=Schedule(ScheduleKind.OTHER, "Ours()")), (run(4),), "unknown"),
        (replace(PAUSED, unknown=("catchup",)), (run(4),), "unknown"),
        (replace(PAUSED, unknown=("schedule",)), (run(4),), "unknown"),
        (replace(PAUSED, paused=False, unknown=("paused",)), (run(4),), "3 runs"),
        (replace(PAUSED, paused=False), (run(4),), None),
    ],
)
def test_unpausing_starts_what_came_due_since_the_last_run(dag: Dag, runs: tuple[Run, ...], expected: str) -> None:
    assert said(dag, *runs) == expected


def test_without_the_runs_nobody_knows_what_it_would_start() -> None:
    assert said(PAUSED, unknown=("runs",)) == "unknown"
    assert said(PAUSED, run(4), unknown=("runs",)) == "3 runs"
