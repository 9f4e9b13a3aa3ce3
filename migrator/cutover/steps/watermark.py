"""DRAINED > WATERMARKED(L, E): the newest automated run that the origin finished, and those before it to carry.

The look that found a DAG drained has shown these already; only one that keeps runs is read anew, since they may end.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from migrator.cutover.machine import Done
from migrator.cutover.sides import observe, run_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move, Seen


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """L and E of each DAG, with the finished runs that the destination has to know."""
    known = {record.dag_id: marked(record.facts) for record in records if "watermark" in record.facts}
    unread = [record for record in records if record.dag_id not in known]
    if not unread:
        return known
    view = observe(move.origin.agent, [record.dag_id for record in unread], move.settings.history)
    return known | {r.dag_id: _with_frozen(marked(facts_of(view[r.dag_id])), r, view[r.dag_id]) for r in unread}


def _with_frozen(outcome: Done, record: Record, seen: Seen) -> Outcome:
    """What was to be left behind and ended meanwhile is not left behind."""
    if "frozen" not in record.facts:
        return outcome
    ended = {run.logical_date for run in seen.finished}
    left = [run for run in record.facts["frozen"] if datetime.fromisoformat(run["logical_date"]) not in ended]
    return replace(outcome, facts={**outcome.facts, "frozen": left})


def facts_of(seen: Seen) -> dict[str, Any]:
    """What a record keeps of it: ``watermark``, None without any run, and the runs to ``carry``, oldest first."""
    if not seen.finished:
        return {"watermark": None, "carry": []}
    newest = seen.finished[0]
    end, ended = (moment.isoformat() if moment else None for moment in (newest.interval_end, newest.ended))
    carry = [run_json(run) for run in reversed(seen.finished) if not run.carried]
    return {"watermark": {"start": newest.logical_date.isoformat(), "end": end, "ended": ended}, "carry": carry}


def marked(facts: Mapping[str, Any]) -> Done:
    """The step is done with these facts."""
    mark, carry = facts["watermark"], facts["carry"]
    note = f"L={mark['start']} E={mark['end']}" if mark else "no scheduled run to carry over"
    return Done({"watermark": mark, "carry": carry}, note)
