"""Say why each DAG is where it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.model.plan import PlannedDag
from migrator.plan.confidence import confidence_of
from migrator.plan.edges import own_pools
from migrator.plan.order import BECAUSE, describe

if TYPE_CHECKING:
    from migrator.model.dag import Dag
    from migrator.plan.constraints import Constraints
    from migrator.plan.estate import Estate
    from migrator.plan.order import PauseOrder
    from migrator.plan.units import Unit
    from migrator.plan.waves import Slot

SHOWN = 5
BRIDGED = "they are in two waves, so keep a bridge running from the first to the second: migrate bridge"


def planned_dags(slot: Slot, estate: Estate, order: PauseOrder, constraints: Constraints) -> tuple[PlannedDag, ...]:
    """The DAGs of one wave, by id, each with its reasons."""
    own = {dag_id for unit in slot.units for dag_id in unit.dag_ids}
    planned = [
        replace(
            _planned(dag_id, whys, own, estate, order),
            constraints=(*pinned(unit, dag_id), *constraints.words(dag_id)),
        )
        for unit, whys in zip(slot.units, slot.whys, strict=True)
        for dag_id in unit.dag_ids
    ]
    return tuple(sorted(planned, key=lambda dag: dag.dag_id))


def pinned(unit: Unit, dag_id: str) -> tuple[str, ...]:
    """That a person chose the wave, or that a pin downstream asks for one."""
    if unit.pin is not None:
        return (f"pinned to wave {unit.pin}" + (f" with {unit.due}" if unit.due != dag_id else ""),)
    return (f"not after wave {unit.latest}, where {unit.due} is pinned",) if unit.due else ()


def _planned(dag_id: str, whys: tuple[str, ...], own: set[str], estate: Estate, order: PauseOrder) -> PlannedDag:
    dag, risk = estate.dags[dag_id], estate.risks[dag_id]
    confidence = confidence_of(dag_id, estate)
    return PlannedDag(
        dag_id=dag_id,
        file=dag.file,
        file_md5=estate.files.get(dag.file, ""),
        paused_in_source=dag.state == "paused",
        risk=risk.score,
        reasons=(
            *whys,
            *_state(dag),
            *_ties(dag_id, own, estate),
            *order.dropped.get(dag_id, ()),
            *_split_pools(dag_id, own, estate),
            *(f"unknown: {one.said}" for one in estate.unknown[dag_id]),
            *(f"risk: {reason}" for reason in risk.reasons),
        ),
        pause_after=order.after.get(dag_id, ()),
        confidence=confidence.score,
        doubts=confidence.doubts,
        readiness=estate.readiness[dag_id].readiness.value if dag_id in estate.readiness else "",
        blocked_by=estate.readiness[dag_id].blocked_by if dag_id in estate.readiness else (),
        review=len(estate.readiness[dag_id].review) if dag_id in estate.readiness else 0,
    )


def _state(dag: Dag) -> tuple[str, ...]:
    match dag.state:
        case "paused":
            return ("paused in the source: it is carried over and stays paused",)
        case "unknown":
            return ("whether it is paused in the source is unknown",)
        case _:
            return ()


def _ties(dag_id: str, own: set[str], estate: Estate) -> tuple[str, ...]:
    words = [
        f"{describe(edge)} ({edge.via}); {BECAUSE[edge.kind] if {edge.source, edge.target} <= own else BRIDGED}"
        for edge in estate.touching[dag_id]
        if edge.kind in BECAUSE
    ]
    more = (f"and {len(words) - SHOWN} more edges",) if len(words) > SHOWN else ()
    return (*words[:SHOWN], *more)


def _split_pools(dag_id: str, own: set[str], estate: Estate) -> tuple[str, ...]:
    return tuple(
        f"pool {pool} is used in other waves too; while they are split, its slots count in both environments"
        for pool in own_pools(estate.dags[dag_id])
        if not estate.pool_users[pool] <= own
    )
