"""Groups, ways and orders."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.model.plan import Edge, EdgeKind, Strength
from migrator.plan.graph import AcyclicOrder, cycles, groups, levels, path

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


@settings(deadline=None)
@given(PAIRS)
def test_components_are_those_that_reach_each_other_and_come_in_order(pairs):
    near = {node: [other for one, other in pairs if one == node] for node in NODES}
    found = cycles(NODES, near)
    place = {node: number for number, component in enumerate(found) for node in component}
    assert sorted(place) == list(NODES)
    for one in NODES:
        for other in NODES:
            assert (place[one] == place[other]) is (reaches(one, other, pairs) and reaches(other, one, pairs))
            assert place[one] <= place[other] or not reaches(one, other, pairs)


def test_a_level_is_the_longest_way():
    assert levels("abcd", {"b": "a", "c": "ab", "d": "a"}) == {"a": 0, "b": 1, "c": 2, "d": 1}


def reaches(start: str, end: str, pairs: list[tuple[str, str]]) -> bool:
    seen = {start}
    for _ in NODES:
        seen |= {second for first, second in pairs if first in seen}
    return end in seen
