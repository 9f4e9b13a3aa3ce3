"""The account of a DAG that other DAGs trigger: as many runs as were asked for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.cutover.ledger.model import DagLedger, Entry, Tagged, Window, began, tally
from migrator.model.dag import ReferenceKind
from migrator.scrub.messages import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from migrator.model.dag import Dag


def triggered(
    dag: Dag, own: Sequence[Tagged], parents: Mapping[str, set[str]], runs: Mapping[str, list[Tagged]], window: Window
) -> DagLedger:
    """As many runs as the trigger tasks of its ``parents``, {dag id: task ids}, asked for."""
    asked = [
        (item, state)
        for parent, tasks in parents.items()
        for item in runs.get(parent, [])
        for task, state in item[1].tasks.items()
        if task in tasks and (item[1].ended or window.until) >= window.since
    ]
    done = [item for item, state in asked if state == "success" and began(item[1]) >= window.since]
    received = sorted((item for item in own if began(item[1]) >= window.since), key=lambda item: item[1].logical_date)
    expected = min(len(done) + sum(_may_have_asked(*one, window) for one in asked), len(received))
    slots: dict[datetime, list[Tagged]] = {run.logical_date: [] for _, run in received[:expected]}
    others: list[Tagged] = []
    for item in received:
        slots.get(item[1].logical_date, others).append(item)
    missing = tuple(Entry(run.logical_date, (f"{side}:{shown(run.run_id)}",)) for side, run in done[len(received) :])
    line = tally(dag.dag_id, slots, others, window, note=f"triggered by {', '.join(sorted(parents))}")
    return replace(line, expected=line.expected + len(missing), gaps=line.gaps + missing)


def _may_have_asked(item: Tagged, state: str | None, window: Window) -> bool:
    """Whether a parent's run may have triggered one, that need not be there: at work now, or when the window opened."""
    run = item[1]
    if state == "success":
        return began(run) < window.since
    return run.ended is None and state is not None


def trigger_tasks(dag_id: str, dags: Iterable[Dag]) -> dict[str, set[str]]:
    """The tasks that trigger a DAG, by the DAG that they are of."""
    found: dict[str, set[str]] = defaultdict(set)
    for dag in dags:
        for task in dag.tasks:
            reference = task.reference
            if reference and reference.kind is ReferenceKind.TRIGGERS and reference.dag_id == dag_id:
                found[dag.dag_id].add(task.task_id)
    return dict(found)
