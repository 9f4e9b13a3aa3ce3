"""Whether a plan that was read still keeps what binds its DAGs; it may have been edited by hand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from migrator.errors import RefusedError
from migrator.model.plan import Strength
from migrator.plan.edges import find_edges
from migrator.plan.order import BECAUSE, describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrator.model.inventory import Inventory
    from migrator.model.plan import Edge, Plan

FIX = "undo the edit of plan.json, or make it again: migrate plan"
SHOWN = 5


def check_sound(plan: Plan, inventory: Inventory, number: int | None = None) -> None:
    """RefusedError when a DAG is in no wave or in two, or a hard edge without a bridge lies across two waves.

    The edges are read anew from ``inventory``. With ``number``, only edges that touch that wave count.
    """
    counted = Counter(dag.dag_id for wave in plan.waves for dag in wave.dags)
    left_out = {one.name for one in plan.left_out}
    missing = sorted(dag.dag_id for dag in inventory.dags if dag.dag_id not in counted and dag.dag_id not in left_out)
    twice = sorted(dag_id for dag_id, count in counted.items() if count > 1)
    for dag_ids, words in ((missing, "in no wave"), (twice, "in more than one wave")):
        if dag_ids:
            raise RefusedError(
                "the plan does not hold each DAG once", why=f"{_some(dag_ids)}: {words}", fix=FIX
            )  # fmt: skip
    cut = list(unbridged(plan, inventory, number))
    if cut:
        where = waves_of(plan)
        why = [f"{describe(e)} ({e.via}), in waves {where[e.source]} and {where[e.target]}" for e in cut]
        raise RefusedError(
            "the plan splits DAGs that must move together", why=f"{_some(why)}; {BECAUSE[cut[0].kind]}", fix=FIX
        )


def unbridged(plan: Plan, inventory: Inventory, number: int | None = None) -> Iterator[Edge]:
    """The hard edges that lie across two waves with nothing to serve them."""
    where = waves_of(plan)
    bridged = {(edge.source, edge.target, edge.kind, edge.via) for edge in plan.edges if edge.bridge}
    edges, _ = find_edges([dag for dag in inventory.dags if dag.dag_id in where], {})
    for edge in edges:
        ends = {where[edge.source], where[edge.target]}
        served = edge.strength is Strength.ORDERED and (edge.source, edge.target, edge.kind, edge.via) in bridged
        if edge.strength is not Strength.SOFT and len(ends) > 1 and not served and (number is None or number in ends):
            yield edge


def waves_of(plan: Plan) -> Mapping[str, int]:
    """The wave of each DAG."""
    return {dag.dag_id: wave.number for wave in plan.waves for dag in wave.dags}


def _some(words: list[str]) -> str:
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return "; ".join(words[:SHOWN]) + more
