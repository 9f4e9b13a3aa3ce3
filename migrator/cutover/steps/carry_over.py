"""WATERMARKED > CARRIED_OVER: the finished runs are written into the paused destination, exactly, each DAG at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.cutover.machine import Done, Failed
from migrator.cutover.past import past_of
from migrator.cutover.sides import act as ask
from migrator.scrub.messages import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move


SHOWN = 3
"""How many values that could not go along are named of a DAG."""


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Write the runs of every DAG in one call, and a mark for what is left out; a DAG without any is done at once."""
    runs = {record.dag_id: [*record.facts["carry"], *record.facts.get("marks", ())] for record in records}
    carried = {dag_id: each for dag_id, each in runs.items() if each}
    past = past_of(move, records)
    more = {} if past.sealed is None else {"past": past.sealed}
    now, answers = ask(move.destination.agent, "carry_over", carried, **more) if carried else (None, {})
    outcomes: dict[str, Outcome] = {}
    for record in records:
        answer = answers.get(record.dag_id)
        lost = [*past.left_out.get(record.dag_id, ()), *((answer or {}).get("left_out") or ())]
        _tell(move, record.dag_id, lost)
        outcomes[record.dag_id] = _outcome(answer, now.isoformat() if now else None, lost)
    return outcomes


def _tell(move: Move, dag_id: str, lost: Sequence[str]) -> None:
    if lost:
        more = f", and {len(lost) - SHOWN} more" if len(lost) > SHOWN else ""
        move.say(f"{dag_id}: not carried over: {'; '.join(map(shown, lost[:SHOWN]))}{more}")


def _outcome(answer: Any, now: str | None, lost: Sequence[str]) -> Outcome:  # noqa: ANN401 - JSON
    if answer is None:
        return Done({"carried_at": None, "carried": 0})
    if answer.get("error"):
        return Failed(f"carry-over: {answer['error']}")
    count = len(answer["inserted"]) + len(answer["already"])
    note = f"{count} run(s); next {answer.get('next_dagrun')}"
    note += f"; not carried over: {'; '.join(map(shown, lost[:SHOWN]))}" if lost else ""
    facts = {"carried_at": answer.get("at") or now, "carried": count, "inserted": answer["inserted"]}
    flags = {"exact": bool(answer.get("exact")), "early": bool(answer.get("early"))}
    return Done({**facts, **flags, "next_dagrun": answer.get("next_dagrun")}, note)
