"""Interval arithmetic: which intervals a schedule has, and how far off its next boundary is. Pure.

An interval is named by its start, the logical date; its run is due at its end. Cron is evaluated on the wall clock of
the schedule's time zone, a timedelta from a known logical date, as Airflow does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from croniter import croniter

from migrator.model.dag import Schedule, ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    points = _cron_points(schedule, since, until)
    yield from (Interval(start, end) for start, end in pairwise(points) if since < end <= until)


def _cron_points(schedule: Schedule, since: datetime, until: datetime) -> Iterator[datetime]:
    zone = ZoneInfo(schedule.timezone)
    ticks = croniter(str(schedule.expression), since.astimezone(zone))
    start = ticks.get_prev(datetime)
    yield start.astimezone(UTC)
    forward = croniter(str(schedule.expression), start)
    while (point := forward.get_next(datetime).astimezone(UTC)) <= until:
        yield point


def _delta(step: timedelta, anchor: datetime, since: datetime, until: datetime) -> Iterator[Interval]:
    count = (since - anchor) // step
    start = anchor + count * step
    while start + step <= until:
        if start + step > since:
            yield Interval(start.astimezone(UTC), (start + step).astimezone(UTC))
        start += step


def on_grid(schedule: Schedule, logical_date: datetime, anchor: datetime) -> bool:
    """Whether an interval of the schedule begins at that date."""
    match schedule.kind:
        case ScheduleKind.CRON:
            local = logical_date.astimezone(ZoneInfo(schedule.timezone))
            return (local.second, local.microsecond) == (0, 0) and bool(croniter.match(str(schedule.expression), local))
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


def _boundaries(schedule: Schedule, now: datetime, last: datetime | None) -> tuple[datetime, datetime] | None:
    match schedule.kind:
        case ScheduleKind.CRON:
            ticks = croniter(str(schedule.expression), now.astimezone(ZoneInfo(schedule.timezone)))
            after = ticks.get_next(datetime).astimezone(UTC)
            before = ticks.get_prev(datetime).astimezone(UTC)
            return before, after
        case ScheduleKind.DELTA if last is not None and schedule.seconds:
            step = timedelta(seconds=schedule.seconds)
            before = last + ((now - last) // step) * step
            return before.astimezone(UTC), (before + step).astimezone(UTC)
        case _:
            return None
