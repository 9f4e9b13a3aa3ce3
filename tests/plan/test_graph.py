"""Groups, ways and orders."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.model.plan import Edge, EdgeKind, Strength
from migrator.plan.graph import AcyclicOrder, groups, path

NODES = "abcdef"
PAIRS = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=20)


def edge(source: str, target: str) -> Edge:
    return Edge(source, target, EdgeKind.TRIGGERS, Strength.TOGETHER)


def test_groups_are_sorted_and_complete():
    assert groups("edcba", [edge("e", "a"), edge("c", "d")]) == (("a", "e"), ("b",), ("c", "d"))


def test_a_path_goes_against_the_direction_too():
    assert path("a", "c", [edge("a", "b"), edge("c", "b")]) == (edge("a", "b"), edge("c", "b"))
    assert path("a", "z", [edge("a", "b")]) == ()


@settings(deadline=None)
@given(PAIRS)
def test_exactly_the_constraints_that_close_a_cycle_are_refused(pairs):
    order, kept = AcyclicOrder(NODES), []
    for first, second in pairs:
        assert order.add(first, second) is (not reaches(second, first, kept))
        if not reaches(second, first, kept):
            kept.append((first, second))


def reaches(start: str, end: str, pairs: list[tuple[str, str]]) -> bool:
    seen = {start}
    for _ in NODES:
        seen |= {second for first, second in pairs if first in seen}
    return end in seen
