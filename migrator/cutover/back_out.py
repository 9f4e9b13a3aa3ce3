"""Before the destination is on: put a DAG back to where it began, on both sides, and lose no interval by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.cutover.machine import State
from migrator.cutover.sides import act as ask
from migrator.cutover.sides import observe
from migrator.cutover.steps.switch_on import fill_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.cutover.journal import Attempt, Journal
    from migrator.cutover.machine import Record
    from migrator.cutover.sides import Move


def back_out(move: Move, journal: Journal, attempt: Attempt, records: Sequence[Record]) -> None:
    """Remove what was carried over, switch the origin on again; DAGs that are on in the destination need a person."""
    journal.write(attempt, move.clock(), "intent", [(r.dag_id, State.BACKED_OUT, {}, "") for r in records])
    view = observe(move.destination.agent, [record.dag_id for record in records])
    started = [r for r in records if r.state in {State.UNPAUSED, State.OBSERVED} or not view[r.dag_id].paused]
    kept = [record for record in records if record not in started]
    removed = [record.dag_id for record in kept if record.state >= State.WATERMARKED]
    if removed:
        ask(move.destination.agent, "remove_carried", removed)
    problems = _switch_origin_on(move, [record for record in kept if record.state >= State.QUIESCING])
    rows = [_row(record, problems) for record in kept]
    rows += [(r.dag_id, State.NEEDS_PERSON, {}, "unpaused in the destination, while its group failed") for r in started]
    journal.write(attempt, move.clock(), "done", rows)
    for dag_id, state, _, note in rows:
        move.say(f"{dag_id:<28} {state.label(attempt.direction):<14} {note}")


def _switch_origin_on(move: Move, records: Sequence[Record]) -> dict[str, str]:
    if move.origin.last_seen is not None:
        return {}
    asked = {
        record.dag_id: {"fill_after": fill_after(move, record), "not_before": None, "not_after": None}
        for record in records
        if not record.facts["kept_paused"]
    }
    if not asked:
        return {}
    ask(move.origin.agent, "switch_on", asked)
    view = observe(move.origin.agent, asked)
    return {dag_id: "could not be unpaused again in the origin" for dag_id in asked if view[dag_id].paused}


def _row(record: Record, problems: dict[str, str]) -> tuple[str, State, dict[str, str], str]:
    if record.dag_id in problems:
        return record.dag_id, State.NEEDS_PERSON, {}, problems[record.dag_id]
    return record.dag_id, State.BACKED_OUT, {}, "back where it began"
