"""The runs that an inventory knows, of its last weeks and of each DAG's history, as one list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.model.history import Source
from migrator.model.run import TASK_FINISHED, Run

if TYPE_CHECKING:
    from datetime import datetime

    from migrator.model.history import HistoryRun
    from migrator.model.inventory import Inventory

UNKNOWN = "unknown"
"""The state of a run of which nobody knows how it ended: it is no finished one."""


def known_runs(inventory: Inventory) -> tuple[Run, ...]:
    """Every run that is known, by DAG and date; the last of each DAG with the states of its tasks."""
    found = {(run.dag_id, run.logical_date, run.run_id): run for run in inventory.runs}
    for one in inventory.history.runs if inventory.history else ():
        key = (one.dag_id, one.logical_date, one.run_id or _name(one))
        found[key] = _with_tasks(found.get(key) or _run(one), one)
    return tuple(run for _, run in sorted(found.items()))


def told(inventory: Inventory) -> dict[tuple[str, datetime], Source]:
    """Who says that a run was, by DAG and date, of the runs that no database recorded."""
    recorded = {(run.dag_id, run.logical_date) for run in inventory.runs}
    runs = inventory.history.runs if inventory.history else ()
    found = {(one.dag_id, one.logical_date): one.source for one in runs if one.source is not Source.RECORDED}
    return {key: source for key, source in found.items() if key not in recorded}


def is_past_known(inventory: Inventory, dag_id: str) -> bool | None:
    """Whether the DAG's last run is known, or that it never ran; None where the inventory keeps no history."""
    return None if inventory.history is None else dag_id not in inventory.history.unknown


def _name(one: HistoryRun) -> str:
    """As Airflow names a scheduled run: what only logs or a person tell has no id."""
    return f"scheduled__{one.logical_date.isoformat()}"


def _run(one: HistoryRun) -> Run:
    """Whose kind is unknown counts as one that time made: it is then asked about, and never run twice."""
    return Run(
        dag_id=one.dag_id,
        run_id=one.run_id or _name(one),
        logical_date=one.logical_date,
        state=one.state or UNKNOWN,
        automated=one.automated is not False,
        interval_end=one.interval_end,
        started=one.started,
        ended=one.ended,
    )


def _with_tasks(run: Run, one: HistoryRun) -> Run:
    """Of a run that ended, tasks that never began say nothing: they would count as left to do."""
    tasks = {task: state for task, state in one.tasks.items() if state in TASK_FINISHED} if one.done else one.tasks
    return replace(run, tasks=dict(tasks))
