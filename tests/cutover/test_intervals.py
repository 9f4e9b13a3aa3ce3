"""Interval arithmetic against Airflow's rules."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.cutover.intervals import Interval, covered, intervals, next_boundary, on_grid, pause_window
from migrator.model.dag import Schedule, ScheduleKind

NOON = datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC)
MINUTELY = Schedule(ScheduleKind.CRON, "* * * * *")
TWO_MINUTES = Schedule(ScheduleKind.DELTA, seconds=120)


def cron(expression, timezone="UTC"):
    return Schedule(ScheduleKind.CRON, expression, timezone=timezone)


def test_cron_names_an_interval_by_its_start_and_counts_it_when_its_end_has_come():
    found = list(intervals(MINUTELY, NOON, NOON + timedelta(minutes=2, seconds=30), None))
    assert [i.start for i in found] == [NOON, NOON + timedelta(minutes=1)]
    assert [i.end for i in found] == [NOON + timedelta(minutes=1), NOON + timedelta(minutes=2)]


def test_an_interval_that_ended_exactly_at_the_window_start_is_not_in_it():
    assert next(intervals(MINUTELY, NOON, NOON + timedelta(minutes=1), None)).end == NOON + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("night", "lengths"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), [24, 23, 24]),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), [24, 25, 24]),
    ],
)
def test_a_daily_cron_in_paris_follows_the_wall_clock_over_the_change_of_time(night, lengths):
    found = list(
        intervals(cron("0 6 * * *", "Europe/Paris"), night - timedelta(days=1), night + timedelta(days=2), None)
    )
    assert [(i.end - i.start) / timedelta(hours=1) for i in found] == lengths


PARIS_NIGHTS = {
    "a time that comes twice is the second": ("30 2 * * *", datetime(2026, 10, 25, tzinfo=UTC), ["01:30"]),
    "one that does not come is later": ("30 2 * * *", datetime(2026, 3, 29, tzinfo=UTC), ["01:30"]),
    "each hour in autumn": ("0 * * * *", datetime(2026, 10, 25, tzinfo=UTC), ["00:00", "01:00", "02:00"]),
    "each hour in spring": ("0 * * * *", datetime(2026, 3, 29, tzinfo=UTC), ["00:00", "01:00", "02:00"]),
}


@pytest.mark.parametrize(("expression", "night", "points"), PARIS_NIGHTS.values(), ids=PARIS_NIGHTS)
def test_the_night_in_which_the_clock_changes_has_the_points_of_airflow(expression, night, points):
    schedule = cron(expression, "Europe/Paris")
    found = [i.start for i in intervals(schedule, night, night + timedelta(days=2), None)]
    assert [f"{at:%H:%M}" for at in found if night <= at < night + timedelta(hours=2, minutes=1)] == points
    first, second = (night + timedelta(hours=0, minutes=45), night + timedelta(hours=1, minutes=45))
    for now in (first, second):
        after = next(
            i.end for i in intervals(schedule, now - timedelta(days=3), now + timedelta(days=3), None) if i.end > now
        )
        assert next_boundary(schedule, now, None) == after


def test_time_is_covered_by_spans_that_leave_no_hole():
    interval = Interval(NOON, NOON + timedelta(hours=3))
    hours = [(NOON + timedelta(hours=h), NOON + timedelta(hours=h + 1)) for h in (2, 0, 1)]
    assert covered(interval, hours)
    assert not covered(interval, hours[:2])
    assert not covered(interval, hours[1:])


def test_a_timedelta_keeps_the_phase_of_its_anchor_with_its_microseconds():
    anchor = NOON + timedelta(seconds=17, microseconds=123456)
    found = list(intervals(TWO_MINUTES, NOON + timedelta(minutes=10), NOON + timedelta(minutes=15), anchor))
    assert [i.start for i in found] == [anchor + timedelta(minutes=m) for m in (8, 10, 12)]


def test_a_timedelta_without_an_anchor_has_no_known_phase():
    assert not list(intervals(TWO_MINUTES, NOON, NOON + timedelta(hours=1), None))


@pytest.mark.parametrize("kind", [ScheduleKind.NONE, ScheduleKind.ONCE, ScheduleKind.DATASET, ScheduleKind.OTHER])
def test_schedules_that_time_does_not_drive_have_no_intervals(kind):
    assert not list(intervals(Schedule(kind), NOON, NOON + timedelta(days=1), NOON))
    assert pause_window(Schedule(kind), NOON, NOON, timedelta(seconds=10)).as_json() == {
        "not_before": None,
        "not_after": None,
    }


def test_the_pause_window_keeps_the_margin_from_both_boundaries():
    window = pause_window(cron("0 * * * *"), NOON + timedelta(minutes=20), None, timedelta(minutes=5))
    assert (window.not_before, window.not_after) == (NOON + timedelta(minutes=5), NOON + timedelta(minutes=55))


def test_a_boundary_itself_opens_the_next_window():
    window = pause_window(MINUTELY, NOON, None, timedelta(seconds=10))
    assert window.not_after is not None
    assert window.not_after - NOON in {timedelta(seconds=-10), timedelta(seconds=50)}


def test_a_margin_longer_than_the_period_leaves_its_middle_third():
    window = pause_window(MINUTELY, NOON + timedelta(seconds=30), None, timedelta(minutes=5))
    assert (window.not_before, window.not_after) == (NOON + timedelta(seconds=20), NOON + timedelta(seconds=40))


def test_the_window_of_a_timedelta_follows_its_phase():
    last = NOON + timedelta(seconds=30)
    window = pause_window(TWO_MINUTES, NOON + timedelta(minutes=3), last, timedelta(seconds=10))
    assert (window.not_before, window.not_after) == (
        NOON + timedelta(minutes=2, seconds=40),
        NOON + timedelta(minutes=4, seconds=20),
    )


def test_the_next_boundary_is_known_without_asking_airflow():
    assert next_boundary(cron("0 * * * *"), NOON + timedelta(minutes=20), None) == NOON + timedelta(hours=1)
    assert next_boundary(TWO_MINUTES, NOON + timedelta(minutes=3), NOON) == NOON + timedelta(minutes=4)
    assert next_boundary(Schedule(ScheduleKind.ONCE), NOON, NOON) is None


CRONS = st.sampled_from(["* * * * *", "*/2 * * * *", "17 * * * *", "0 6 * * *", "30 2 * * 0", "15 3 1 * *"])
ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))  # noqa: DTZ001


@settings(deadline=None)
@given(CRONS, ZONES, MOMENTS, st.integers(1, 240), st.integers(1, 240))
def test_two_windows_side_by_side_have_together_what_the_whole_has(expression, zone, start, first, second):
    schedule = cron(expression, zone)
    middle = start + timedelta(minutes=first)
    end = middle + timedelta(minutes=second)
    parts = [*intervals(schedule, start, middle, None), *intervals(schedule, middle, end, None)]
    assert parts == list(intervals(schedule, start, end, None))


@settings(deadline=None)
@given(CRONS, ZONES, MOMENTS)
def test_intervals_touch_and_never_overlap(expression, zone, start):
    found = list(intervals(cron(expression, zone), start, start + timedelta(hours=30), None))
    assert all(left.end == right.start for left, right in pairwise(found))
    assert all(interval.start < interval.end for interval in found)


@settings(deadline=None)
@given(st.integers(1, 10**6), MOMENTS, st.integers(-(10**6), 10**6), st.integers(1, 100))
def test_a_timedelta_grid_covers_each_moment_once(seconds, anchor, offset, count):
    schedule = Schedule(ScheduleKind.DELTA, seconds=seconds)
    since = anchor + timedelta(seconds=offset)
    found = list(intervals(schedule, since, since + timedelta(seconds=seconds * count), anchor))
    assert len(found) == count
    assert all((interval.start - anchor) % timedelta(seconds=seconds) == timedelta(0) for interval in found)


def test_where_the_clock_changes_the_points_of_1_10_are_on_the_grid_too():
    schedule = cron("0 */6 * * *", "Europe/Paris")
    assert on_grid(schedule, datetime(2026, 10, 25, 4, tzinfo=UTC), NOON)
    assert not on_grid(schedule, datetime(2026, 10, 20, 5, tzinfo=UTC), NOON)
