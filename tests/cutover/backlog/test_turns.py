"""Whose backlog may begin, so that no more runs are at work than may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrator.cutover.backlog.turns import waiting

NAMES = st.sampled_from("abcdef")
WEIGHTS = st.dictionaries(NAMES, st.integers(0, 4))
AWAITED = st.dictionaries(NAMES, st.frozensets(NAMES, max_size=3))


def test_what_fits_begins_and_the_rest_waits():
    later = waiting({"a": 3, "b": 2, "c": 1}, {}, {}, 4)
    assert later == {"b": "its turn comes when other backlogs have run: 3 run(s) of 4 are at work"}


def test_what_is_at_work_counts():
    assert list(waiting({"a": 2}, {}, {"x": 3}, 4)) == ["a"]


def test_who_waits_for_another_begins_after_it():
    later = waiting({"a": 1, "b": 1}, {"a": frozenset({"b"})}, {}, 9)
    assert later == {"a": "its turn comes when the backlog of b has run"}
    assert list(waiting({"a": 1}, {"a": frozenset({"b"})}, {"b": 1}, 9)) == ["a"]
    assert waiting({"a": 1}, {"a": frozenset({"b"})}, {}, 9) == {}


def test_who_has_nothing_to_run_waits_for_nobody():
    assert waiting({"a": 0}, {"a": frozenset({"b"})}, {"b": 9}, 9) == {}


@given(WEIGHTS, AWAITED, WEIGHTS)
def test_never_too_many_and_always_somebody(weights, awaited, at_work):
    at_work = {f"on_{name}": weight for name, weight in at_work.items() if weight}
    later = waiting(weights, awaited, at_work, 4)
    begun = sum(weight for name, weight in weights.items() if name not in later)
    assert not begun or begun + sum(at_work.values()) <= 4
    assert at_work or not weights or later.keys() != weights.keys()
