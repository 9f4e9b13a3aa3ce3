"""The ledger: for each DAG, which intervals were due, and how often each was really run on either side. Pure.

Carried-over runs did no work and are not counted. An interval that is due for less than the grace time, whose DAG is
being moved right now, or that a DAG with catchup is still working its way to, is pending: neither run nor missing yet.
Where catchup is off and a side's own scheduler was too late for an interval, or its DAG at work too long, it is
skipped: Airflow means to do that, and the migration had no part in it, unless the DAG was moved in between. What nobody
ran because somebody decided so, after a source had ended, is left out: a class of its own, neither run nor missing.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from migrator.cutover.ledger.model import (
    SCHEMA_VERSION,
    DagLedger,
    Entry,
    Ledger,
    LeftOut,
    Moved,
    Phases,
    Tagged,
    Window,
    tally,
)
from migrator.cutover.ledger.timed import drifting, once, timed
from migrator.cutover.ledger.triggered import trigger_tasks, triggered
from migrator.cutover.zones import is_known
from migrator.model.dag import ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrator.model.dag import Dag
    from migrator.model.run import Run

__all__ = ["SCHEMA_VERSION", "DagLedger", "Entry", "Ledger", "LeftOut", "Moved", "Phases", "Window", "account"]


def account(dags: Iterable[Dag], v1: Iterable[Run], v2: Iterable[Run], window: Window) -> Ledger:
    """Unite both sides' runs of the inventory's DAGs."""
    chosen = sorted(dags, key=lambda dag: dag.dag_id)
    runs: dict[str, list[Tagged]] = defaultdict(list)
    for side, found in (("v1", v1), ("v2", v2)):
        for run in found:
            if not run.carried and not (side == "v1" and (run.dag_id, run.logical_date) in window.frozen):
                runs[run.dag_id].append((side, run))
    return Ledger(window, tuple(_line(dag, chosen, runs, window.of(dag.dag_id)) for dag in chosen))


def _line(dag: Dag, dags: Sequence[Dag], runs: Mapping[str, list[Tagged]], window: Window) -> DagLedger:
    own = runs.get(dag.dag_id, [])
    if dag.schedule.kind is ScheduleKind.CRON and not is_known(dag.schedule.timezone):
        return tally(dag.dag_id, {}, own, window, note=f"NOT accounted: no time zone {dag.schedule.timezone} is known")
    if dag.schedule.kind is ScheduleKind.ONCE:
        return once(dag, own, window)
    if dag.schedule.kind is ScheduleKind.DELTA and dag.schedule.seconds and not dag.catchup and not dag.paused:
        return drifting(dag, timedelta(seconds=dag.schedule.seconds), own, window)
    if dag.schedule.kind in {ScheduleKind.CRON, ScheduleKind.DELTA}:
        return timed(dag, own, window)
    parents = trigger_tasks(dag.dag_id, dags)
    if parents:
        return triggered(dag, own, parents, runs, window)
    known = dag.schedule.kind is ScheduleKind.NONE
    note = "no schedule of its own" if known else "NOT accounted: only Airflow can compute its intervals"
    return tally(dag.dag_id, {}, own, window, note=note)
