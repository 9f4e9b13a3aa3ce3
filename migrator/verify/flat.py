"""A DAG as the agent describes it, as plain rows: (task or nothing, field) to a value that can be compared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from migrator.model.dag import Schedule, ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OF_DAG = ("start_date", "end_date", "catchup", "max_active_runs", "description")
LISTS = ("owners", "tags", "datasets_in", "datasets_out")
OF_TASK = ("operator", "pool", "queue", "trigger_rule", "retries", "depends_on_past", "wait_for_downstream")
Row = tuple[str, str]
"""A task id, empty for the DAG itself, and a field."""


def flat(dag: Mapping[str, Any], tasks: frozenset[str]) -> dict[Row, str]:
    """The DAG's own rows, and those of these tasks; edges to other tasks are left out. Templates are not in it."""
    rows: dict[Row, str] = {("", name): _text(dag.get(name)) for name in OF_DAG}
    rows |= {("", name): ", ".join(dag.get(name) or ()) for name in LISTS}
    rows["", "schedule"] = schedule_text(dag["schedule"])
    rows |= {("", name): _text(value) for name, value in dag["settings"].items()}
    for task in dag["tasks"]:
        if task["task_id"] in tasks:
            rows |= {(task["task_id"], name): value for name, value in _of_task(task, tasks)}
    return rows


def _of_task(task: Mapping[str, Any], tasks: frozenset[str]) -> Iterator[tuple[str, str]]:
    for name in OF_TASK:
        yield name, _text(task[name])
    for name, value in task["settings"].items():
        yield name, _text(value)
    for other in task["downstream"]:
        if other in tasks:
            yield f"edge to {other}", "there"
    for name, value in (task.get("reference") or {}).items():
        if value not in (None, False):
            yield f"reference {name}", _text(value)


def schedule_text(schedule: Mapping[str, Any]) -> str:
    """The schedule in words, with its time zone where it counts."""
    read = Schedule(
        ScheduleKind(schedule["kind"]), schedule.get("expression"), schedule.get("seconds"), schedule["timezone"]
    )
    return f"{read} {read.timezone}" if read.kind is ScheduleKind.CRON and read.timezone != "UTC" else str(read)


def _text(value: object) -> str:
    """Lists, numbers and flags in one spelling: an int here and a float there are one number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is None or value == []:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
