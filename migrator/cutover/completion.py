"""Declare a wave complete, late: everything in it was seen to work, its ledger is clean, and it is not taken back.

Nothing is removed: v1's DAGs stay where they are, paused. What changes is what the journal says, and that a rollback is
refused from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.cutover.context import excerpt_for, mirror, move_of, note_act
from migrator.cutover.machine import Direction, Record, State
from migrator.cutover.sides import observe
from migrator.cutover.steps.observation import FIRST, look_again
from migrator.cutover.verdict import Observed, Verdict
from migrator.cutover.wave import refuse_when_open
from migrator.cutover.whereabouts import arrivals
from migrator.errors import RefusedError, UsageError
from migrator.model.text import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from migrator.cutover.context import CutoverContext
    from migrator.cutover.excerpt import Excerpt
    from migrator.cutover.journal import Attempt
    from migrator.cutover.ledger import DagLedger, Ledger


def complete(
    context: CutoverContext, number: int, ledger: Ledger, accepted: Collection[str] = ()
) -> dict[str, Observed]:
    """Mark each DAG of the wave; what was seen of each, by id. RefusedError when anything of it is open.

    ``accepted``: DAGs of which somebody says that what was seen is right as it is, or that they stay in v1.
    """
    refuse_when_open(context.journal)
    moved = {dag_id: attempt for dag_id, attempt in arrivals(context.journal).items() if attempt.wave == number}
    records = {dag_id: context.journal.records(attempt)[dag_id] for dag_id, attempt in moved.items()}
    excerpts = wave_excerpts(context, number)
    planned = [dag.dag_id for dag in excerpts[-1].planned] if excerpts else []
    if unknown := sorted(set(accepted) - {*moved, *planned}):
        raise UsageError(
            f"{', '.join(unknown)}: not in wave {number}.",
            why="--accept names a DAG of the wave.", fix="migrate status shows which DAGs are in it",
        )  # fmt: skip
    elsewhere = arrivals(context.journal).keys()
    _refuse_unless_whole(number, records, [i for i in planned if i not in elsewhere and i not in accepted])
    _refuse_unless_clean(number, [line for line in ledger.dags if line.dag_id in moved])
    seen = {i: _verdict(context, moved[i], record) for i, record in records.items() if record.state is State.OBSERVED}
    _refuse_unless_seen(number, {i: one for i, one in seen.items() if i not in accepted})
    note_act(context, "complete", number)
    for dag_id, one in seen.items():
        note = ": ".join((one.verdict, *one.reasons))
        note += "; accepted by a person" if dag_id in accepted and not _good(one) else ""
        context.journal.write(moved[dag_id], context.clock(), "done", [(dag_id, State.COMPLETE, {}, note)])
        context.say(f"{dag_id:<28} {State.COMPLETE.name:<14} {note}")
    mirror(context)
    return seen


def wave_excerpts(context: CutoverContext, number: int) -> list[Excerpt]:
    """What the attempts of the wave went by that took DAGs to v2, oldest first: the newest says which are in it."""
    forward = [
        attempt
        for attempt in context.journal.attempts()
        if attempt.wave == number and attempt.direction is Direction.FORWARD and attempt.outcome != "refused"
    ]
    brought = {attempt.id for attempt in arrivals(context.journal).values()}
    chosen = [attempt for attempt in forward if attempt.id in brought or attempt is forward[-1]]
    return [excerpt_for(context, attempt) for attempt in chosen]


def _verdict(context: CutoverContext, attempt: Attempt, record: Record) -> Observed:
    """What was seen in the wave where it passed then, else what there is to see now."""
    known = record.facts.get("verdict")
    if known in {Verdict.PASSED, Verdict.NONE}:
        return Observed(Verdict(known), (record.facts["observed"],) if record.facts.get("observed") else ())
    move = move_of(context, attempt, [record.dag_id])
    view = observe(move.destination.agent, [record.dag_id], FIRST)
    return look_again(move, record, view[record.dag_id], view.now)


def _refuse_unless_whole(number: int, records: Mapping[str, Record], missing: Iterable[str]) -> None:
    unsettled = [dag_id for dag_id, r in records.items() if r.state not in {State.OBSERVED, State.COMPLETE}]
    wanting = [*missing, *unsettled]
    if records and not wanting:
        return
    raise RefusedError(
        f"Wave {number} is not complete.",
        why=f"not cut over or not observed: {', '.join(wanting) or 'any of its DAGs'}",
        fix="migrate status shows where each DAG is; of a DAG that is to stay in v1:"
        f" migrate complete --wave {number} --accept DAG --reason WHY",
    )


def _refuse_unless_clean(number: int, lines: Iterable[DagLedger]) -> None:
    wrong = [f"{o.dag_id}: {len(o.duplicates)} twice, {len(o.gaps)} never" for o in lines if o.duplicates or o.gaps]
    if wrong:
        raise RefusedError(
            f"Wave {number} is not complete: its ledger is not clean.",
            why=listed(wrong),
            fix="migrate audit names the intervals; run what is missing, and audit again",
        )


def _refuse_unless_seen(number: int, seen: Mapping[str, Observed]) -> None:
    wrong = [f"{i}: {': '.join((o.verdict, *o.reasons))}" for i, o in seen.items() if not _good(o)]
    if wrong:
        raise RefusedError(
            f"Wave {number} is not complete: not every DAG was seen to work in v2.",
            why=listed(wrong),
            fix="wait for the runs that are to come; where what it names is right as it is:"
            f" migrate complete --wave {number} --accept DAG --reason WHY",
        )


def _good(one: Observed) -> bool:
    return one.verdict in {Verdict.PASSED, Verdict.NONE}
