"""In which order the DAGs of a wave are paused, as constraints without cycles."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.model.plan import Edge, EdgeKind
from migrator.plan.graph import AcyclicOrder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WORDS = {
    EdgeKind.TRIGGERS: "{source} triggers {target}",
    EdgeKind.SUBDAG: "{target} is a sub-DAG of {source}",
    EdgeKind.DATASET: "{source} updates a dataset of {target}",
    EdgeKind.WAITS_FOR: "{target} waits for {source}",
    EdgeKind.FILE: "{source} and {target} share a file",
    EdgeKind.POOL: "{source} and {target} share a pool",
}
BECAUSE = {
    EdgeKind.TRIGGERS: "a trigger of a DAG that is paused on its side succeeds, and the run is lost",
    EdgeKind.SUBDAG: "they are one DAG in two parts",
    EdgeKind.DATASET: "dataset events do not cross environments",
    EdgeKind.WAITS_FOR: "a sensor reads only its own environment and would wait forever, and there is no bridge",
    EdgeKind.FILE: "a file is deployed as a whole, and one import error takes all its DAGs down",
}
LOSES_RUNS = {EdgeKind.TRIGGERS, EdgeKind.SUBDAG, EdgeKind.DATASET}


@dataclass(frozen=True, slots=True)
class PauseOrder:
    """``after`` maps a DAG to those paused before it; ``dropped`` to the constraints that a cycle took from it."""

    after: Mapping[str, tuple[str, ...]]
    dropped: Mapping[str, tuple[str, ...]]


def pause_order(dag_ids: Iterable[str], edges: Iterable[Edge]) -> PauseOrder:
    """Who is paused after whom, for edges whose both ends share a wave.

    A triggered DAG is paused after the one that triggers it: a trigger that meets a paused DAG succeeds and its run
    is lost. A DAG that others wait for is paused after them: a sensor would wait for a run that never comes. Where
    both can't hold, the sensor's wish yields, because a sensor's wait is seen and a lost run is not.
    """
    order = AcyclicOrder(sorted(dag_ids))
    after: defaultdict[str, set[str]] = defaultdict(set)
    dropped: defaultdict[str, set[str]] = defaultdict(set)
    for edge in sorted(edges, key=_priority):
        first, second = _constraint(edge)
        if first in after[second]:
            continue
        if order.add(first, second):
            after[second].add(first)
        else:
            dropped[second].add(f"not ordered after {first}, although {describe(edge)}: that would close a cycle")
    return PauseOrder(
        after={dag_id: tuple(sorted(firsts)) for dag_id, firsts in after.items() if firsts},
        dropped={dag_id: tuple(sorted(reasons)) for dag_id, reasons in dropped.items()},
    )


def describe(edge: Edge) -> str:
    """The edge in words, such as ``a triggers b``."""
    return WORDS[edge.kind].format(source=edge.source, target=edge.target)


def orders(edge: Edge) -> bool:
    """Whether the edge asks for an order inside its wave."""
    return edge.kind in LOSES_RUNS or edge.kind is EdgeKind.WAITS_FOR


def _constraint(edge: Edge) -> tuple[str, str]:
    """Who is paused first, and who second."""
    return (edge.target, edge.source) if edge.kind is EdgeKind.WAITS_FOR else (edge.source, edge.target)


def _priority(edge: Edge) -> tuple[bool, str, str, str]:
    return (edge.kind not in LOSES_RUNS, edge.source, edge.target, edge.via)
