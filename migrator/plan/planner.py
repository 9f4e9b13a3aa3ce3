"""Make a plan from an inventory: a pure function; the same input gives the same plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.model.plan import LeftOut, Plan, Wave
from migrator.plan.edges import own_pools
from migrator.plan.estate import Estate, gather
from migrator.plan.explain import planned_dags
from migrator.plan.graph import groups
from migrator.plan.order import orders, pause_order
from migrator.plan.pins import check_pins, pin_of
from migrator.plan.waves import CANARY, CANARY_KINDS, Slot, Unit, pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.model.inventory import Inventory
    from migrator.model.plan import Edge
    from migrator.plan.options import PlanOptions

NEVER_PLANNED = {
    "airflow_monitoring": "Composer's own liveness DAG: each environment has its own",
    "composer_migrator_agent": "the agent of this tool",
}


def plan(inventory: Inventory, files: Mapping[str, str], options: PlanOptions) -> Plan:
    """Put every DAG into a wave, or leave it out with a reason.

    ``files`` maps a DAG file, relative to the DAGs folder, to the md5 of what will be deployed for it, as base64.
    UsageError when the pins can't be met.
    """
    left_out = _left_out(inventory)
    estate = gather(inventory, files, left_out)
    check_pins(options.pins, estate.dags, left_out)
    hard = estate.hard
    units = [_unit(group, estate, pin_of(group, options.pins, hard)) for group in groups(estate.dags, hard)]
    slots = pack(units, options)
    order = pause_order(estate.dags, filter(orders, hard))
    return Plan(
        inventory_fingerprint=options.fingerprint,
        source=options.source,
        target=options.target,
        waves=tuple(Wave(slot.number, _title(slot, estate), planned_dags(slot, estate, order)) for slot in slots),
        edges=estate.edges,
        unknown_edges=estate.unknown_edges,
        left_out=_listed(left_out, inventory),
    )


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


def _unit(group: tuple[str, ...], estate: Estate, pin: int | None) -> Unit:
    first = estate.dags[group[0]]
    alone = len(group) == 1 and not first.paused and not estate.unknown[first.dag_id]
    able = alone and first.schedule.kind in CANARY_KINDS
    return Unit(
        dag_ids=group,
        risk=max(estate.risks[dag_id].score for dag_id in group),
        pool=min((pool for dag_id in group for pool in own_pools(estate.dags[dag_id])), default=""),
        pin=pin,
        canary_kind=first.schedule.kind if able else None,
        period=estate.periods[first.dag_id],
    )


def _title(slot: Slot, estate: Estate) -> str:
    scores = [estate.risks[dag_id].score for unit in slot.units for dag_id in unit.dag_ids]
    span = f"{min(scores)}" if min(scores) == max(scores) else f"{min(scores)}-{max(scores)}"
    name = "canary" if slot.number == CANARY else f"wave {slot.number}"
    return f"{name}: {len(scores)} DAG{'s' if len(scores) > 1 else ''}, risk {span}"
