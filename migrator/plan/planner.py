"""Make a plan from an inventory: a pure function; the same input gives the same plan."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from migrator.model.plan import LeftOut, Plan, Strength, Wave
from migrator.plan.confidence import wave_confidence
from migrator.plan.constraints import resolve
from migrator.plan.estate import Estate, Known, gather
from migrator.plan.explain import planned_dags
from migrator.plan.order import orders, pause_order
from migrator.plan.pins import check_pins
from migrator.plan.units import CANARY, make_units
from migrator.plan.waves import Slot, pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.model.inventory import Inventory
    from migrator.model.plan import Edge, PlannedDag
    from migrator.model.readiness import DagReadiness
    from migrator.plan.options import PlanOptions

BRIDGE = "migrate bridge"
NOTHING: Mapping[str, DagReadiness] = MappingProxyType({})
NEVER_PLANNED = {
    "airflow_monitoring": "Composer's own liveness DAG: each environment has its own",
    "composer_migrator_agent": "the agent of this tool",
}


def plan(
    inventory: Inventory,
    files: Mapping[str, str],
    options: PlanOptions,
    readiness: Mapping[str, DagReadiness] = NOTHING,
) -> Plan:
    """Put every DAG into a wave, or leave it out with a reason.

    ``files`` maps a DAG file, relative to the DAGs folder, to the md5 of what will be deployed for it, as base64;
    ``readiness`` is what the assessment says of each DAG, by id.
    UsageError when pins, forbids, windows and what ties the DAGs can't all hold, naming those that can't.
    """
    left_out = _left_out(inventory)
    estate = gather(inventory, Known(files, readiness), left_out, options.critical)
    check_pins(options.pins, estate.dags, left_out)
    constraints = resolve(options, estate.dags, left_out, inventory.captured_at)
    slots = pack(make_units(estate, options, constraints), options, constraints)
    where = {dag_id: slot.number for slot in slots for unit in slot.units for dag_id in unit.dag_ids}
    order = pause_order(estate.dags, (e for e in estate.edges if orders(e) and where[e.source] == where[e.target]))
    return Plan(
        inventory_fingerprint=options.fingerprint,
        source=options.source,
        target=options.target,
        waves=tuple(_wave(slot, estate, planned_dags(slot, estate, order, constraints)) for slot in slots),
        edges=tuple(_bridged(edge, where, options) for edge in estate.edges),
        unknown_edges=estate.unknown_edges,
        left_out=_listed(left_out, inventory),
    )


def _wave(slot: Slot, estate: Estate, dags: tuple[PlannedDag, ...]) -> Wave:
    sure = wave_confidence(dags, estate)
    return Wave(slot.number, _title(slot, estate), dags, sure.score, sure.doubts)


def _bridged(edge: Edge, where: Mapping[str, int], options: PlanOptions) -> Edge:
    """The edge with what serves it while its two ends are split."""
    cut = edge.strength is Strength.ORDERED and where[edge.source] != where[edge.target]
    return replace(edge, bridge=BRIDGE) if cut and options.bridge_waits else edge


def cut_edges(plan: Plan) -> tuple[Edge, ...]:
    """The edges whose two ends are in different waves; only soft ones, unless the file was edited."""
    where = {dag.dag_id: wave.number for wave in plan.waves for dag in wave.dags}
    return tuple(edge for edge in plan.edges if where.get(edge.source) != where.get(edge.target))


def gist(message: str) -> str:
    """The last line of an import error, which names the exception."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no message"


def _left_out(inventory: Inventory) -> dict[str, str]:
    broken = {one.file: f"{one.file} cannot be imported: {gist(one.message)}" for one in inventory.broken_files}
    why = {dag.dag_id: NEVER_PLANNED.get(dag.dag_id) or broken.get(dag.file) for dag in inventory.dags}
    return {dag_id: reason for dag_id, reason in why.items() if reason}


def _listed(left_out: Mapping[str, str], inventory: Inventory) -> tuple[LeftOut, ...]:
    """The DAGs that are left out, and the files that are broken or whose DAGs nobody can list."""
    files = {f"{one.file} line {one.line}": one.why for one in inventory.unlisted}
    files |= {one.file: f"cannot be imported: {gist(one.message)}" for one in inventory.broken_files}
    return tuple(LeftOut(name, why) for name, why in sorted({**left_out, **files}.items()))


def _title(slot: Slot, estate: Estate) -> str:
    scores = [estate.risks[dag_id].score for unit in slot.units for dag_id in unit.dag_ids]
    span = f"{min(scores)}" if min(scores) == max(scores) else f"{min(scores)}-{max(scores)}"
    name = "canary" if slot.number == CANARY else f"wave {slot.number}"
    return f"{name}: {len(scores)} DAG{'s' if len(scores) > 1 else ''}, risk {span}"
