"""Small inventories in few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from migrator.model.dag import BrokenFile, Dag, Reference, ReferenceKind, Schedule, ScheduleKind, Task
from migrator.model.environment import EnvironmentFacts
from migrator.model.inventory import Inventory
from migrator.model.run import Run
from migrator.plan.options import PlanOptions
from migrator.plan.planner import plan

if TYPE_CHECKING:
    from migrator.model.plan import Plan
    from migrator.model.readiness import DagReadiness

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
OPTIONS = PlanOptions(source="old", target="new", fingerprint="f1")
FACTS = EnvironmentFacts("old", "composer-1.20.12-airflow-1.10.15", "RUNNING", "bucket", "https://old")


def cron(expression: str = "0 4 * * *") -> Schedule:
    return Schedule(ScheduleKind.CRON, expression=expression)


def every(seconds: float) -> Schedule:
    return Schedule(ScheduleKind.DELTA, seconds=seconds)


def dag(dag_id: str, *references: Reference, schedule: Schedule | None = None, **fields: object) -> Dag:
    tasks = tuple(Task(f"t{n}", "Operator", reference=one) for n, one in enumerate(references)) or (Task("t", "Bash"),)
    values = {"file": f"{dag_id}.py", "schedule": schedule or cron(), "catchup": False, "tasks": tasks, **fields}
    return Dag(dag_id=dag_id, **values)  # type: ignore[arg-type]


def triggers(dag_id: str | None, **fields: bool) -> Reference:
    return Reference(ReferenceKind.TRIGGERS, dag_id, **fields)  # type: ignore[arg-type]


def waits_for(dag_id: str | None) -> Reference:
    return Reference(ReferenceKind.WAITS_FOR, dag_id)


def runs(dag_id: str, *, seconds: float = 10, count: int = 10, failed: int = 0) -> tuple[Run, ...]:
    start = NOW - timedelta(days=count + 1)
    return tuple(
        Run(
            dag_id=dag_id,
            run_id=f"scheduled__{n}",
            logical_date=start + timedelta(days=n),
            state="failed" if n < failed else "success",
            automated=True,
            started=start + timedelta(days=n),
            ended=start + timedelta(days=n, seconds=seconds),
        )
        for n in range(count)
    )


def inventory(*dags: Dag, broken: dict[str, str] | None = None, history: tuple[Run, ...] = ()) -> Inventory:
    return Inventory(
        captured_at=NOW,
        environment=FACTS,
        airflow_version="1.10.15",
        python_version="3.8.12",
        dags=tuple(sorted(dags, key=lambda one: one.dag_id)),
        broken_files=tuple(BrokenFile(file, message) for file, message in sorted((broken or {}).items())),
        runs=history,
    )


def planned(
    *dags: Dag, options: PlanOptions = OPTIONS, readiness: tuple[DagReadiness, ...] = (), **fields: object
) -> Plan:
    held = {one.dag_id: one for one in readiness}
    return plan(inventory(*dags, **fields), {f"{one.dag_id}.py": "md5" for one in dags}, options, held)  # type: ignore[arg-type]


def wave_of(result: Plan) -> dict[str, int]:
    return {one.dag_id: wave.number for wave in result.waves for one in wave.dags}


def of(result: Plan, dag_id: str):
    return next(one for wave in result.waves for one in wave.dags if one.dag_id == dag_id)
