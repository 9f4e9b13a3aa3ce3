"""UNPAUSED > OBSERVED: the first run on the new side, where one is due soon enough to wait for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from migrator.cutover.intervals import next_boundary
from migrator.cutover.machine import Done, Waiting
from migrator.cutover.sides import observe
from migrator.model.dag import ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move, Seen


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Wait for a first finished run of each DAG, at most the time that the settings give."""
    view = observe(move.destination.agent, [record.dag_id for record in records])
    return {record.dag_id: _judge(move, record, view[record.dag_id], view.now) for record in records}


def _judge(move: Move, record: Record, seen: Seen, now: datetime) -> Outcome:
    switched = record.facts.get("switched_at")
    dag = move.dags.get(record.dag_id)
    if switched is None or move.dry or dag is None or not dag.automated:
        return Done({"observed": "nothing to wait for"})
    first = next((run for run in seen.finished if not run.carried and _after(run.logical_date, record)), None)
    if first is not None:
        return Done({"observed": first.state}, f"{first.run_id} {first.state}")
    since = datetime.fromisoformat(switched)
    due = seen.next_dagrun_create_after
    if move.destination.facts.airflow_version.startswith("1."):  # 1.10 keeps no such date
        due = next_boundary(dag.schedule, since, seen.finished[0].logical_date if seen.finished else None)
    if dag.schedule.kind is ScheduleKind.ONCE and seen.finished:
        return Done({"observed": "nothing to wait for"}, "it ran already, and never runs again")
    if not seen.active and due is not None and due > since + move.settings.observe:
        return Done({"observed": "not due yet"}, f"next run due {due.isoformat()}")
    if now - since > move.settings.observe + timedelta(minutes=1):
        return Done({"observed": "inconclusive"}, "no run finished in time: look at it in the web server")
    return Waiting("its first run is awaited")


def _after(logical_date: datetime, record: Record) -> bool:
    watermark = record.facts.get("watermark")
    return not watermark or logical_date > datetime.fromisoformat(watermark["start"])
