"""What the planner moves: groups of DAGs that must share a wave, and the order in which they may go."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migrator.model.dag import ScheduleKind
from migrator.model.plan import Strength
from migrator.plan.conflicts import check_group, check_order
from migrator.plan.edges import TIES, own_pools
from migrator.plan.graph import cycles, groups, levels
from migrator.plan.pins import pin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrator.model.plan import Edge
    from migrator.plan.constraints import Constraints
    from migrator.plan.estate import Estate
    from migrator.plan.options import PlanOptions

RISK_BAND = 25  # inside a band, DAGs that share a pool stand next to each other
CANARY = 0
CANARY_KINDS = (ScheduleKind.CRON, ScheduleKind.DELTA, ScheduleKind.NONE)
MATTERS = frozenset({"schedule", "start_date", "end_date", "catchup", "max_active_runs", "edges", *TIES})
"""Facts without which it is unknown what a DAG will do: one that lacks them goes first in no plan."""


@dataclass(frozen=True, slots=True)
class Unit:
    """DAGs that must share a wave; ``risk`` is the highest of them, ``pool`` the first pool they use.

    ``running``: their runs under way at once, on average. ``canary_kind`` is set on a unit that may be a canary;
    ``period`` is its own in seconds. ``before`` names the units, by their first DAG, that may not come later;
    ``level`` is how many of them the longest way has. ``earliest`` and ``latest`` follow from pins, its own included;
    ``due`` is the pinned DAG that ``latest`` comes from.
    ``barred``: waves it may not be in; ``windows``: those that bind it; ``sides``: its side in each rule of apartness.
    """

    dag_ids: tuple[str, ...]
    risk: int
    pool: str = ""
    running: float = 0.0
    pin: int | None = None
    canary_kind: ScheduleKind | None = None
    period: float | None = None
    before: tuple[str, ...] = ()
    level: int = 0
    earliest: int = CANARY + 1
    latest: int | None = None
    due: str = ""
    barred: frozenset[int] = frozenset()
    windows: frozenset[str] = frozenset()
    sides: tuple[tuple[int, int], ...] = ()

    @property
    def name(self) -> str:
        """Its first DAG."""
        return self.dag_ids[0]


def make_units(estate: Estate, options: PlanOptions, constraints: Constraints) -> tuple[Unit, ...]:
    """The units of an estate, none before one that it may not precede; UsageError when constraints contradict.

    Union-find on the edges that bind, then strongly connected components on those that only order, then levels.
    """
    binding, ordering = split_edges(estate.edges, bridge_waits=options.bridge_waits)
    merged, before = _merged(groups(estate.dags, binding), ordering)
    hard = (*binding, *ordering)
    level = levels((unit[0] for unit in merged), before)
    units = []
    for group in merged:
        pin = pin_of(group, options.pins, hard)
        check_group(group, pin, hard, constraints)
        due = next((dag_id for dag_id in group if dag_id in options.pins), "")
        unit = _unit(group, estate, constraints, level[group[0]])
        units.append(replace(unit, pin=pin, due=due, before=before.get(group[0], ())))
    return with_bounds(units, hard)


def split_edges(edges: Iterable[Edge], *, bridge_waits: bool) -> tuple[tuple[Edge, ...], tuple[Edge, ...]]:
    """The edges that no plan may cut, and those that a bridge serves where they are cut."""
    hard = [edge for edge in edges if edge.strength is not Strength.SOFT]
    ordering = tuple(edge for edge in hard if bridge_waits and edge.strength is Strength.ORDERED)
    return tuple(edge for edge in hard if not bridge_waits or edge.strength is Strength.TOGETHER), ordering


def _merged(
    parts: Sequence[tuple[str, ...]], ordering: Iterable[Edge]
) -> tuple[tuple[tuple[str, ...], ...], dict[str, tuple[str, ...]]]:
    """The parts with those that wait for each other made one, and who comes before whom, by their first DAG."""
    part_of = {dag_id: part[0] for part in parts for dag_id in part}
    near: defaultdict[str, set[str]] = defaultdict(set)
    for edge in ordering:
        near[part_of[edge.source]].add(part_of[edge.target])
    following = {name: sorted(others) for name, others in sorted(near.items())}
    members = {part[0]: part for part in parts}
    components = cycles([part[0] for part in parts], following)
    merged = tuple(tuple(sorted(dag for name in one for dag in members[name])) for one in components)
    unit_of = {name: one[0] for one in components for name in one}
    before: defaultdict[str, set[str]] = defaultdict(set)
    for name, others in following.items():
        for other in others:
            if unit_of[name] != unit_of[other]:
                before[unit_of[other]].add(unit_of[name])
    return merged, {name: tuple(sorted(others)) for name, others in before.items()}


def _unit(group: tuple[str, ...], estate: Estate, constraints: Constraints, level: int) -> Unit:
    first = estate.dags[group[0]]
    return Unit(
        dag_ids=group,
        risk=max(estate.risks[dag_id].score for dag_id in group),
        pool=min((pool for dag_id in group for pool in own_pools(estate.dags[dag_id])), default=""),
        running=sum(estate.running[dag_id] for dag_id in group),
        canary_kind=first.known_schedule.kind if _may_be_canary(group, estate) else None,
        period=estate.periods[first.dag_id],
        level=level,
        barred=frozenset[int]().union(*(constraints.barred[dag_id] for dag_id in group)),
        windows=frozenset[str]().union(*(constraints.windows[dag_id] for dag_id in group)),
        sides=tuple(sorted({side for dag_id in group for side in constraints.sides[dag_id]})),
    )


def _may_be_canary(group: tuple[str, ...], estate: Estate) -> bool:
    """Alone, unpaused, of a plain schedule, with no reference to another DAG, known or not, and ready to move."""
    first = estate.dags[group[0]]
    tied = any(edge.strength is not Strength.SOFT for edge in estate.touching[first.dag_id])
    lonely = len(group) == 1 and not tied and not estate.unknown[first.dag_id]
    plain = first.state != "paused" and first.schedule.kind in CANARY_KINDS and MATTERS.isdisjoint(first.unknown)
    held = estate.readiness.get(first.dag_id)
    return lonely and plain and (held is None or held.settled)


def with_bounds(units: Sequence[Unit], edges: Sequence[Edge]) -> tuple[Unit, ...]:
    """The units, which come in an order that keeps ``before``, between the pins up and down the way of each."""
    earliest: dict[str, tuple[int, str]] = {}
    for unit in units:
        up = max((earliest[name] for name in unit.before if name in earliest), default=None)
        own = None if unit.pin is None else (unit.pin, unit.due)
        check_order(up, own, edges)
        if found := own or up:
            earliest[unit.name] = found
    latest: dict[str, tuple[int, str]] = {}
    for unit in reversed(units):
        if unit.pin is not None:
            latest[unit.name] = (unit.pin, unit.due)
        for name in unit.before:
            if unit.name in latest:
                latest[name] = min(latest.get(name, latest[unit.name]), latest[unit.name])
    return tuple(_bounded(unit, earliest.get(unit.name), latest.get(unit.name)) for unit in units)


def _bounded(unit: Unit, earliest: tuple[int, str] | None, latest: tuple[int, str] | None) -> Unit:
    by, due = latest or (None, "")
    first = min(CANARY + 1, CANARY + 1 if by is None else by)
    return replace(unit, earliest=max(first, earliest[0] if earliest else first), latest=by, due=due)
