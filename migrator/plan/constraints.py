"""What a person forbade and when waves may go, spelled out for each DAG of the estate."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from migrator.errors import UsageError
from migrator.plan.pins import near_matches
from migrator.plan.windows import Calendar, windows_of_dag, windows_of_wave

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from migrator.model.window import Window
    from migrator.plan.options import Forbid, PlanOptions

WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Constraints:
    """By DAG id: the waves that it may not be in, its sides in the rules of apartness, the windows that bind it.

    A side is the number of a rule in ``forbids`` and a bit for each of its patterns that the DAG fits.
    ``wave_windows`` names the windows that bind a wave whatever is in it.
    """

    forbids: tuple[Forbid, ...]
    barred: Mapping[str, frozenset[int]]
    sides: Mapping[str, tuple[tuple[int, int], ...]]
    windows: Mapping[str, frozenset[str]]
    wave_windows: Mapping[int, frozenset[str]]
    calendar: Calendar

    def meet(self, number: int, windows: frozenset[str]) -> bool:
        """Whether these windows and those of the wave are ever open at once."""
        return self.calendar.meet(windows | self.wave_windows.get(number, frozenset()))

    def words(self, dag_id: str) -> tuple[str, ...]:
        """What binds the DAG, for a person."""
        barred = sorted(self.barred[dag_id])
        apart = [f"never in a wave with others of {in_words(self.forbids[rule])}" for rule, _ in self.sides[dag_id]]
        windows = self.windows[dag_id]
        return (
            *([f"never in wave {', '.join(str(number) for number in barred)}"] if barred else []),
            *apart,
            *([f"only within {self.calendar.words(windows)}"] if windows else []),
        )


def resolve(options: PlanOptions, dag_ids: Collection[str], left_out: Collection[str], now: datetime) -> Constraints:
    """The constraints of ``options`` by DAG; UsageError for a name or pattern that fits no DAG, which hides a slip."""
    known = {*dag_ids, *left_out}
    for where, pattern in _patterns(options):
        if not any(fnmatchcase(dag_id, pattern) for dag_id in known):
            raise UsageError(
                f"{pattern} in {where} of migrate.toml fits no DAG of the inventory",
                why="no pattern fits" if WILD & set(pattern) else near_matches(pattern, known),
                fix=f"correct {where}, or run: migrate inventory",
            )
    numbers = {number for window in options.windows for number in window.waves}
    return Constraints(
        forbids=options.forbids,
        barred=_barred(options.forbids, dag_ids),
        sides=_sides(options.forbids, dag_ids),
        windows={dag_id: _names(windows_of_dag(dag_id, options.windows)) for dag_id in dag_ids},
        wave_windows={number: _names(windows_of_wave(number, options.windows)) for number in numbers},
        calendar=Calendar(options.windows, now),
    )


def at_odds(one: int, other: int) -> bool:
    """Whether two sides of one rule may not share a wave: they may when both fit the same single pattern."""
    return one != other or one.bit_count() > 1


def in_words(forbid: Forbid) -> str:
    """A rule as it stands in the file."""
    if forbid.apart:
        return f"apart = [{', '.join(forbid.apart)}]"
    return f"dags = [{', '.join(forbid.dags)}], waves = [{', '.join(str(number) for number in forbid.waves)}]"


def _patterns(options: PlanOptions) -> list[tuple[str, str]]:
    return [
        *(("plan.forbids", pattern) for forbid in options.forbids for pattern in (*forbid.dags, *forbid.apart)),
        *((f"plan.windows.{window.name}", pattern) for window in options.windows for pattern in window.dags),
        *(("plan.critical", pattern) for pattern in options.critical if not pattern.startswith("tag:")),
    ]


def _barred(forbids: Sequence[Forbid], dag_ids: Iterable[str]) -> dict[str, frozenset[int]]:
    return {
        dag_id: frozenset(number for one in forbids if _fits(dag_id, one.dags) for number in one.waves)
        for dag_id in dag_ids
    }


def _sides(forbids: Sequence[Forbid], dag_ids: Iterable[str]) -> dict[str, tuple[tuple[int, int], ...]]:
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    ids = list(dag_ids)
    for rule, forbid in enumerate(forbids):
        for dag_id in ids:
            bits = sum(1 << bit for bit, pattern in enumerate(forbid.apart) if fnmatchcase(dag_id, pattern))
            if bits:
                found[dag_id].append((rule, bits))
    return {dag_id: tuple(found[dag_id]) for dag_id in ids}


def _fits(dag_id: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(dag_id, pattern) for pattern in patterns)


def _names(windows: Iterable[Window]) -> frozenset[str]:
    return frozenset(window.name for window in windows)
