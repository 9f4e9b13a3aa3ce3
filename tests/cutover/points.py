"""Which of the points at which a process may die a run of the tests takes: some of them by default, all in the soak."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.cutover.harness import POINTS, POINTS_BACK

if TYPE_CHECKING:
    from collections.abc import Sequence

EACH = {"number": 6, "taken_back_at": 6, "of_version_1": 9, "on_the_way_back": 9}
"""Every so many of the points that a test of that parameter has: its share in a run by default."""


def points(metafunc: pytest.Metafunc, name: str) -> list[Any]:
    """All points in the soak (``-m soak``); by default a sample that the seed shifts, so that each has its turn.

    The seed stands in the head of the run: ``--randomly-seed=N`` repeats its points with its order.
    """
    seed = metafunc.config.getoption("randomly_seed", None)
    number = seed if isinstance(seed, int) else datetime.now(UTC).day
    every = range(1, (POINTS_BACK if name == "on_the_way_back" else POINTS) + 1)
    return sampled(every, 0 if metafunc.config.option.markexpr == "soak" else EACH[name], number)


def sampled(every: Sequence[int], each: int, seed: int) -> list[Any]:
    """The points, all but one of ``each`` marked for the soak; the seed says with which the sample begins."""
    soak = pytest.mark.soak
    return [n if each and at % each == seed % each else pytest.param(n, marks=soak) for at, n in enumerate(every)]
