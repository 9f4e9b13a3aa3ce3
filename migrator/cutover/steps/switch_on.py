"""REPARSED > UNPAUSED: the destination goes on, in the order in which nobody misses a trigger.

What came due while both sides were paused is made into real runs in the same transaction, since Airflow skips them
where catchup is off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.cutover.machine import Again, Done, Failed, Record, State, Waiting
from migrator.cutover.sides import act as ask
from migrator.cutover.sides import observe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome
    from migrator.cutover.sides import Move


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Read the origin back, then switch on; never while the origin is on."""
    outcomes: dict[str, Outcome] = {
        record.dag_id: Done({"switched_at": None}, "left paused, as it was")
        for record in records
        if record.facts["kept_paused"]
    }
    moving = [record for record in records if record.dag_id not in outcomes]
    if not moving:
        return outcomes
    view = observe(move.origin.agent, [record.dag_id for record in moving])
    on = [record.dag_id for record in moving if not view[record.dag_id].paused]
    if on:
        reason = f"{', '.join(on)}: switched on again in the origin by somebody"
        return outcomes | {record.dag_id: Failed(reason) for record in moving}
    asked = {record.dag_id: _request(record) for record in start_order(move, moving)}
    now, answers = ask(move.destination.agent, "switch_on", asked)
    return outcomes | {record.dag_id: _outcome(answers.get(record.dag_id), now.isoformat()) for record in moving}


def _request(record: Record) -> dict[str, Any]:
    return {"fill_after": record.facts["quiescing_since"], "not_before": None, "not_after": None}


def start_order(move: Move, records: Sequence[Record]) -> list[Record]:
    """The DAGs with those first that others wait for to be listening: the reverse of the order of pausing."""
    left, done = {record.dag_id: record for record in records}, list[Record]()
    while left:
        free = [i for i in sorted(left) if not any(i in move.pause_after.get(o, ()) for o in left if o != i)]
        for dag_id in free or sorted(left)[:1]:
            done.append(left.pop(dag_id))
    return done


def _outcome(answer: Any, now: str) -> Outcome:  # noqa: ANN401 - JSON
    if answer is None:
        return Waiting("no answer for it yet")
    if answer.get("error"):
        return Failed(f"switch on: {answer['error']}")
    if answer.get("paused"):
        return Again(State.REPARSED, str(answer.get("reason") or "not switched on"))
    filled = answer.get("filled") or []
    note = f"{len(filled)} interval(s) that came due meanwhile were queued" if filled else ""
    return Done({"switched_at": answer.get("at") or now, "filled": filled}, note)
