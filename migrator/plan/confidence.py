"""How sure the planner can be of a DAG's place, 0 to 100, and what it does not know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.model.dag import ScheduleKind
from migrator.model.readiness import Readiness
from migrator.plan.edges import TIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrator.model.plan import PlannedDag
    from migrator.plan.estate import Estate

SHOWN = 8
UNKNOWN, MORE_UNKNOWN, MOST_UNKNOWN = 30, 15, 60
NO_HISTORY, NO_PERIOD, NO_FILE, ELSEWHERE, FACTS_UNKNOWN = 15, 15, 10, 5, 10
HELD = {Readiness.UNKNOWN: 10, Readiness.PERSON: 10, Readiness.BLOCKED: 30}


@dataclass(frozen=True, slots=True)
class Confidence:
    """A score, and the doubts that lower it, each with its points."""

    score: int
    doubts: tuple[str, ...]


def confidence_of(dag_id: str, estate: Estate) -> Confidence:
    """How well the edges, the runs and the file of one DAG are known."""
    doubts = list(_doubts(dag_id, estate))
    words = tuple(f"{why} (-{points})" for points, why in doubts)
    return Confidence(max(0, 100 - sum(points for points, _ in doubts)), words)


def wave_confidence(dags: Sequence[PlannedDag], estate: Estate) -> Confidence:
    """That of the DAG least known, with the doubts about all; less when references elsewhere may lead into the wave."""
    own = {dag.dag_id for dag in dags}
    lost = [(dag.confidence, f"{dag.dag_id}: {doubt}") for dag in dags for doubt in dag.doubts]
    words = [doubt for _, doubt in sorted(lost)]
    more = [f"and {len(words) - SHOWN} more doubts"] if len(words) > SHOWN else []
    score = min((dag.confidence for dag in dags), default=100)
    elsewhere = sum(one.anywhere and one.dag_id not in own for one in estate.unknown_edges)
    if elsewhere:
        score = max(0, score - ELSEWHERE)
        more.append(f"references of other waves that may lead here: {elsewhere} (-{ELSEWHERE})")
    return Confidence(score, (*words[:SHOWN], *more))


def _doubts(dag_id: str, estate: Estate) -> Iterator[tuple[int, str]]:
    dag = estate.dags[dag_id]
    left = MOST_UNKNOWN
    for number, one in enumerate(estate.unknown[dag_id]):
        points = min(left, MORE_UNKNOWN if number else UNKNOWN)
        left -= points
        yield points, one.said
    if dag.automated and dag.state != "paused" and dag_id not in estate.seen:
        yield NO_HISTORY, "no finished run, so duration and failure rate are unknown"
    schedule = dag.known_schedule
    if estate.periods[dag_id] is None and schedule.kind in {ScheduleKind.CRON, ScheduleKind.OTHER}:
        yield NO_PERIOD, f"schedule {schedule}: how often it runs is unknown"
    if facts := [fact for fact in dag.unknown if fact not in TIES]:
        yield FACTS_UNKNOWN, f"known only at run time: its {', '.join(fact.replace('.', ' ') for fact in facts)}"
    held = estate.readiness.get(dag_id)
    if held and not held.readiness.moves:
        yield HELD[held.readiness], f"it needs work before it moves: {held.verdict}"
    elif held and held.review:
        yield HELD[Readiness.PERSON], f"it may run otherwise: {held.verdict}"
    if not estate.files.get(dag.file):
        yield NO_FILE, "what will be deployed for its file is unknown"
