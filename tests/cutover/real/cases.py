"""The schedules of which the real Airflows are asked: those of the modelled DAGs, and all forms over odd nights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

DAY = timedelta(days=1)
MODEL = datetime(2026, 3, 10, 11, 40, tzinfo=UTC)
"""When the modelled DAGs begin."""
NIGHTS = (
    ("Europe/Paris", datetime(2026, 10, 25, tzinfo=UTC)),
    ("Europe/Paris", datetime(2026, 3, 29, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 5, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 5, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 14, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 14, tzinfo=UTC)),
)
"""Zones and the hours in which their clocks change."""
OVER_A_NIGHT = (
    "@daily", "@hourly", "30 2 * * *", "0 3 * * *", "*/15 * * * *", "0 */6 * * *", "30 1,2,3 * * *", "30 */2 * * *",
    "*/20 2 * * *", "10 1-4 * * *", "0 2 * * 0",
)  # fmt: skip
ODD = datetime(2026, 1, 30, 17, 23, 41, 250000, tzinfo=UTC)
"""A start date that is on no grid."""


def case(kind: str, start: datetime, until: datetime, timezone: str = "UTC", **more: Any) -> dict[str, Any]:
    """One question: a schedule, from its first moment to its last."""
    return {"kind": kind, **more, "timezone": timezone, "start": start.isoformat(), "until": until.isoformat()}


def cron(expression: str, start: datetime, until: datetime, timezone: str = "UTC") -> dict[str, Any]:
    return case("cron", start, until, timezone, expression=expression)


def cases() -> list[dict[str, Any]]:
    """All questions, in the order of the answers."""
    found = [cron(expression, MODEL, MODEL + 2 * DAY) for expression in ("* * * * *", "*/2 * * * *", "*/5 * * * *")]
    found.append(case("delta", MODEL, MODEL + 2 * DAY, length={"seconds": 90}))
    for zone, night in NIGHTS:
        found += [cron(expression, night - DAY, night + 2 * DAY, zone) for expression in OVER_A_NIGHT]
        found.append(case("delta", night - DAY, night + 2 * DAY, zone, length={"hours": 5}))
        found.append(case("delta", night - 2 * DAY, night + 4 * DAY, zone, length={"days": 1}))
    for zone in ("UTC", "Europe/Paris"):
        presets = ("@daily", 5), ("@weekly", 40), ("@monthly", 150), ("@quarterly", 400), ("@yearly", 1500)
        found += [cron(expression, ODD, ODD + days * DAY, zone) for expression, days in presets]
        crons = ("5 4 1 3 *", 800), ("0 12 31 * *", 400), ("0 0 1,15 * 1", 90), ("7-59/13 9-17 * * 1-5", 5)
        found += [cron(expression, ODD, ODD + days * DAY, zone) for expression, days in crons]
        found.append(case("once", ODD, ODD + DAY, zone, expression="@once"))
        found.append(case("delta", ODD, ODD + DAY / 24, zone, length={"seconds": 20}))
        found.append(case("delta", ODD, ODD + DAY, zone, length={"hours": 1, "microseconds": 500}))
        found.append(case("relativedelta", ODD, ODD + 200 * DAY, zone, length={"months": 1}))
        found.append(case("relativedelta", ODD, ODD + 60 * DAY, zone, length={"days": 7}))
        found.append(cron("* * * * * */20", ODD, ODD + DAY / 24, zone))
    return found
