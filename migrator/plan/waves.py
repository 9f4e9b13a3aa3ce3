"""Pack groups of DAGs into waves: canaries first, then by level and risk, as constraints and capacity allow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.plan.conflicts import no_wave_left, pins_at_odds
from migrator.plan.constraints import at_odds, in_words
from migrator.plan.units import CANARY, CANARY_KINDS, RISK_BAND, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrator.plan.constraints import Constraints
    from migrator.plan.options import PlanOptions

BY_RISK = "waves go from low to high risk"
DAY = 86_400
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """A wave's number, its units, and why each is there and not before, in the same order."""

    number: int
    units: tuple[Unit, ...]
    whys: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Filling:
    """A wave while it is filled."""

    number: int
    held: list[tuple[Unit, str]] = field(default_factory=list)
    dags: int = 0
    running: float = 0.0
    windows: frozenset[str] = frozenset()
    sides: dict[int, tuple[int, Unit]] = field(default_factory=dict)

    def add(self, unit: Unit, why: str) -> None:
        """Take a unit in."""
        self.held.append((unit, why))
        self.dags += len(unit.dag_ids)
        self.running += unit.running
        self.windows |= unit.windows
        for rule, side in unit.sides:
            self.sides.setdefault(rule, (side, unit))

    def full_for(self, unit: Unit, options: PlanOptions) -> str:
        """Which bound the unit would break; empty when it fits, and in an empty wave everything does."""
        if not self.held:
            return ""
        if self.dags + len(unit.dag_ids) > options.wave_size:
            return f"DAGs there already: {self.dags}, and the wave size is {options.wave_size}"
        most = options.wave_running
        if most is not None and unit.running and self.running + unit.running > most:
            return f"about {self.running + unit.running:.1f} runs would be under way at once, more than {most:g}"
        return ""

    def shuts_out(self, unit: Unit, constraints: Constraints) -> tuple[str, Unit | None]:
        """The constraint that keeps the unit out, and the unit that it is at odds with; empty when none does."""
        if self.number in unit.barred:
            return "it is forbidden", None
        for rule, side in unit.sides:
            there = self.sides.get(rule)
            if there and at_odds(there[0], side):
                return f"{there[1].name} is there ({in_words(constraints.forbids[rule])})", there[1]
        windows = self.windows | unit.windows
        if windows and not constraints.meet(self.number, windows):
            other = next((held for held, _ in self.held if held.windows - unit.windows), None)
            return "its window and that of the wave are never open at once", other
        return "", None


def pack(units: Sequence[Unit], options: PlanOptions, constraints: Constraints) -> tuple[Slot, ...]:
    """Every unit in exactly one wave, by number; no wave is empty. UsageError when pins leave no place.

    List scheduling by (deadline, level, risk). What does not fit any more ends a wave for all of higher rank, so that
    risk never falls from wave to wave of a level; what a constraint keeps out of a wave is passed over.
    """
    packing = _Packing(options, constraints)
    units = sorted(units, key=lambda unit: unit.dag_ids)
    for unit in units:
        if unit.pin is not None:
            packing.pin(unit, unit.pin)
    free = [unit for unit in units if unit.pin is None]
    if not packing.wave(CANARY).held and len(free) > 1:
        for unit in packing.canaries(free):
            packing.place(unit, CANARY, f"canary: lowest risk of the {unit.canary_kind} DAGs without dependencies")
    packing.fill(sorted((unit for unit in free if unit.name not in packing.placed), key=_rank))
    return packing.slots()


class _Packing:
    """The waves so far, where each unit went, and what kept it out of others."""

    __slots__ = ("_constraints", "_kept_out", "_options", "_waves", "placed")

    def __init__(self, options: PlanOptions, constraints: Constraints) -> None:
        self._options = options
        self._constraints = constraints
        self._waves: dict[int, Filling] = {}
        self._kept_out: defaultdict[str, list[str]] = defaultdict(list)
        self.placed: dict[str, int] = {}

    def wave(self, number: int) -> Filling:
        """The wave of that number, perhaps empty."""
        return self._waves.setdefault(number, Filling(number))

    def place(self, unit: Unit, number: int, why: str) -> None:
        """Put a unit into a wave."""
        self.wave(number).add(unit, why)
        self.placed[unit.name] = number

    def pin(self, unit: Unit, number: int) -> None:
        """Put a unit where a person wants it, whatever the size; UsageError when a constraint keeps it out."""
        why, other = self.wave(number).shuts_out(unit, self._constraints)
        if why:
            raise pins_at_odds(unit, other.due if other else "", number, why)
        self.place(unit, number, f"pinned to wave {number}")

    def canaries(self, units: Sequence[Unit]) -> Iterator[Unit]:
        """The lowest-risk candidate of each schedule kind; one that runs daily or more often is preferred.

        A canary that runs once a month would tell nothing for a month.
        """
        for kind in CANARY_KINDS[: self._options.canaries]:
            able = (unit for unit in units if unit.canary_kind is kind)
            able = (unit for unit in able if not self.wave(CANARY).shuts_out(unit, self._constraints)[0])
            chosen = min(able, key=lambda unit: ((unit.period or 0) > DAY, unit.risk, unit.dag_ids), default=None)
            if chosen:
                yield chosen

    def fill(self, waiting: list[Unit]) -> None:
        """Place these units, which come by rank, wave after wave."""
        number = CANARY
        while waiting:
            rest = self._fill_one(number, waiting)
            for unit in rest:
                if unit.latest is not None and unit.latest <= number:
                    raise no_wave_left(unit, (self._kept_out[unit.name] or ["no place is left"])[-1])
            held = self.wave(number).held
            number = number + 1 if held else min((_next(unit, number) for unit in rest), default=number)
            waiting = rest

    def _fill_one(self, number: int, waiting: Sequence[Unit]) -> list[Unit]:
        """Put into one wave what may go there; what is left, by rank."""
        wave, rest, ended = self.wave(number), [], None
        for index, unit in enumerate(waiting):
            rank = _rank(unit)[:3]
            if ended and rank > ended:
                return rest + list(waiting[index:])
            if number < unit.earliest or any(self.placed.get(name, number + 1) > number for name in unit.before):
                rest.append(unit)
                continue
            why, _ = wave.shuts_out(unit, self._constraints)
            full = "" if why else wave.full_for(unit, self._options)
            if why or full:
                self._kept_out[unit.name].append(f"not in wave {number}: {why or full}")
                ended = rank if full else ended
                rest.append(unit)
            else:
                self.place(unit, number, _why(unit, self._options.wave_size))
        return rest

    def slots(self) -> tuple[Slot, ...]:
        """The waves that hold something."""
        return tuple(self._slot(self._waves[number]) for number in sorted(self._waves) if self._waves[number].held)

    def _slot(self, wave: Filling) -> Slot:
        whys = tuple((why, *self._kept_out[unit.name][-SHOWN:]) for unit, why in wave.held)
        return Slot(wave.number, tuple(unit for unit, _ in wave.held), whys)


def _next(unit: Unit, number: int) -> int:
    """The first wave after ``number`` that the unit may be in, as far as it alone can tell."""
    number = max(number + 1, unit.earliest)
    while number in unit.barred:
        number += 1
    return number


def _why(unit: Unit, size: int) -> str:
    if len(unit.dag_ids) > size:
        return f"its group of {len(unit.dag_ids)} DAGs is larger than the wave size of {size}, so it gets its own wave"
    return f"{BY_RISK}; that of its group is {unit.risk}"


def _rank(unit: Unit) -> tuple[float, int, int, str, int, tuple[str, ...]]:
    by = float("inf") if unit.latest is None else float(unit.latest)
    return (by, unit.level, unit.risk // RISK_BAND, unit.pool, unit.risk, unit.dag_ids)
