"""Where each DAG is, as the journal tells: in v2, between the sides, or left behind with a run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from migrator.cutover.ledger import LeftOut, Moved
from migrator.cutover.machine import Direction, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrator.cutover.journal import Attempt, Journal
    from migrator.model.dag import Dag

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


def unpaused_on_target(journal: Journal) -> frozenset[str]:
    """Of those, the DAGs that were switched on there: a DAG that was paused in v1 moved and stayed paused."""
    return frozenset(
        dag_id
        for dag_id, attempt in arrivals(journal).items()
        if not journal.records(attempt)[dag_id].facts.get("kept_paused")
    )


def carried_dags(journal: Journal) -> dict[str, Dag]:
    """The DAGs that are in v2 or on their way, by id, as what their attempts were begun with describes them."""
    opened = journal.open_attempt()
    going = dict.fromkeys(journal.records(opened), opened) if opened else {}
    of_attempt: dict[int, dict[str, Dag]] = {}
    found: dict[str, Dag] = {}
    for dag_id, attempt in {**arrivals(journal), **going}.items():
        if attempt.id not in of_attempt:
            excerpt = journal.excerpt(attempt)
            of_attempt[attempt.id] = {dag.dag_id: dag for dag in excerpt.known} if excerpt else {}
        if dag := of_attempt[attempt.id].get(dag_id):
            found[dag_id] = dag
    return found


def with_carried(journal: Journal, dags: Iterable[Dag]) -> tuple[Dag, ...]:
    """These DAGs, those that were moved as they were when they were moved, sorted."""
    return tuple(dag for _, dag in sorted(({dag.dag_id: dag for dag in dags} | carried_dags(journal)).items()))


def in_motion(journal: Journal) -> frozenset[str]:
    """The DAGs that are between the sides just now, perhaps paused on both."""
    attempt = journal.open_attempt()
    if attempt is None:
        return frozenset()
    return frozenset(d for d, r in journal.records(attempt).items() if State.PREFLIGHT < r.state < State.UNPAUSED)


def moves(journal: Journal, now: datetime) -> dict[str, tuple[Moved, ...]]:
    """When each DAG was moved, by dag id; from a source that ended, it is off since its last run there."""
    found: dict[str, tuple[Moved, ...]] = {}
    for attempt in journal.attempts():
        for dag_id, record in journal.records(attempt).items():
            if off := (record.facts.get("backlog") or record.facts).get("since") or record.facts.get("paused_at"):
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


def left_out(journal: Journal) -> dict[str, LeftOut]:
    """The intervals that are skipped by decision, by DAG that is v2's now or on its way, as its attempt decided it."""
    found: dict[str, LeftOut] = {}
    for dag_id, facts in _decided(journal).items():
        if spans := facts["backlog"]["skipped"]:
            moments = tuple((datetime.fromisoformat(first), datetime.fromisoformat(last)) for first, last in spans)
            run = frozenset(datetime.fromisoformat(one["logical_date"]) for one in facts.get("queue") or ())
            found[dag_id] = LeftOut(moments, run)
    return found


def outages(journal: Journal) -> dict[str, tuple[datetime, datetime]]:
    """The first and the last start of what nobody ran before such a DAG moved; only of those that missed something."""
    decided = {dag_id: facts["backlog"] for dag_id, facts in _decided(journal).items()}
    return {
        dag_id: (datetime.fromisoformat(one["since"]), datetime.fromisoformat(one["last_due"]))
        for dag_id, one in decided.items()
        if one.get("last_due")
    }


def _decided(journal: Journal) -> dict[str, Mapping[str, Any]]:
    """The facts of DAGs that are v2's now or on their way, from a source that ended."""
    opened = journal.open_attempt()
    going = dict.fromkeys(journal.records(opened), opened) if opened else {}
    facts = {i: journal.records(attempt)[i].facts for i, attempt in {**arrivals(journal), **going}.items()}
    return {dag_id: one for dag_id, one in facts.items() if one.get("backlog")}
