"""The steps of a way back to an environment that no longer runs: v2 is paused, and is what it was before.

What was carried over and what did not begin is removed. What began stays, and goes on when its DAG moves again.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from migrator.cutover.machine import Done, Failed, Waiting
from migrator.cutover.sides import act as ask
from migrator.cutover.sides import observe, runs_adapter
from migrator.scrub.messages import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move, Seen

AT_WORK = frozenset({"queued", "running", "restarting"})


def check(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Whether v2 still has each DAG, and whether it is paused there."""
    view = observe(move.origin.agent, [record.dag_id for record in records])
    return {record.dag_id: _seen(view[record.dag_id]) for record in records}


def _seen(seen: Seen) -> Outcome:
    if not seen.exists:
        return Failed("v2 does not know it any more")
    return Done({"kept_paused": seen.paused, "by_datasets": seen.by_datasets})


def pause(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Pause each DAG at once: no other side takes over what it has to do."""
    ids = [record.dag_id for record in records]
    now, answers = ask(move.origin.agent, "set_paused", dict.fromkeys(ids, True))
    done = Done({"paused_at": now.isoformat()})
    return {i: done if (answers.get(i) or {}).get("paused") else _still_on(answers.get(i)) for i in ids}


def _still_on(answer: Mapping[str, Any] | None) -> Failed:
    return Failed(str((answer or {}).get("error") or "it could not be paused in v2"))


def remove_waiting(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Remove what did not begin, once it had time to settle; what is at work is waited for."""
    if move.dry:
        return {record.dag_id: Done({"left": []}) for record in records}
    settled = [record.dag_id for record in records if _settled(move, record)]
    outcomes: dict[str, Outcome] = {record.dag_id: Waiting("settling") for record in records}
    answers = ask(move.origin.agent, "remove_waiting", settled)[1] if settled else {}
    for dag_id in settled:
        answer = answers.get(dag_id) or {"error": "no answer for it"}
        outcomes[dag_id] = _removed(answer)
    return outcomes


def _settled(move: Move, record: Record) -> bool:
    since = record.facts.get("paused_at")
    return since is None or move.clock() - datetime.fromisoformat(since) >= move.settings.settle


def _removed(answer: Mapping[str, Any]) -> Outcome:
    if error := answer.get("error"):
        return Failed(str(error))
    left = runs_adapter().validate_python(answer["left"])
    if busy := [run for run in left if AT_WORK & set(run.tasks.values())]:
        return Waiting(f"tasks of {shown(busy[0].run_id)} are at work in v2")
    names = [shown(run.run_id) for run in left]
    note = f"began in v2, and goes on when it moves again: {', '.join(names)}" if names else ""
    return Done({"left": [run.run_id for run in left]}, note)


def no_watermark(_move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Nothing is to be known over there."""
    return {record.dag_id: Done({"watermark": None, "carry": []}) for record in records}


def remove_carried(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Remove what was carried over, and the marks of what was left out."""
    answers = ask(move.origin.agent, "remove_carried", [record.dag_id for record in records])[1]
    return {record.dag_id: _carried(answers.get(record.dag_id) or {"error": "no answer for it"}) for record in records}


def _carried(answer: Mapping[str, Any]) -> Outcome:
    if error := answer.get("error"):
        return Failed(str(error))
    removed = answer.get("removed") or []
    return Done({"carried_at": None}, f"{len(removed)} carried run(s) removed from v2" if removed else "")


def nothing_to_do(_move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """v1 neither parses it nor is there anything to unpause."""
    return {record.dag_id: Done({"switched_at": None}) for record in records}
