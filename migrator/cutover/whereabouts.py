"""Where each DAG is, as the journal tells: in v2, between the sides, or left behind with a run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from migrator.cutover.ledger import Moved
from migrator.cutover.machine import Direction, State

if TYPE_CHECKING:
    from migrator.cutover.journal import Attempt, Journal

ARRIVED = frozenset({State.UNPAUSED, State.OBSERVED, State.COMPLETE, State.NEEDS_PERSON})


def on_target(journal: Journal) -> dict[str, int]:
    """The DAGs that the journal knows to be v2's now, with the wave that took them there."""
    return {dag_id: attempt.wave for dag_id, attempt in arrivals(journal).items()}


def arrivals(journal: Journal) -> dict[str, Attempt]:
    """The DAGs that the journal knows to be v2's now, with the attempt that took them there."""
    moved: dict[str, Attempt] = {}
    for attempt in journal.attempts():
        for dag_id, record in journal.records(attempt).items():
            if record.state not in ARRIVED:
                continue
            if attempt.direction is Direction.FORWARD:
                moved[dag_id] = attempt
            else:
                moved.pop(dag_id, None)
    return moved


def in_motion(journal: Journal) -> frozenset[str]:
    """The DAGs that are between the sides just now, perhaps paused on both."""
    attempt = journal.open_attempt()
    if attempt is None:
        return frozenset()
    return frozenset(d for d, r in journal.records(attempt).items() if State.PREFLIGHT < r.state < State.UNPAUSED)


def moves(journal: Journal, now: datetime) -> dict[str, tuple[Moved, ...]]:
    """When each DAG was moved, by dag id."""
    found: dict[str, tuple[Moved, ...]] = {}
    for attempt in journal.attempts():
        for dag_id, record in journal.records(attempt).items():
            if off := record.facts.get("paused_at"):
                on = record.facts.get("switched_at") or attempt.ended or now.isoformat()
                to = "v2" if (attempt.direction is Direction.FORWARD) == (record.state in ARRIVED) else "v1"
                moved = Moved(datetime.fromisoformat(off), datetime.fromisoformat(on), to)
                found[dag_id] = (*found.get(dag_id, ()), moved)
    return found


def left_behind(journal: Journal) -> frozenset[tuple[str, datetime]]:
    """The runs that were frozen in v1, by DAG and date, of moves that arrived."""
    return frozenset(
        (dag_id, datetime.fromisoformat(run["logical_date"]))
        for attempt in journal.attempts()
        if attempt.direction is Direction.FORWARD
        for dag_id, record in journal.records(attempt).items()
        if record.state in ARRIVED
        for run in record.facts.get("frozen", ())
    )
