"""Interval arithmetic: which intervals a schedule has, and how far off its next boundary is. Pure.

An interval is named by its start, the logical date; its run is due at its end. Cron is evaluated on the wall clock of
the schedule's time zone, a timedelta from a known logical date, as Airflow does. In a night in which the clock changes
it goes as ``airflow/timetables/_cron.py`` of 2.10 does: a time that comes twice is the second one, one that does not
come is as much later as the clock jumps, and what runs in every hour goes on by the time that passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain, pairwise, takewhile
from typing import TYPE_CHECKING

from croniter import croniter

from migrator.cutover.zones import zone_of
from migrator.model.dag import Schedule, ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """One scheduled interval; both ends are aware, in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class PauseWindow:
    """When a DAG may be paused or started: far enough from the boundary before and the one after."""

    not_before: datetime | None = None
    not_after: datetime | None = None

    def as_json(self) -> dict[str, str | None]:
        """The window as the agent takes it."""
        return {name: value.isoformat() if value else None for name, value in self._items()}

    def _items(self) -> tuple[tuple[str, datetime | None], ...]:
        return (("not_before", self.not_before), ("not_after", self.not_after))


def intervals(schedule: Schedule, since: datetime, until: datetime, anchor: datetime | None) -> Iterator[Interval]:
    """The intervals whose end lies in ``(since, until]``, oldest first.

    ``anchor`` is any logical date of a timedelta schedule; without one a timedelta has no known phase, so none come.
    Schedules that time does not drive, and those that only Airflow can compute, have none here.
    """
    match schedule.kind:
        case ScheduleKind.CRON:
            yield from _cron(schedule, since, until)
        case ScheduleKind.DELTA if anchor is not None and schedule.seconds:
            yield from _delta(timedelta(seconds=schedule.seconds), anchor, since, until)
        case _:
            return


def _cron(schedule: Schedule, since: datetime, until: datetime) -> Iterator[Interval]:
    due = takewhile(lambda interval: interval.end <= until, _chain(schedule, since))
    yield from (interval for interval in due if since < interval.end)


def _chain(schedule: Schedule, moment: datetime) -> Iterator[Interval]:
    """The intervals of a cron, from one that ended before ``moment`` on, each as Airflow finds it from the one before.

    Where the clock jumps, one begins at the point before the end of the last one, which may come after that end: what
    lies between is in no interval.
    """
    start = _point_before(schedule, moment)
    points = _points_after(schedule, start)
    while True:
        end = next(points)
        yield Interval(start, end)
        start = _aligned(schedule, end)
        if start != end:
            points = _points_after(schedule, start)


def _aligned(schedule: Schedule, point: datetime) -> datetime:
    """Where the interval after that point begins, as ``_align_to_prev`` of 2.10 finds it; never before the point."""
    zone, expression = zone_of(schedule.timezone), str(schedule.expression)
    if _in_every_hour(expression) or not clock_changes(schedule, point):
        return point
    before = _aware(croniter(expression, _naive(point, zone)).get_prev(datetime), zone)
    return max(point, before)


def _point_before(schedule: Schedule, moment: datetime) -> datetime:
    """A point before ``moment``: the one before, and where the clock is changed, one a day earlier."""
    zone, expression = zone_of(schedule.timezone), str(schedule.expression)
    hourly = _in_every_hour(expression)
    start = moment - DAY if not hourly and clock_changes(schedule, moment) else moment
    naive = _naive(start, zone)
    scheduled = croniter(expression, naive).get_prev(datetime)
    return start.astimezone(UTC) - (naive - scheduled) if hourly else _aware(scheduled, zone)


def _points_after(schedule: Schedule, point: datetime) -> Iterator[datetime]:
    """The points of a cron that follow one, each as Airflow finds it from the one before."""
    zone, expression = zone_of(schedule.timezone), str(schedule.expression)
    hourly, scheduled = _in_every_hour(expression), None
    while True:
        naive = _naive(point, zone)
        if naive != scheduled:
            ticks = croniter(expression, naive)
        scheduled = ticks.get_next(datetime)
        point = point + (scheduled - naive) if hourly else _aware(scheduled, zone)
        yield point


@cache
def _in_every_hour(expression: str) -> bool:
    return bool(croniter(expression).expanded[1] == ["*"])


def _naive(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _aware(naive: datetime, zone: tzinfo) -> datetime:
    """The second of two times, and after a gap: both are by the smaller offset."""
    offset = min(_offset(naive.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    return (naive - offset).replace(tzinfo=UTC)


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta(0)


def clock_changes(schedule: Schedule, moment: datetime) -> bool:
    """Whether the clock of the schedule's time zone is changed within a day of ``moment``."""
    zone = zone_of(schedule.timezone)
    return len({_offset((moment + days * DAY).astimezone(zone)) for days in (-1, 0, 1)}) > 1


def next_in_1_10(schedule: Schedule, date: datetime) -> datetime:
    """The logical date that follows that of a cron in 1.10, as ``DAG.following_schedule`` of 1.10.15 finds it.

    It goes on by the time that passes, whatever the clock on the wall says then; except what runs once a day at most.
    """
    zone, expression = zone_of(schedule.timezone), str(schedule.expression)
    minutes, hours = croniter(expression).expanded[:2]
    daily = len(minutes) == len(hours) == 1 and "*" not in (*minutes, *hours)
    naive = _naive(date, zone)
    scheduled = croniter(expression, naive).get_next(datetime)
    return _aware(scheduled, zone) if daily else (date + (scheduled - naive)).astimezone(UTC)


def _delta(step: timedelta, anchor: datetime, since: datetime, until: datetime) -> Iterator[Interval]:
    count = (since - anchor) // step
    start = anchor + count * step
    while start + step <= until:
        if start + step > since:
            yield Interval(start.astimezone(UTC), (start + step).astimezone(UTC))
        start += step


def covered(interval: Interval, spans: Iterable[tuple[datetime, datetime]]) -> bool:
    """Whether these spans of time have no hole between the interval's two ends."""
    at = interval.start
    for start, end in sorted(spans):
        if start <= at < end:
            at = end
    return at >= interval.end


def on_grid(schedule: Schedule, logical_date: datetime, anchor: datetime) -> bool:
    """Whether an interval of the schedule begins at that date; where the clock changes, 1.10 has points of its own."""
    match schedule.kind:
        case ScheduleKind.CRON if clock_changes(schedule, logical_date):
            return True
        case ScheduleKind.CRON:
            local = _naive(logical_date, zone_of(schedule.timezone))
            return bool(croniter(str(schedule.expression), local - SECOND).get_next(datetime) == local)
        case ScheduleKind.DELTA if schedule.seconds:
            return (logical_date - anchor) % timedelta(seconds=schedule.seconds) == timedelta(0)
        case _:
            return True


def pause_window(schedule: Schedule, now: datetime, last: datetime | None, margin: timedelta) -> PauseWindow:
    """When, around ``now``, the DAG may be paused: at least ``margin`` from the boundaries on both sides.

    ``last`` is the logical date of its newest automated run. A period too short for the margin on both sides keeps a
    window of a third of the period in its middle.
    """
    around = _boundaries(schedule, now, last)
    if around is None:
        return PauseWindow()
    before, after = around
    margin = min(margin, (after - before) / 3)
    return PauseWindow(before + margin, after - margin)


def next_boundary(schedule: Schedule, now: datetime, last: datetime | None) -> datetime | None:
    """When the next interval ends, for schedules that time drives; ``last`` as in pause_window."""
    around = _boundaries(schedule, now, last)
    return around[1] if around else None


def newest_due(schedule: Schedule, now: datetime, last: datetime | None) -> datetime | None:
    """When the newest interval that is due ended, for schedules that time drives; ``last`` as in pause_window."""
    around = _boundaries(schedule, now, last)
    return around[0] if around else None


def _boundaries(schedule: Schedule, now: datetime, last: datetime | None) -> tuple[datetime, datetime] | None:
    match schedule.kind:
        case ScheduleKind.CRON:
            due = _chain(schedule, now)
            first = next(due)
            ends = chain((first.start, first.end), (interval.end for interval in due))
            return next((before, after) for before, after in pairwise(ends) if after > now)
        case ScheduleKind.DELTA if last is not None and schedule.seconds:
            step = timedelta(seconds=schedule.seconds)
            before = last + ((now - last) // step) * step
            return before.astimezone(UTC), (before + step).astimezone(UTC)
        case _:
            return None
