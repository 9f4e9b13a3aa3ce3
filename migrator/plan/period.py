"""How often a DAG runs, in seconds."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from croniter import CroniterError, croniter

from migrator.model.dag import ScheduleKind

if TYPE_CHECKING:
    from datetime import datetime

    from migrator.model.dag import Schedule

TICKS = 25


def period_seconds(schedule: Schedule, now: datetime) -> float | None:
    """The shortest gap between the next runs after ``now``; None when nothing repeats or it is unknown."""
    match schedule.kind:
        case ScheduleKind.DELTA:
            return schedule.seconds
        case ScheduleKind.CRON if schedule.expression:
            return _cron_period(schedule.expression, now)
        case _:
            return None


@lru_cache(maxsize=10_000)
def _cron_period(expression: str, now: datetime) -> float | None:
    try:
        ticks = croniter(expression, now)
        times = [float(ticks.get_next(float)) for _ in range(TICKS)]
    except (CroniterError, OverflowError):
        return None
    return min(later - earlier for earlier, later in pairwise(times))
