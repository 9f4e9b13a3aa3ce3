"""All that is known about the DAGs to plan, gathered once."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.model.plan import Strength
from migrator.plan.edges import find_edges, own_pools
from migrator.plan.period import period_seconds
from migrator.plan.risk import median_seconds, running, score_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.model.dag import Dag
    from migrator.model.inventory import Inventory
    from migrator.model.plan import Edge, UnknownEdge
    from migrator.plan.risk import Risk


@dataclass(frozen=True, slots=True)
class Estate:
    """The DAGs to plan by id, in order; their edges, and per DAG its risk, period in seconds and own edges.

    ``files`` maps a DAG file to the md5 of what will be deployed for it; ``running`` holds how many runs of a DAG are
    under way at once, on average.
    """

    dags: Mapping[str, Dag]
    files: Mapping[str, str]
    edges: tuple[Edge, ...]
    unknown_edges: tuple[UnknownEdge, ...]
    risks: Mapping[str, Risk]
    periods: Mapping[str, float | None]
    touching: Mapping[str, tuple[Edge, ...]]
    unknown: Mapping[str, tuple[UnknownEdge, ...]]
    pool_users: Mapping[str, frozenset[str]]
    running: Mapping[str, float]


def gather(inventory: Inventory, files: Mapping[str, str], left_out: Mapping[str, str]) -> Estate:
    """What the planner needs to know of ``inventory``, without the DAGs in ``left_out`` (id to reason)."""
    dags = {dag.dag_id: dag for dag in sorted(inventory.dags, key=lambda dag: dag.dag_id) if dag.dag_id not in left_out}
    edges, unknown_edges = find_edges(dags.values(), left_out)
    touching: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        touching[edge.source].append(edge)
        touching[edge.target].append(edge)
    pool_users: defaultdict[str, set[str]] = defaultdict(set)
    for dag in dags.values():
        for pool in own_pools(dag):
            pool_users[pool].add(dag.dag_id)
    unknown: defaultdict[str, list[UnknownEdge]] = defaultdict(list)
    for one in unknown_edges:
        unknown[one.dag_id].append(one)
    periods = {dag.dag_id: period_seconds(dag.schedule, inventory.captured_at) for dag in dags.values()}
    durations = median_seconds(inventory.runs)
    ties = Counter(end for edge in edges if edge.strength is not Strength.SOFT for end in (edge.source, edge.target))
    return Estate(
        dags=dags,
        files=files,
        edges=edges,
        unknown_edges=unknown_edges,
        risks=score_all(dags, inventory.runs, periods, ties, Counter(one.dag_id for one in unknown_edges)),
        periods=periods,
        touching={dag_id: tuple(touching[dag_id]) for dag_id in dags},
        unknown={dag_id: tuple(unknown[dag_id]) for dag_id in dags},
        pool_users={pool: frozenset(users) for pool, users in sorted(pool_users.items())},
        running={dag_id: running(dag, periods[dag_id], durations.get(dag_id)) for dag_id, dag in dags.items()},
    )
