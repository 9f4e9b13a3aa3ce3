"""Which texts are cron expressions."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from croniter import CroniterError, croniter

_NOW = datetime(2026, 1, 1)  # noqa: DTZ001 - any moment does
_LONGEST = 200


@cache
def is_cron(expression: str) -> bool:
    """Whether it is a cron expression with a moment before today and one after: ``0 0 30 2 *`` has none."""
    if len(expression) > _LONGEST:
        return False
    try:
        croniter(expression, _NOW).get_next()
        croniter(expression, _NOW).get_prev()
    except (CroniterError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return False
    return True
