"""Declare a wave complete, late: everything in it was seen to work, its ledger is clean, and it is not taken back.

Nothing is removed: v1's DAGs stay where they are, paused. What changes is what the journal says, and that a rollback is
refused from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.cutover.machine import Record, State
from migrator.cutover.sides import observe
from migrator.cutover.steps.observation import FIRST, look_again
from migrator.cutover.verdict import Observed, Verdict
from migrator.cutover.wave import mirror, move_of, note_act, refuse_when_open
from migrator.cutover.whereabouts import arrivals
from migrator.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from migrator.cutover.journal import Attempt
    from migrator.cutover.ledger import DagLedger, Ledger
    from migrator.cutover.wave import Trip


def complete(trip: Trip, number: int, ledger: Ledger, accepted: Collection[str] = ()) -> dict[str, Observed]:
    """Mark each DAG of the wave; what was seen of each, by id. RefusedError when anything of it is open.

    ``accepted``: DAGs of which somebody says that what was seen is right as it is.
    """
    refuse_when_open(trip.journal)
    moved = {dag_id: attempt for dag_id, attempt in arrivals(trip.journal).items() if attempt.wave == number}
    records = {dag_id: trip.journal.records(attempt)[dag_id] for dag_id, attempt in moved.items()}
    _refuse_unless_whole(trip, number, records)
    if unknown := sorted(set(accepted) - set(moved)):
        raise UsageError(
            f"{', '.join(unknown)}: not in wave {number}.",
            why="--accept names a DAG of the wave.", fix="migrate status shows which DAGs are in it",
        )  # fmt: skip
    _refuse_unless_clean(number, [line for line in ledger.dags if line.dag_id in moved])
    seen = {i: _verdict(trip, moved[i], record) for i, record in records.items() if record.state is State.OBSERVED}
    _refuse_unless_seen(number, {i: one for i, one in seen.items() if i not in accepted})
    note_act(trip, "complete", number)
    for dag_id, one in seen.items():
        note = ": ".join((one.verdict, *one.reasons))
        note += "; accepted by a person" if dag_id in accepted and not _good(one) else ""
        trip.journal.write(moved[dag_id], trip.clock(), "done", [(dag_id, State.COMPLETE, {}, note)])
        trip.say(f"{dag_id:<28} {State.COMPLETE.name:<14} {note}")
    mirror(trip)
    return seen


def _verdict(trip: Trip, attempt: Attempt, record: Record) -> Observed:
    """What was seen in the wave where it passed then, else what there is to see now."""
    known = record.facts.get("verdict")
    if known in {Verdict.PASSED, Verdict.NONE}:
        return Observed(Verdict(known), (record.facts["observed"],) if record.facts.get("observed") else ())
    move = move_of(trip, attempt, [record.dag_id])
    view = observe(move.destination.agent, [record.dag_id], FIRST)
    return look_again(move, record, view[record.dag_id], view.now)


def _refuse_unless_whole(trip: Trip, number: int, records: Mapping[str, Record]) -> None:
    wave = trip.plan.wave(number)
    planned = [dag.dag_id for dag in wave.dags] if wave else []
    elsewhere = arrivals(trip.journal).keys()
    missing = [dag_id for dag_id in planned if dag_id not in elsewhere]
    unsettled = [dag_id for dag_id, r in records.items() if r.state not in {State.OBSERVED, State.COMPLETE}]
    if records and not missing and not unsettled:
        return
    raise RefusedError(
        f"Wave {number} is not complete.",
        why=f"not cut over or not observed: {', '.join([*missing, *unsettled]) or 'any of its DAGs'}",
        fix="migrate status shows where each DAG is",
    )


def _refuse_unless_clean(number: int, lines: Iterable[DagLedger]) -> None:
    wrong = [f"{o.dag_id}: {len(o.duplicates)} twice, {len(o.gaps)} never" for o in lines if o.duplicates or o.gaps]
    if wrong:
        raise RefusedError(
            f"Wave {number} is not complete: its ledger is not clean.",
            why="\n       ".join(wrong),
            fix="migrate audit names the intervals; run what is missing, and audit again",
        )


def _refuse_unless_seen(number: int, seen: Mapping[str, Observed]) -> None:
    wrong = [f"{i}: {': '.join((o.verdict, *o.reasons))}" for i, o in seen.items() if not _good(o)]
    if wrong:
        raise RefusedError(
            f"Wave {number} is not complete: not every DAG was seen to work in v2.",
            why="\n       ".join(wrong),
            fix="wait for the runs that are to come; where what it names is right as it is:"
            f" migrate complete --wave {number} --accept DAG --reason WHY",
        )


def _good(one: Observed) -> bool:
    return one.verdict in {Verdict.PASSED, Verdict.NONE}
