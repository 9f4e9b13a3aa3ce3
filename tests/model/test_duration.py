"""Durations as people write them, and no two alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model.duration import spelled


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"), (45, "45 s"), (2.5, "2.5 s"), (60, "1 min"), (5400, "1 h 30 min"), (86_400, "1 day"),
        (2_419_200, "28 days"), (90_061, "1 day 1 h 1 min 1 s"), (-60, "- 1 min"), (0.1, "0.1 s"),
    ],
)  # fmt: skip
def test_a_duration_is_spelled_out(seconds: float, words: str) -> None:
    assert spelled(seconds) == words


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_two_durations_have_the_same_words_only_if_they_are_the_same(one: int, other: int) -> None:
    assert (spelled(one) == spelled(other)) == (one == other)
