"""DRAINED > WATERMARKED(L, E): the newest automated run that the origin finished, and those before it to carry."""

from __future__ import annotations

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
    return {record.dag_id: _mark(view[record.dag_id]) for record in records}


def _mark(seen: Seen) -> Outcome:
    if not seen.finished:
        return Done({"watermark": None, "carry": []}, "no automated run to carry")
    newest = seen.finished[0]
    end = newest.interval_end.isoformat() if newest.interval_end else None
    carry = [run_json(run) for run in reversed(seen.finished) if not run.carried]
    facts = {"watermark": {"start": newest.logical_date.isoformat(), "end": end}, "carry": carry}
    return Done(facts, f"L={newest.logical_date.isoformat()} E={end}")
