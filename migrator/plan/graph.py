"""Graphs of DAG ids: groups that hang together, cycles, paths, and an order without cycles. Deterministic."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrator.model.plan import Edge


def groups(dag_ids: Iterable[str], edges: Iterable[Edge]) -> tuple[tuple[str, ...], ...]:
    """The connected components, each sorted, in the order of their first id."""
    parent = {dag_id: dag_id for dag_id in dag_ids}

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for edge in edges:
        one, other = sorted((root(edge.source), root(edge.target)))
        parent[other] = one
    members: defaultdict[str, list[str]] = defaultdict(list)
    for dag_id in sorted(parent):
        members[root(dag_id)].append(dag_id)
    return tuple(tuple(members[first]) for first in sorted(members))


def cycles(nodes: Sequence[str], near: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The strongly connected components: nodes that reach each other, each sorted; predecessors come first.

    Sharir, "A strong-connectivity algorithm and its applications in data flow analysis" (1981): the ends of one
    depth-first search give the order for a second one against the edges.
    """
    against: defaultdict[str, list[str]] = defaultdict(list)
    for node, others in near.items():
        for other in others:
            against[other].append(node)
    seen: set[str] = set()
    ended = [node for first in nodes for node in _ended(first, near, seen)]
    seen.clear()
    components = (_ended(first, against, seen) for first in reversed(ended))
    return tuple(tuple(sorted(found)) for found in components if found)


def _ended(first: str, near: Mapping[str, Sequence[str]], seen: set[str]) -> list[str]:
    """What is reached from ``first`` and was not ``seen``, in the order in which a depth-first search leaves it."""
    if first in seen:
        return []
    seen.add(first)
    left, work = [], [(first, iter(near.get(first, ())))]
    while work:
        node, others = work[-1]
        other = next((one for one in others if one not in seen), None)
        if other is None:
            left.append(node)
            work.pop()
        else:
            seen.add(other)
            work.append((other, iter(near.get(other, ()))))
    return left


def levels(order: Iterable[str], before: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """How many nodes the longest way to each one has, for nodes in an order that keeps ``before``."""
    found: dict[str, int] = {}
    for node in order:
        found[node] = max((found[other] + 1 for other in before.get(node, ())), default=0)
    return found


def followers(nodes: Sequence[str], near: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many other nodes each one reaches. Sets are bits of one integer, so thousands of nodes take a moment."""
    components = cycles(nodes, near)
    home = {node: number for number, component in enumerate(components) for node in component}
    bit = {node: 1 << place for place, node in enumerate(nodes)}
    reached = [0] * len(components)
    for number in range(len(components) - 1, -1, -1):
        for node in components[number]:
            reached[number] |= bit[node]
            for other in near.get(node, ()):
                reached[number] |= reached[home[other]]
    return {node: reached[home[node]].bit_count() - 1 for node in nodes}


def path(start: str, end: str, edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """The edges of a shortest way from ``start`` to ``end``, directions ignored; empty when there is none."""
    near: defaultdict[str, list[tuple[str, Edge]]] = defaultdict(list)
    for edge in edges:
        near[edge.source].append((edge.target, edge))
        near[edge.target].append((edge.source, edge))
    came: dict[str, tuple[str, Edge] | None] = {start: None}
    queue = deque([start])
    while queue and end not in came:
        node = queue.popleft()
        for other, edge in near[node]:
            if other not in came:
                came[other] = (node, edge)
                queue.append(other)
    return _walk_back(end, came)


def _walk_back(end: str, came: Mapping[str, tuple[str, Edge] | None]) -> tuple[Edge, ...]:
    steps = []
    step = came.get(end)
    while step is not None:
        node, edge = step
        steps.append(edge)
        step = came[node]
    return tuple(reversed(steps))


class AcyclicOrder:
    """A topological order that takes one constraint after another and refuses those that close a cycle.

    Pearce and Kelly, "A Dynamic Topological Sort Algorithm for Directed Acyclic Graphs" (2006): only the nodes
    between the two ends of a new constraint are looked at, so thousands of constraints take a moment.
    """

    __slots__ = ("_after", "_before", "_position")

    def __init__(self, nodes: Sequence[str]) -> None:
        self._position = {node: index for index, node in enumerate(nodes)}
        self._after: defaultdict[str, list[str]] = defaultdict(list)
        self._before: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, first: str, second: str) -> bool:
        """Ask that ``first`` come before ``second``; False, and nothing changes, when it would close a cycle."""
        low, high = self._position[second], self._position[first]
        if first == second:
            return False
        if low < high:
            later = self._reach(second, self._after, low, high)
            if first in later:
                return False
            self._reorder(self._reach(first, self._before, low, high), later)
        self._after[first].append(second)
        self._before[second].append(first)
        return True

    def _reach(self, start: str, near: Mapping[str, list[str]], low: int, high: int) -> set[str]:
        seen, stack = {start}, [start]
        while stack:
            for node in near.get(stack.pop(), ()):
                if node not in seen and low <= self._position[node] <= high:
                    seen.add(node)
                    stack.append(node)
        return seen

    def _reorder(self, earlier: set[str], later: set[str]) -> None:
        nodes = [*sorted(earlier, key=self._position.__getitem__), *sorted(later, key=self._position.__getitem__)]
        for node, position in zip(nodes, sorted(self._position[node] for node in nodes), strict=True):
            self._position[node] = position
