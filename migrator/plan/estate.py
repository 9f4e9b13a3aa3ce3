"""All that is known about the DAGs to plan, gathered once."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from migrator.model.plan import Strength
from migrator.plan.edges import find_edges, own_pools
from migrator.plan.graph import followers
from migrator.plan.order import orders
from migrator.plan.period import period_seconds
from migrator.plan.risk import Evidence, criticality, finished_runs, median_seconds, running, score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrator.model.dag import Dag
    from migrator.model.inventory import Inventory
    from migrator.model.plan import Edge, UnknownEdge
    from migrator.model.readiness import DagReadiness
    from migrator.model.run import Run
    from migrator.plan.risk import Risk


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of DAG files: the md5 of what will be deployed; and by id, how far each DAG is."""

    files: Mapping[str, str]
    readiness: Mapping[str, DagReadiness] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Estate:
    """The DAGs to plan by id, in order; their edges, and per DAG its risk, period in seconds and own edges.

    ``files`` maps a DAG file to the md5 of what will be deployed for it; ``running`` holds how many runs of a DAG are
    under way at once, on average; ``seen`` the DAGs of which the inventory has finished runs; ``readiness`` what the
    assessment says of each DAG, where there was one.
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
    seen: frozenset[str]
    readiness: Mapping[str, DagReadiness]


def gather(inventory: Inventory, known: Known, left_out: Mapping[str, str], critical: Mapping[str, int]) -> Estate:
    """What the planner needs to know of ``inventory``, without the DAGs in ``left_out`` (id to reason).

    ``critical`` gives points of risk to patterns of ids and to tags.
    """
    dags = {dag.dag_id: dag for dag in sorted(inventory.dags, key=lambda dag: dag.dag_id) if dag.dag_id not in left_out}
    edges, unknown_edges = find_edges(dags.values(), left_out)
    touching: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        touching[edge.source].append(edge)
        touching[edge.target].append(edge)
    unknown: defaultdict[str, list[UnknownEdge]] = defaultdict(list)
    for one in unknown_edges:
        unknown[one.dag_id].append(one)
    periods = {dag.dag_id: period_seconds(dag.known_schedule, inventory.captured_at) for dag in dags.values()}
    durations = median_seconds(inventory.runs)
    evidence = _evidence(dags, finished_runs(inventory.runs), periods, edges)
    return Estate(
        dags=dags,
        files=known.files,
        edges=edges,
        unknown_edges=unknown_edges,
        risks={
            dag_id: score(
                replace(
                    one,
                    unknown=len(unknown[dag_id]),
                    readiness=known.readiness.get(dag_id),
                    critical=criticality(one.dag, critical),
                )
            )
            for dag_id, one in evidence.items()
        },
        periods=periods,
        touching={dag_id: tuple(touching[dag_id]) for dag_id in dags},
        unknown={dag_id: tuple(unknown[dag_id]) for dag_id in dags},
        pool_users=_pool_users(dags.values()),
        running={dag_id: running(dag, periods[dag_id], durations.get(dag_id)) for dag_id, dag in dags.items()},
        seen=frozenset(dag_id for dag_id, one in evidence.items() if one.runs),
        readiness=known.readiness,
    )


def _evidence(
    dags: Mapping[str, Dag],
    runs: Mapping[str, Sequence[Run]],
    periods: Mapping[str, float | None],
    edges: Sequence[Edge],
) -> dict[str, Evidence]:
    ties = Counter(end for edge in edges if edge.strength is not Strength.SOFT for end in (edge.source, edge.target))
    after: defaultdict[str, list[str]] = defaultdict(list)
    for edge in filter(orders, edges):
        after[edge.source].append(edge.target)
    following = followers(list(dags), after)
    return {
        dag_id: Evidence(dag, periods[dag_id], runs.get(dag_id, ()), ties[dag_id], followers=following[dag_id])
        for dag_id, dag in dags.items()
    }


def _pool_users(dags: Iterable[Dag]) -> dict[str, frozenset[str]]:
    users: defaultdict[str, set[str]] = defaultdict(set)
    for dag in dags:
        for pool in own_pools(dag):
            users[pool].add(dag.dag_id)
    return {pool: frozenset(dag_ids) for pool, dag_ids in sorted(users.items())}
