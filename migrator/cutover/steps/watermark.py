"""DRAINED > WATERMARKED(L, E): the newest automated run that the origin finished, and those before it to carry."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from migrator.cutover.machine import Done
from migrator.cutover.sides import observe, run_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move, Seen


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Read L and E of each DAG, with the finished runs that the destination has to know."""
    view = observe(move.origin.agent, [record.dag_id for record in records], move.settings.history)
    return {record.dag_id: _with_frozen(_mark(view[record.dag_id]), record, view[record.dag_id]) for record in records}


def _with_frozen(outcome: Done, record: Record, seen: Seen) -> Outcome:
    """What was to be left behind and ended meanwhile is not left behind."""
    if "frozen" not in record.facts:
        return outcome
    ended = {run.logical_date for run in seen.finished}
    left = [run for run in record.facts["frozen"] if datetime.fromisoformat(run["logical_date"]) not in ended]
    return replace(outcome, facts={**outcome.facts, "frozen": left})


def _mark(seen: Seen) -> Done:
    if not seen.finished:
        return Done({"watermark": None, "carry": []}, "no automated run to carry")
    newest = seen.finished[0]
    end, ended = (moment.isoformat() if moment else None for moment in (newest.interval_end, newest.ended))
    carry = [run_json(run) for run in reversed(seen.finished) if not run.carried]
    facts = {"watermark": {"start": newest.logical_date.isoformat(), "end": end, "ended": ended}, "carry": carry}
    return Done(facts, f"L={newest.logical_date.isoformat()} E={end}")
