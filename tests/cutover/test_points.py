"""Each point at which a process may die has its turn."""

from __future__ import annotations

import pytest

from tests.cutover.points import EACH, sampled


@pytest.mark.parametrize("each", sorted({*EACH.values()}))
def test_each_point_has_its_turn_and_no_run_is_without_one(each: int) -> None:
    every = range(1, 72)
    turns = [{n for n in sampled(every, each, seed) if isinstance(n, int)} for seed in range(each)]
    assert set().union(*turns) == set(every)
    assert {len(turn) for turn in turns} <= {71 // each, 71 // each + 1}


def test_the_soak_takes_all() -> None:
    assert not any(isinstance(n, int) for n in sampled(range(1, 72), 0, 1))
