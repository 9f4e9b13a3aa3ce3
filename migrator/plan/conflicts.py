"""Constraints that can't hold at once: the errors that name them, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.errors import UsageError
from migrator.plan.constraints import at_odds, in_words
from migrator.plan.graph import path
from migrator.plan.order import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrator.model.plan import Edge
    from migrator.plan.constraints import Constraints
    from migrator.plan.units import Unit

LOOSEN = "take one of them out of migrate.toml"


def check_group(group: Sequence[str], pin: int | None, edges: Sequence[Edge], constraints: Constraints) -> None:
    """UsageError when DAGs that must share a wave may not, or may not in the one that they are pinned to."""
    _check_apart(group, edges, constraints)
    _check_windows(group, edges, constraints)
    if pin is not None:
        _check_pin(group, pin, constraints)


def check_order(up: tuple[int, str] | None, own: tuple[int, str] | None, edges: Sequence[Edge]) -> None:
    """UsageError when what comes after a pinned DAG is pinned to an earlier wave; both are waves and DAG ids."""
    if up is None or own is None or up[0] <= own[0]:
        return
    raise UsageError(
        f"{up[1]} is pinned to wave {up[0]} and {own[1]} to wave {own[0]}",
        why=f"{own[1]} comes after {up[1]} and may not move before it: {way(up[1], own[1], edges)}",
        fix="pin them to the same wave, or the upstream one to an earlier wave, in migrate.toml",
    )


def pins_at_odds(unit: Unit, other: str, number: int, why: str) -> UsageError:
    """Two units are pinned to a wave that they may not share."""
    return UsageError(
        f"{unit.name} and {other} are pinned to wave {number} and may not share it",
        why=why,
        fix="pin one of them to another wave, or " + LOOSEN,
    )


def no_wave_left(unit: Unit, why: str) -> UsageError:
    """A unit would have to move by some wave, and no place was found in time."""
    return UsageError(
        f"no wave was found for {unit.name}, which must move by wave {unit.latest}",
        why=f"{unit.due}, which comes after it, is pinned to wave {unit.latest}; {why}",
        fix=f"pin {unit.due} to a later wave, pin {unit.name}, or raise plan.wave_size, in migrate.toml",
    )


def way(one: str, other: str, edges: Iterable[Edge]) -> str:
    """The edges that tie two DAGs, in words."""
    return ", ".join(f"{describe(edge)} ({edge.via})" for edge in path(one, other, edges))


def _check_apart(group: Sequence[str], edges: Sequence[Edge], constraints: Constraints) -> None:
    """Each DAG against the first of its rule: all may share a wave only when all fit the same single pattern."""
    first: dict[int, tuple[str, int]] = {}
    for dag_id in group:
        for rule, side in constraints.sides[dag_id]:
            one, there = first.setdefault(rule, (dag_id, side))
            if one != dag_id and at_odds(there, side):
                raise UsageError(
                    f"{one} and {dag_id} may never share a wave, and must",
                    why=f"forbids of migrate.toml: {in_words(constraints.forbids[rule])}; {way(one, dag_id, edges)}",
                    fix=f"take {in_words(constraints.forbids[rule])} out of migrate.toml, or untie the DAGs",
                )


def _check_windows(group: Sequence[str], edges: Sequence[Edge], constraints: Constraints) -> None:
    windows: frozenset[str] = frozenset()
    bound: list[str] = []
    for dag_id in group:
        own = constraints.windows[dag_id]
        if own and not constraints.calendar.meet(windows | own):
            ties = way(bound[0], dag_id, edges) if bound else ""
            raise UsageError(
                f"{dag_id} could never be cut over",
                why=f"{constraints.calendar.words(windows | own)} are never open at once"
                + (f"; it must share a wave with {bound[0]}: {ties}" if ties else ""),
                fix="widen one of plan.windows in migrate.toml",
            )
        windows |= own
        bound += [dag_id] if own else []


def _check_pin(group: Sequence[str], pin: int, constraints: Constraints) -> None:
    for dag_id in group:
        if pin in constraints.barred[dag_id]:
            raise UsageError(
                f"{dag_id} is pinned to wave {pin} and forbidden there",
                why="plan.pins and plan.forbids of migrate.toml contradict each other"
                + (f"; the {len(group)} DAGs of its group move as one" if len(group) > 1 else ""),
                fix=LOOSEN,
            )
    windows = frozenset[str]().union(*(constraints.windows[dag_id] for dag_id in group))
    if not constraints.meet(pin, windows):
        both = windows | constraints.wave_windows.get(pin, frozenset())
        raise UsageError(
            f"{group[0]} is pinned to wave {pin} and could never be cut over there",
            why=f"{constraints.calendar.words(both)} are never open at once",
            fix="pin it to another wave, or widen one of plan.windows, in migrate.toml",
        )
