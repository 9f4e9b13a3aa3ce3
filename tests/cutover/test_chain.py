"""Timedeltas without catchup: runs that follow each other, wherever 1.10 moved them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from migrator.cutover.chain import chained

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
STEP = timedelta(minutes=2)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def chain(*minutes: float, until: float = 12):
    return chained([(at(minute), minute) for minute in minutes], STEP, at(until))


def test_runs_that_drift_follow_each_other() -> None:
    found = chain(0, 2.1, 4.1, 6.4, 8.4, 10.4)
    assert list(found.links.values()) == [[0], [2.1], [4.1], [6.4], [8.4], [10.4]]
    assert found.holes == ()


def test_a_run_that_begins_too_soon_overlaps() -> None:
    found = chain(0, 2, 3, 4, 6, 8, 10)
    assert [len(runs) for runs in found.links.values()] == [1, 2, 1, 1, 1, 1]
    assert chain(0, 0, 2, 4, 6, 8, 10).links[at(0)] == [0, 0]


def test_a_missing_period_is_a_hole_between_and_at_the_end() -> None:
    assert chain(0, 2, 8.5, 10.5).holes == (at(4), at(6))
    assert chain(0, 2, until=9).holes == (at(4), at(6))
    assert chain(0, 2, until=3.9).holes == ()
    assert chain().holes == ()


@given(st.lists(st.floats(0, 0.9), min_size=2, max_size=20), st.integers(0, 18))
def test_one_that_is_taken_out_is_found(drifts: list[float], lost: int) -> None:
    minutes = [2 * number + sum(drifts[: number + 1]) for number in range(len(drifts))]
    until = minutes[-1] + 2
    assert chain(*minutes, until=until).holes == ()
    lost %= len(minutes)
    assert len(chain(*minutes[:lost], *minutes[lost + 1 :], until=until).holes) == (1 if lost else 0)
