"""What ties DAGs to each other, read from an inventory; what only run time knows is an unknown edge, never a guess."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from migrator.model.dag import ReferenceKind
from migrator.model.plan import Edge, EdgeKind, Strength, UnknownEdge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from migrator.model.dag import Dag, Reference, Task

SHARED_BY_ALL = "default_pool"
TIES = frozenset({"tasks", "references"})
"""Facts of a DAG without which its edges are not all known."""


def find_edges(dags: Iterable[Dag], left_out: Mapping[str, str]) -> tuple[tuple[Edge, ...], tuple[UnknownEdge, ...]]:
    """The edges between ``dags`` and the references that lead nowhere, both sorted.

    ``left_out`` maps the ids of DAGs that no wave will carry to the reason.
    """
    planned = {dag.dag_id: dag for dag in dags}
    edges: set[Edge] = set()
    unknown: set[UnknownEdge] = set()
    for dag in planned.values():
        for task, reference in _references(dag):
            why = _unresolved(dag, reference, planned, left_out)
            if why:
                unknown.add(UnknownEdge(dag.dag_id, task.task_id, why, _at_run_time(reference)))
            elif reference.dag_id in planned and reference.dag_id != dag.dag_id:
                edges.add(_edge(dag.dag_id, task.task_id, reference.kind, reference.dag_id))
        if hidden := sorted(TIES.intersection(dag.unknown)):
            unknown.add(
                UnknownEdge(dag.dag_id, "", f"known only at run time: its {' and '.join(hidden)}", anywhere=True)
            )
    edges.update(_dataset_edges(planned.values()))
    edges.update(_shared(planned.values(), lambda dag: (dag.file,), EdgeKind.FILE, Strength.TOGETHER))
    edges.update(_shared(planned.values(), own_pools, EdgeKind.POOL, Strength.SOFT))
    return (
        tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind, edge.via))),
        tuple(sorted(unknown, key=lambda one: (one.dag_id, one.task_id, one.why))),
    )


def _references(dag: Dag) -> Iterator[tuple[Task, Reference]]:
    return ((task, task.reference) for task in dag.tasks if task.reference)


def _unresolved(dag: Dag, reference: Reference, planned: Mapping[str, Dag], left_out: Mapping[str, str]) -> str | None:
    """Why the reference cannot be an edge of the plan, or None."""
    verb = reference.kind.replace("_", " ")
    if reference.dynamic or not reference.dag_id:
        named = f" ({reference.dag_id})" if reference.dag_id else ""
        return f"{verb} a DAG whose id is only known at run time{named}"
    if reference.dag_id in planned or _is_own_subdag(dag, reference):
        return None
    if reference.dag_id in left_out:
        return f"{verb} {reference.dag_id}, which is left out: {left_out[reference.dag_id]}"
    return f"{verb} {reference.dag_id}, which is not in the inventory"


def _at_run_time(reference: Reference) -> bool:
    return reference.dynamic or not reference.dag_id


def _is_own_subdag(dag: Dag, reference: Reference) -> bool:
    """Sub-DAGs live in their parent's file and are not listed by every Airflow; they move with it in any case."""
    return reference.kind is ReferenceKind.SUBDAG and str(reference.dag_id).startswith(f"{dag.dag_id}.")


def _edge(dag_id: str, task_id: str, kind: ReferenceKind, other: str) -> Edge:
    match kind:
        case ReferenceKind.TRIGGERS:
            return Edge(dag_id, other, EdgeKind.TRIGGERS, Strength.TOGETHER, task_id)
        case ReferenceKind.SUBDAG:
            return Edge(dag_id, other, EdgeKind.SUBDAG, Strength.TOGETHER, task_id)
        case ReferenceKind.WAITS_FOR:
            return Edge(other, dag_id, EdgeKind.WAITS_FOR, Strength.ORDERED, task_id)


def _dataset_edges(dags: Iterable[Dag]) -> Iterator[Edge]:
    """Producer to consumer: events for a consumer in the other environment are lost."""
    consumers: defaultdict[str, list[str]] = defaultdict(list)
    dags = list(dags)
    for dag in dags:
        for uri in dag.datasets_in:
            consumers[uri].append(dag.dag_id)
    for dag in dags:
        for uri in dag.datasets_out:
            for consumer in consumers[uri]:
                if consumer != dag.dag_id:
                    yield Edge(dag.dag_id, consumer, EdgeKind.DATASET, Strength.TOGETHER, uri)


def own_pools(dag: Dag) -> tuple[str, ...]:
    """The pools that a person made and the DAG uses, sorted."""
    return tuple(pool for pool in dag.pools if pool != SHARED_BY_ALL)


def _shared(
    dags: Iterable[Dag], keys: Callable[[Dag], Iterable[str]], kind: EdgeKind, strength: Strength
) -> Iterator[Edge]:
    """A chain through the DAGs that share a key: it connects them all with n - 1 edges."""
    users: defaultdict[str, list[str]] = defaultdict(list)
    for dag in dags:
        for key in keys(dag):
            users[key].append(dag.dag_id)
    for key, dag_ids in users.items():
        for one, other in pairwise(sorted(dag_ids)):
            yield Edge(one, other, kind, strength, key)
