"""Put the DAGs of a group into layers, so that what acts on another stands left of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from migrator.plan.graph import AcyclicOrder, levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Placed:
    """A name in a column and a row of its group, both from 0."""

    name: str
    layer: int
    row: int


def layered(names: Sequence[str], flow: Iterable[tuple[str, str]]) -> tuple[Placed, ...]:
    """Each name once: its layer is its longest way from a start, its row is near those that it comes after.

    Sugiyama, "Methods for visual understanding of hierarchical system structures" (1981), without its dummy nodes:
    where a cycle closes, its last line runs backwards.
    """
    after: defaultdict[str, set[str]] = defaultdict(set)
    before: defaultdict[str, set[str]] = defaultdict(set)
    for source, target in flow:
        after[source].add(target)
        before[target].add(source)
    layer = _layers(names, {name: sorted(others) for name, others in sorted(after.items())})
    columns: defaultdict[int, list[str]] = defaultdict(list)
    for name in sorted(names):
        columns[layer[name]].append(name)
    row: dict[str, int] = {}
    for number in sorted(columns):
        column = sorted(columns[number], key=lambda name: (_middle(before[name], row), name))
        row |= {name: place for place, name in enumerate(column)}
    return tuple(Placed(name, layer[name], row[name]) for name in sorted(names))


def _layers(names: Sequence[str], after: Mapping[str, Sequence[str]]) -> dict[str, int]:
    order = AcyclicOrder(sorted(names))
    before: dict[str, list[str]] = {name: [] for name in sorted(names)}
    for name, others in after.items():
        for other in others:
            if order.add(name, other):
                before[other].append(name)
    return levels(TopologicalSorter(before).static_order(), before)


def _middle(names: Iterable[str], row: Mapping[str, int]) -> float:
    places = [row[name] for name in names if name in row]
    return sum(places) / len(places) if places else float("inf")
