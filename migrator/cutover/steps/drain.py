"""PAUSED > DRAINED: look again after a while; a run that a parser made meanwhile may end, then it is tried again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from migrator.cutover.machine import Again, Done, Failed, State, Waiting
from migrator.cutover.sides import act as ask
from migrator.cutover.sides import observe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move, View


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Read every DAG again once it had time to settle; a rehearsal paused nothing, so it has nothing to read."""
    if move.dry:
        return {record.dag_id: Done() for record in records}
    settled = [record for record in records if _settled(move, record)]
    outcomes: dict[str, Outcome] = {record.dag_id: Waiting("settling") for record in records}
    if not settled:
        return outcomes
    view = observe(move.origin.agent, [record.dag_id for record in settled])
    stirred = [r.dag_id for r in settled if view[r.dag_id].active and not _may_be_active(r)]
    if stirred:
        ask(move.origin.agent, "set_paused", dict.fromkeys(stirred, False))
    return outcomes | {record.dag_id: _judge(record, view, stirred) for record in settled}


def _may_be_active(record: Record) -> bool:
    return bool(record.facts["kept_paused"] or "frozen" in record.facts)


def _settled(move: Move, record: Record) -> bool:
    paused_at = record.facts.get("paused_at")
    if paused_at is None:
        return True
    return move.clock() - datetime.fromisoformat(paused_at) >= move.settings.settle


def _judge(record: Record, view: View, stirred: list[str]) -> Outcome:
    seen = view[record.dag_id]
    if record.dag_id in stirred:
        return Again(State.QUIESCING, f"{seen.active[0].run_id} began while it was paused; switched on again")
    if not seen.paused:
        return Failed("somebody switched it on again while it was moved")
    note = f"{len(seen.active)} run(s) stay frozen" if seen.active else ""
    return Done({}, note)
