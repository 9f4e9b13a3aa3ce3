"""What the end of a wave asks for: nothing, attention, or a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.cutover.machine import State
from migrator.cutover.verdict import Verdict
from migrator.errors import ItemsFailedError, PersonNeededError, RefusedError, VerificationError
from migrator.model.text import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.cutover.machine import Record


def asks(record: Record) -> bool:
    """Whether what was seen of a DAG after its move waits for a person."""
    return record.state is State.OBSERVED and record.facts.get("verdict") in {Verdict.FAILED, Verdict.INCONCLUSIVE}


def outcome_of(records: Mapping[str, Record]) -> str:
    """The word that the journal keeps for how an attempt ended."""
    states = {record.state for record in records.values()}
    if State.NEEDS_PERSON in states or any(asks(record) for record in records.values()):
        return "needs a person"
    return "failed" if State.BACKED_OUT in states else "moved"


def refuse_when_complete(number: int, records: Mapping[str, Record]) -> None:
    """RefusedError when somebody declared any of the wave's DAGs complete."""
    done = [dag_id for dag_id, record in records.items() if record.state is State.COMPLETE]
    if done:
        raise RefusedError(
            f"Wave {number} is complete, so it is not taken back.",
            why=f"Somebody declared that {', '.join(done)} stay in v2, and what belongs to them in v1 may be gone.",
            fix="yourself, for each DAG: pause it in v2, wait until no run is active, mark as success in v1 each"
            " interval that v2 ran (airflow run --mark_success), then unpause it in v1; migrate audit shows which",
        )


def raise_for(records: Mapping[str, Record], number: int) -> None:
    """Raise what the ended records ask for: a person, or attention for the DAGs that were backed out."""
    stuck = [dag_id for dag_id, record in records.items() if record.state is State.NEEDS_PERSON]
    if stuck:
        raise PersonNeededError(
            f"{', '.join(stuck)}: neither going on nor going back is safe.",
            why="A DAG of its group failed after another was unpaused; migrate status shows the reasons.",
            fix=f"look at both web servers, then: migrate rollback --wave {number}",
        )
    _raise_for_verdicts(records, number)
    failed = [dag_id for dag_id, record in records.items() if record.state is State.BACKED_OUT]
    if failed:
        raise ItemsFailedError(
            f"{', '.join(failed)}: not cut over; still running where they ran before.",
            why="A step failed, so they were put back; migrate status shows the reasons.",
            fix=f"fix what it names, then: migrate cutover --wave {number}",
        )


def _raise_for_verdicts(records: Mapping[str, Record], number: int) -> None:
    asking = {dag_id: record for dag_id, record in records.items() if asks(record)}
    back = [dag_id for dag_id, record in records.items() if record.facts.get("taken_back")]
    left = {dag_id: record for dag_id, record in asking.items() if dag_id not in back}
    if left:
        lines = [f"{i}: {r.facts['verdict']}, {r.facts.get('observed')}" for i, r in left.items()]
        raise PersonNeededError(
            f"{len(left)} DAG(s) were moved, and their first runs there need a look; they stay unpaused.",
            why=listed(lines),
            fix="look at these runs in the web server; then"
            f" migrate complete --wave {number} --accept DAG --reason WHY, or migrate rollback --wave {number}",
        )
    if back:
        lines = [f"{i}: {r.facts.get('observed')}" for i, r in asking.items()]
        raise VerificationError(
            f"{', '.join(back)}: taken back to v1, since a first run in v2 failed; the others stay.",
            why=listed(lines),
            fix=f"fix what it names, then: migrate cutover --wave {number}",
        )
