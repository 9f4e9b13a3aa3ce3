"""WATERMARKED > CARRIED_OVER: the finished runs are written into the paused destination, exactly, each DAG at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.cutover.machine import Done, Failed
from migrator.cutover.sides import act as ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Write the runs of every DAG in one call, and a mark for what is left out; a DAG without any is done at once."""
    runs = {record.dag_id: [*record.facts["carry"], *record.facts.get("marks", ())] for record in records}
    carried = {dag_id: each for dag_id, each in runs.items() if each}
    now, answers = ask(move.destination.agent, "carry_over", carried) if carried else (None, {})
    outcomes: dict[str, Outcome] = {}
    for record in records:
        answer = answers.get(record.dag_id)
        outcomes[record.dag_id] = _outcome(answer, now.isoformat() if now else None)
    return outcomes


def _outcome(answer: Any, now: str | None) -> Outcome:  # noqa: ANN401 - JSON
    if answer is None:
        return Done({"carried_at": None, "carried": 0})
    if answer.get("error"):
        return Failed(f"carry-over: {answer['error']}")
    count = len(answer["inserted"]) + len(answer["already"])
    note = f"{count} run(s); next {answer.get('next_dagrun')}"
    facts = {"carried_at": answer.get("at") or now, "carried": count, "inserted": answer["inserted"]}
    flags = {"exact": bool(answer.get("exact")), "early": bool(answer.get("early"))}
    return Done({**facts, **flags, "next_dagrun": answer.get("next_dagrun")}, note)
