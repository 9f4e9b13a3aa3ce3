"""CARRIED_OVER > REPARSED: the destination agrees on what comes next.

Where the carry-over was exact (the parser takes the row lock that it was made under), what it left there is what the
scheduler goes by. Elsewhere it is waited for the next parsing, which could have been under way meanwhile. What is not
right is read again, and counts only if it was parsed since then.

Without the agent the carried run holds an interval that is one period early, so its own date comes next: the scheduler
finds the run there, and goes on to the one after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from migrator.cutover.intervals import clock_changes, next_in_1_10
from migrator.cutover.machine import Done, Failed, Waiting
from migrator.cutover.sides import observe
from migrator.model.dag import ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move

PARSE_TIMEOUT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Parsed:
    """When a DAG was parsed last, and the start of the interval that comes next."""

    at: datetime | None
    next_dagrun: datetime | None


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Compare what the parser says with the watermark; Airflow 1.10 has no such field, and goes on by its own rule."""
    if move.destination.facts.airflow_version.startswith("1."):
        return {record.dag_id: _next_in_1_10(move, record) for record in records}
    told = {record.dag_id: _as_left(move, record) for record in records}
    outcomes: dict[str, Outcome] = {dag_id: done for dag_id, done in told.items() if done}
    unread = [record for record in records if record.dag_id not in outcomes]
    parsed = _parsed(move, [record.dag_id for record in unread]) if unread else {}
    return outcomes | {record.dag_id: _judge(move, record, parsed.get(record.dag_id)) for record in unread}


def _as_left(move: Move, record: Record) -> Done | None:
    """The step is done where the carry-over itself left right what comes next."""
    if record.facts.get("carried_at") is None or move.dry:
        return Done({})
    if not record.facts.get("exact") or "next_dagrun" not in record.facts:
        return None
    following = record.facts["next_dagrun"]
    outcome = _next(move, record, Parsed(None, datetime.fromisoformat(following) if following else None))
    return outcome if isinstance(outcome, Done) else None


def _parsed(move: Move, ids: Sequence[str]) -> dict[str, Parsed]:
    if move.destination.rest is not None:
        return {dag.dag_id: Parsed(dag.last_parsed, dag.next_dagrun) for dag in move.destination.rest.dags().values()}
    view = observe(move.destination.agent, ids)
    return {dag_id: Parsed(view[dag_id].last_parsed, view[dag_id].next_dagrun) for dag_id in ids}


def _judge(move: Move, record: Record, parsed: Parsed | None) -> Outcome:
    if parsed is None:
        return Failed("it vanished from the destination")
    since = datetime.fromisoformat(record.facts["carried_at"])
    fresh = parsed.at is not None and parsed.at > since
    outcome = _next(move, record, parsed)
    if not fresh and (isinstance(outcome, Failed) or not record.facts.get("exact")):
        return _still_waiting(move, since)
    return outcome


def _still_waiting(move: Move, since: datetime) -> Outcome:
    if move.clock() - since > PARSE_TIMEOUT:
        return Failed("the destination did not parse it again within 10 minutes: is its scheduler healthy?")
    return Waiting("the destination has not parsed it again yet")


def _next(move: Move, record: Record, parsed: Parsed) -> Outcome:
    watermark = record.facts["watermark"]
    dag = move.dags.get(record.dag_id)
    if record.facts.get("by_datasets"):
        return Done({}, "next when its datasets are updated")
    if not watermark or not watermark["end"] or dag is None:
        return Done({})
    end = datetime.fromisoformat(watermark["end"])
    if dag.schedule.kind is ScheduleKind.ONCE:
        right = parsed.next_dagrun is None
    elif record.facts.get("early") and parsed.next_dagrun == datetime.fromisoformat(watermark["start"]):
        right = True
    elif dag.catchup:
        right = parsed.next_dagrun == end
    else:
        right = parsed.next_dagrun is not None and parsed.next_dagrun >= end
    if right or _ended(move, record):
        return Done({}, f"next {parsed.next_dagrun.isoformat() if parsed.next_dagrun else 'none'}")
    return Failed(f"the destination would go on at {parsed.next_dagrun}, not at {end}")


def _next_in_1_10(move: Move, record: Record) -> Outcome:
    """1.10 computes it when it schedules; where the clock changes that may be another point than 2.10 had in mind."""
    watermark, dag = record.facts["watermark"], move.dags.get(record.dag_id)
    if watermark and watermark["end"] and dag is not None and dag.schedule.kind is ScheduleKind.CRON:
        start, end = (datetime.fromisoformat(watermark[name]) for name in ("start", "end"))
        following = next_in_1_10(dag.schedule, start)
        if following != end and clock_changes(dag.schedule, end):
            return Failed(f"the destination would go on at {following}, not at {end}, in the night of a clock change")
    return Done({}, "Airflow 1.10 computes it when it schedules")


def _ended(move: Move, record: Record) -> bool:
    dag = move.dags[record.dag_id]
    end = datetime.fromisoformat(record.facts["watermark"]["end"])
    return dag.end_date is not None and end > dag.end_date
