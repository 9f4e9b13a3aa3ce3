"""What unpausing each paused DAG would start, as Airflow decides it: by its catchup and its last run."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from migrator.cutover.intervals import intervals
from migrator.model.dag import ScheduleKind
from migrator.model.last_runs import known_runs
from migrator.model.parts import RUNS, unknown_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from migrator.model.dag import Dag
    from migrator.model.inventory import Inventory
    from migrator.model.run import Run

MOST = 10_000
"""So many runs are counted."""
UNKNOWN = "unknown"


def starts(inventory: Inventory) -> Mapping[str, str]:
    """How many runs unpausing would have started when the inventory was taken, in words, of each DAG that is paused.

    DAGs of which it is unknown whether they are paused are among them.
    """
    runs: dict[str, list[Run]] = {}
    for run in known_runs(inventory):
        if run.automated:
            runs.setdefault(run.dag_id, []).append(run)
    whole = RUNS not in unknown_of(inventory)
    dags = [dag for dag in inventory.dags if dag.paused or not dag.knows("paused")]
    return {dag.dag_id: _said(dag, runs.get(dag.dag_id, ()), inventory.captured_at, whole=whole) for dag in dags}


def _said(dag: Dag, runs: Sequence[Run], now: datetime, *, whole: bool) -> str:
    last = max((run.logical_date for run in runs), default=None)
    if not {"schedule", "catchup", "start_date"}.isdisjoint(dag.unknown) or (last is None and not whole):
        return UNKNOWN if dag.automated or not dag.knows("schedule") else "nothing"
    match dag.schedule.kind:
        case ScheduleKind.NONE | ScheduleKind.DATASET:
            return "nothing"
        case ScheduleKind.ONCE:
            return "nothing" if last else "1 run"
        case ScheduleKind.CRON | ScheduleKind.DELTA:
            return _counted(dag, last, now)
    return UNKNOWN


def _counted(dag: Dag, last: datetime | None, now: datetime) -> str:
    since = last or dag.start_date
    if since is None:
        return UNKNOWN
    due = (one for one in intervals(dag.schedule, since, now, since) if one.start > since or last is None)
    count = len(list(islice((one for one in due if one.start >= since), MOST + 1 if dag.catchup else 1)))
    if count > MOST:
        return f"more than {MOST:,} runs"
    return f"{count:,} run{'s' * (count != 1)}" if count else "nothing"
