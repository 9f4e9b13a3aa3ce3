"""While UNPAUSED: what comes due while runs that were queued hold their DAG is queued too.

Airflow makes no run while ``max_active_runs`` are open, and without catchup only the newest interval afterwards.
"""

from __future__ import annotations

from datetime import datetime
from math import inf
from typing import TYPE_CHECKING

from migrator.cutover.intervals import intervals
from migrator.cutover.machine import Waiting
from migrator.cutover.sides import act as ask
from migrator.cutover.steps.switch_on import fill_after
from migrator.model.dag import ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Record
    from migrator.cutover.sides import Move, Seen, View
    from migrator.model.dag import Dag


def fill(move: Move, records: Sequence[Record], view: View, usual: Mapping[str, float]) -> Mapping[str, Waiting]:
    """What each DAG that is held waits for; what came due meanwhile has its runs. ``usual``: seconds of a run, by DAG.

    At most for the time that a DAG may take to become idle; what Airflow leaves out later is a gap in the ledger.
    """
    asked = {
        record.dag_id: fill_after(move, record)
        for record in records
        if _has_backlog(record, view[record.dag_id]) and _works_off(move, record, view[record.dag_id], usual)
    }
    if not asked or move.dry or move.destination.agentless:
        return {}
    _, answers = ask(move.destination.agent, "fill_held", asked)
    return {
        dag_id: Waiting("queued runs are active; intervals that come due meanwhile are queued after them")
        for dag_id, answer in answers.items()
        if answer.get("held") or answer.get("error")  # such as: the scheduler made the run at the same moment
    }


def _has_backlog(record: Record, seen: Seen) -> bool:
    """Whether the DAG is held, and more was queued than Airflow does, by the journal or by what is there.

    Of a backlog that grows there is no end: its runs take longer here than they used to there.
    """
    queued, at_once, open_runs = len(record.facts.get("filled") or ()), seen.max_active_runs, len(seen.active)
    if open_runs < at_once:
        return False
    return open_runs <= queued + at_once + 1 if queued else open_runs > at_once


def _works_off(move: Move, record: Record, seen: Seen, usual: Mapping[str, float]) -> bool:
    """Whether Airflow would leave something out, and runs are short enough to get to the end of the backlog."""
    dag, since = move.dags.get(record.dag_id), record.facts.get("switched_at")
    if dag is None or since is None or dag.catchup or _leaves_its_grid(move, dag):
        return False
    switched, patience = datetime.fromisoformat(since), move.settings.drain_timeout
    due = list(intervals(dag.schedule, switched, switched + patience, min(run.logical_date for run in seen.active)))
    shortest = min((one.end - one.start for one in due), default=patience).total_seconds()
    fits = usual.get(record.dag_id, inf) < shortest * seen.max_active_runs
    return len(due) > 1 and fits and move.clock() - switched <= patience


def _leaves_its_grid(move: Move, dag: Dag) -> bool:
    """Whether another run would have 2.x move the intervals of a timedelta to where the runs at work end."""
    return dag.schedule.kind is ScheduleKind.DELTA and not move.destination.facts.airflow_version.startswith("1.")
