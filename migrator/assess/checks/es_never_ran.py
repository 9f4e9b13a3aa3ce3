"""ES301: DAGs that are unpaused and do nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from migrator.assess.check import DAGS, Example, of_estate
from migrator.assess.examples import NOW, daily_run
from migrator.assess.model import Problem, Severity
from migrator.model.dag import Schedule, ScheduleKind
from migrator.model.parts import RUNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate

_OTHER = replace(daily_run(1), dag_id="other")


@of_estate(
    "ES301",
    Severity.WARNING,
    fix="Ask the owner; a DAG that nobody misses need not move. Pause it in v1 and it stays paused.",
    link=DAGS,
    minutes=10,
    needs=(RUNS,),
    examples=(
        Example("Unpaused, scheduled, and no run in weeks", 1, runs=(_OTHER,)),
        Example("It ran"),
        Example("It is paused", dag={"paused": True}, runs=(_OTHER,)),
        Example("It runs when asked only", dag={"schedule": Schedule(ScheduleKind.NONE)}, runs=(_OTHER,)),
        Example("It is new", dag={"start_date": NOW - timedelta(days=1)}, runs=(_OTHER,)),
        Example(
            "A schedule that is rarer than the inventory is long",
            dag={"schedule": Schedule(ScheduleKind.CRON, "0 0 1 1 *")},
            runs=(_OTHER,),
        ),
    ),
)
def never_ran(estate: Estate, *, days: int = 14) -> Iterator[Problem]:
    """Tell which DAGs are unpaused and scheduled, and have not run in all the time that the inventory covers.

    Schedules rarer than that time (monthly, yearly) are left alone, and so is an inventory without any run.
    """
    captured = estate.inventory.captured_at
    for view in estate.dags if estate.inventory.runs else ():
        dag = view.dag
        old = dag.start_date is not None and captured - dag.start_date > timedelta(days=days)
        if old and not dag.paused and dag.automated and not view.runs and _often(dag.schedule):
            yield Problem("it is unpaused and scheduled, and has not run", view.line, f"dags/{dag.file}", (dag.dag_id,))


def _often(schedule: Schedule) -> bool:
    """Whether it is due at least weekly, as far as its text tells."""
    match schedule.kind:
        case ScheduleKind.CRON:
            fields = str(schedule.expression).split()
            return len(fields) >= 5 and fields[2] == "*" and fields[3] == "*"
        case ScheduleKind.DELTA:
            return (schedule.seconds or 0) <= 7 * 86_400
        case _:
            return False
