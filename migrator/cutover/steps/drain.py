"""PAUSED > DRAINED: look again after a while; a run that a parser made meanwhile may end, then it is tried again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from migrator.cutover.drains import Policy, rule_for
from migrator.cutover.machine import Again, Done, Failed, State, Waiting
from migrator.cutover.sides import act as ask
from migrator.cutover.sides import observe
from migrator.cutover.steps import watermark
from migrator.cutover.steps.quiesce import left_behind
from migrator.model.duration import spelled
from migrator.scrub.messages import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move, Seen, View


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Read every DAG again once it had time to settle; a rehearsal paused nothing, so it has nothing to read."""
    if move.dry:
        return {record.dag_id: Done() for record in records}
    settled = [record for record in records if _settled(move, record)]
    outcomes: dict[str, Outcome] = {record.dag_id: Waiting("settling") for record in records}
    if not settled:
        return outcomes
    view = _finished(move, settled, _observe(move, settled))
    stirred = [r.dag_id for r in settled if view[r.dag_id].active and not _may_be_active(r, view[r.dag_id])]
    if stirred:
        ask(move.origin.agent, "set_paused", dict.fromkeys(stirred, False))
    return outcomes | {record.dag_id: _judge(move, record, view, stirred) for record in settled}


def _observe(move: Move, records: Sequence[Record]) -> View:
    """With as many finished runs as are carried over: of a DAG that is drained they are final."""
    return observe(move.origin.agent, [record.dag_id for record in records], move.settings.history)


def _finished(move: Move, records: Sequence[Record], view: View) -> View:
    """The view once the runs whose last tasks ended are ended too: 1.10 leaves them open while the DAG is paused."""
    done = [
        record.dag_id
        for record in records
        if record.facts.get("last_tasks") and any(not run.at_work for run in view[record.dag_id].active)
    ]
    if not done:
        return view
    ask(move.origin.agent, "finish_ended", done)
    return _observe(move, records)


def _may_be_active(record: Record, seen: Seen) -> bool:
    if record.facts["kept_paused"] or "frozen" in record.facts:
        return True
    return bool(record.facts.get("last_tasks")) and all(run.on_last_tasks for run in seen.active)


def _await_last(move: Move, record: Record, seen: Seen) -> Outcome:
    """Its last tasks go on while it is paused, up to the time that its drain rule gives."""
    run = seen.active[0]
    reason = f"{shown(run.run_id)} is on its last tasks ({', '.join(run.at_work[:3]) or 'ending'})"
    rule = rule_for(record.dag_id, move.settings.drains, move.settings.drain_timeout)
    waited = move.clock() - datetime.fromisoformat(record.facts["quiescing_since"])
    if rule.policy is Policy.FREEZE and waited > rule.after:
        left = left_behind(seen, move.clock())
        return Done({"frozen": left.facts["frozen"]}, left.note)
    if rule.policy is Policy.GIVE_UP and waited > rule.after:
        return Failed(f"not idle within {spelled(rule.after.total_seconds())}: {reason}")
    return Waiting(reason)


def _settled(move: Move, record: Record) -> bool:
    paused_at = record.facts.get("paused_at")
    if paused_at is None:
        return True
    return move.clock() - datetime.fromisoformat(paused_at) >= move.settings.settle


def _judge(move: Move, record: Record, view: View, stirred: list[str]) -> Outcome:
    seen = view[record.dag_id]
    if record.dag_id in stirred:
        run = seen.active[0]
        what = "has more to do" if record.facts.get("last_tasks") else "began while it was paused"
        return Again(State.QUIESCING, f"{shown(run.run_id)} {what}; unpaused again")
    if not seen.paused:
        return Failed("somebody unpaused it again while it was moved")
    if record.facts.get("last_tasks") and seen.active:
        return _await_last(move, record, seen)
    if seen.active or "frozen" in record.facts:
        return Done({}, f"{len(seen.active)} run(s) stay frozen" if seen.active else "")
    return Done(watermark.facts_of(seen))
