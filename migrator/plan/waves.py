"""Pack groups of DAGs into waves: canaries first, then from low risk to high, as pins and the wave's size allow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.model.dag import ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrator.plan.options import PlanOptions

CANARY = 0
CANARY_KINDS = (ScheduleKind.CRON, ScheduleKind.DELTA, ScheduleKind.NONE)
BY_RISK = "waves go from low to high risk"
DAY = 86_400
RISK_BAND = 25  # inside a band, DAGs that share a pool stand next to each other


@dataclass(frozen=True, slots=True)
class Unit:
    """DAGs that must share a wave; ``risk`` is the highest of them, ``pool`` the first pool they use.

    ``canary_kind`` is set on a unit that may be a canary; ``period`` is its own in seconds.
    """

    dag_ids: tuple[str, ...]
    risk: int
    pool: str = ""
    pin: int | None = None
    canary_kind: ScheduleKind | None = None
    period: float | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A wave's number, its units, and why each unit is there, in the same order."""

    number: int
    units: tuple[Unit, ...]
    whys: tuple[str, ...]


def pack(units: Iterable[Unit], options: PlanOptions) -> tuple[Slot, ...]:
    """Every unit in exactly one wave, by number; no wave is empty."""
    waves: defaultdict[int, list[tuple[Unit, str]]] = defaultdict(list)
    units = sorted(units, key=lambda unit: unit.dag_ids)
    for unit in units:
        if unit.pin is not None:
            waves[unit.pin].append((unit, f"pinned to wave {unit.pin}"))
    free = [unit for unit in units if unit.pin is None]
    if CANARY not in waves:
        chosen = _canaries(free, options.canaries) if len(free) > 1 else []
        waves[CANARY] = [(unit, _canary_why(unit)) for unit in chosen]
        free = [unit for unit in free if unit not in chosen]
    _fill(waves, sorted(free, key=_by_risk), options.wave_size)
    return tuple(_slot(number, waves[number]) for number in sorted(waves) if waves[number])


def _fill(waves: defaultdict[int, list[tuple[Unit, str]]], units: Sequence[Unit], size: int) -> None:
    """Next fit: a wave once passed over is not gone back to, so that risk never falls from wave to wave."""
    number = CANARY + 1
    for unit in units:
        while not _fits(unit, waves[number], size):
            number += 1
        waves[number].append((unit, _why(unit, size)))


def _fits(unit: Unit, held: Sequence[tuple[Unit, str]], size: int) -> bool:
    return not held or sum(len(one.dag_ids) for one, _ in held) + len(unit.dag_ids) <= size


def _canaries(units: Sequence[Unit], count: int) -> list[Unit]:
    """The lowest-risk candidate of each schedule kind; one that runs daily or more often is preferred.

    A canary that runs once a month would tell nothing for a month.
    """
    chosen = []
    for kind in CANARY_KINDS[:count]:
        able = [unit for unit in units if unit.canary_kind is kind]
        if able:
            chosen.append(min(able, key=lambda unit: ((unit.period or 0) > DAY, unit.risk, unit.dag_ids)))
    return chosen


def _canary_why(unit: Unit) -> str:
    return f"canary: lowest risk of the {unit.canary_kind} DAGs that nothing ties"


def _why(unit: Unit, size: int) -> str:
    if len(unit.dag_ids) > size:
        return f"its group of {len(unit.dag_ids)} DAGs is larger than the wave size of {size}, so it is a wave alone"
    return f"{BY_RISK}; that of its group is {unit.risk}"


def _by_risk(unit: Unit) -> tuple[int, str, int, tuple[str, ...]]:
    return (unit.risk // RISK_BAND, unit.pool, unit.risk, unit.dag_ids)


def _slot(number: int, held: Sequence[tuple[Unit, str]]) -> Slot:
    return Slot(number, tuple(unit for unit, _ in held), tuple(why for _, why in held))
