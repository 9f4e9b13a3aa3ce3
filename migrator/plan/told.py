"""All that a plan says about one DAG, as text: ``migrate plan --explain DAG``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.model.plan import EdgeKind, Strength
from migrator.model.text import unbroken
from migrator.plan.order import BECAUSE, describe
from migrator.plan.sound import waves_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migrator.model.plan import Edge, Plan, PlannedDag, Wave

RISK = "risk: "


def explain(plan: Plan, dag: PlannedDag, wave: Wave, schedule: str) -> str:
    """Its wave and why, its risk with points, its edges, constraints and confidence, and what it waits for."""
    edges = [edge for edge in plan.edges if dag.dag_id in {edge.source, edge.target}]
    lines = [
        f"{dag.dag_id} is in {wave.title}",
        f"  file        {dag.file}",
        f"  schedule    {schedule}",
        f"  risk        {dag.risk} of 100",
        f"  confidence  {dag.confidence} of 100; that of its wave is {wave.confidence}",
    ]
    lines += [f"  readiness   {dag.verdict}"] if dag.verdict else []
    lines += [f"  waits for   {', '.join(upstream)}" for upstream in [_waits_for(dag.dag_id, edges)] if upstream]
    lines += [f"  paused after {', '.join(dag.pause_after)}, and started before" for _ in dag.pause_after[:1]]
    lines += _part("why", why_there(dag, edges))
    lines += _part("constraints", dag.constraints)
    lines += _part("edges", edges_in_words(edges, waves_of(plan)))
    lines += _part("what makes the risk", risks(dag))
    lines += _part("what lowers the confidence", dag.doubts)
    return "\n".join(map(unbroken, lines)) + "\n"


def why_there(dag: PlannedDag, edges: Iterable[Edge]) -> list[str]:
    """The reasons that are neither risks nor edges nor doubts, which have places of their own."""
    elsewhere = (RISK, "unknown: ", *(f"{describe(edge)} (" for edge in edges))
    return [reason for reason in dag.reasons if not reason.startswith(elsewhere) and not reason.endswith("more edges")]


def risks(dag: PlannedDag) -> list[str]:
    """What its risk is made of, the heaviest first."""
    return [reason.removeprefix(RISK) for reason in dag.reasons if reason.startswith(RISK)]


def edges_in_words(edges: Iterable[Edge], waves: Mapping[str, int]) -> Iterator[str]:
    """Each edge and what it asks for, explained at the first of its kind; or where its ends are, and what serves it."""
    told: set[EdgeKind] = set()
    for edge in edges:
        here, there = waves.get(edge.source), waves.get(edge.target)
        words = f"{describe(edge)} ({edge.via}): "
        if here != there:
            served = f"served by {edge.bridge}" if edge.bridge else "so its slots count in both environments"
            yield f"{words}waves {here} and {there}, {served}"
        elif edge.strength is Strength.SOFT:
            yield f"{words}better in one wave"
        else:
            yield f"{words}one wave" + (f"; {BECAUSE[edge.kind]}" if edge.kind not in told else "")
            told.add(edge.kind)


def _waits_for(dag_id: str, edges: Iterable[Edge]) -> list[str]:
    return sorted({edge.source for edge in edges if edge.kind is EdgeKind.WAITS_FOR and edge.target == dag_id})


def _part(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"  {title}:"
        yield from (f"  - {line}" for line in found)
