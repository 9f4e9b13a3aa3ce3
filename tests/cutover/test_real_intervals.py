"""The intervals that both real Airflows have: the file in which they are kept is right, and ours are those of 2.10."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from migrator.cutover.intervals import Interval, clock_changes, intervals, next_boundary, on_grid
from migrator.model.dag import Schedule, ScheduleKind
from tests.cutover.real.intervals import FILE, V1, V2, Real, Span, answers, known, lines, packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

BY_TIME = {ScheduleKind.CRON, ScheduleKind.DELTA}
HALF_AN_HOUR = Schedule(ScheduleKind.CRON, "0 * * * *", timezone="Australia/Lord_Howe")
"""2.10.5 stops for good in the night in which this clock changes; the schedule itself goes on."""
FEW = [one for one in known() if one.schedule.kind in BY_TIME and len(one.found[V2]) < 1000]


@pytest.mark.airflow
def test_the_file_holds_what_both_airflows_say_now() -> None:
    assert FILE.read_text("utf-8") == lines(answers()), "python -m tests.cutover.real.intervals takes them anew"


def test_what_is_packed_comes_back() -> None:
    for one in known():
        for spans in one.found.values():
            assert unpacked(packed(spans)) == spans


def test_there_are_as_many_as_time_has_room_for() -> None:
    """The file is not empty where a schedule comes often."""
    assert len(known()) > 100
    assert sum(len(one.found[version]) for one in known() for version in (V1, V2)) > 10_000
    assert {one.schedule.kind for one in known()} == {*BY_TIME, ScheduleKind.ONCE, ScheduleKind.OTHER}


@pytest.mark.parametrize("one", known(), ids=str)
def test_ours_are_those_of_2_10(one: Real) -> None:
    if one.schedule.kind not in BY_TIME:
        assert list(intervals(one.schedule, one.start, one.until, one.start)) == []
        return
    theirs = list(one.found[V2])
    ours = [(i.start, i.end) for i in intervals(one.schedule, one.start, one.until, one.start) if i.start >= one.start]
    assert ours[: len(theirs)] == theirs
    assert len(ours) == len(theirs) or one.schedule == HALF_AN_HOUR


@pytest.mark.parametrize("one", FEW, ids=str)
def test_each_of_theirs_begins_on_our_grid_and_the_next_to_end_is_known(one: Real) -> None:
    for version, spans in one.found.items():
        for start, end in spans:
            assert on_grid(one.schedule, start, one.start), (version, start)
            beside = start + timedelta(microseconds=1), start + timedelta(seconds=7)
            sure = one.schedule.kind is ScheduleKind.DELTA or not clock_changes(one.schedule, start)
            assert not (sure and any(on_grid(one.schedule, at, one.start) for at in beside)), (version, start)
            if version == V2:
                for late in (timedelta(microseconds=1), (end - start) / 2, end - start):
                    assert next_boundary(one.schedule, end - late, one.start) == end, (start, end)


def different() -> Iterator[tuple[Real, Span]]:
    """The intervals that 1.10 has and 2.10 has not."""
    for one in known():
        yield from ((one, span) for span in sorted({*one.found[V1]} - {*one.found[V2]}))


def test_1_10_has_others_only_where_the_clock_changes() -> None:
    for one, (start, end) in different():
        stopped = one.schedule == HALF_AN_HOUR and end > one.found[V2][-1][1]
        assert stopped or clock_changes(one.schedule, start) or clock_changes(one.schedule, end), (one, start)
    assert {one.schedule.timezone for one, _ in different()} == {
        "Europe/Paris", "America/New_York", "Australia/Lord_Howe",
    }  # fmt: skip


def test_any_part_of_the_time_has_the_intervals_that_the_whole_has() -> None:
    """Wherever one begins to reckon in such a night."""
    for one in FEW:
        if one.schedule.timezone == "UTC" or one.schedule == HALF_AN_HOUR:
            continue
        middle = one.start + (one.until - one.start) / 3
        wanted = [Interval(*span) for span in one.found[V2]]
        for hours in range(0, 30, 7):
            since = middle + timedelta(hours=hours)
            until = min(since + timedelta(hours=12), one.until)
            found = [i for i in intervals(one.schedule, since, until, one.start) if i.start >= one.start]
            assert found == [i for i in wanted if since < i.end <= until], (one, since)


def test_a_model_is_told_what_nobody_asked_for() -> None:
    one = known()[0]
    with pytest.raises(LookupError, match=r"cases\.py"):
        one.intervals(V2, one.start, one.until + timedelta(seconds=1))
    assert one.intervals(V2, one.start, one.until) == list(one.found[V2])
    assert isinstance(one.found[V2][0][0], datetime)
