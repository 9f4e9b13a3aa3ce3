"""The names that the real Airflows were seen to give to a DAG's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from migrator.cutover.intervals import intervals, next_boundary, on_grid
from migrator.cutover.ledger import Window, account
from migrator.cutover.readiness import other_schedule
from migrator.cutover.zones import zone_of
from migrator.model.dag import Dag, Schedule, ScheduleKind

JULY = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("names", "hours"),
    [
        (("UTC", "utc", "Z", "tzutc()", "Etc/UTC", "UTC+00:00", "+00:00", "0"), 0),
        (("Europe/Paris", "tzfile('/usr/share/zoneinfo/Europe/Paris')", "tzfile('Europe/Paris')"), 2),
        (("+01:00", "UTC+01:00", "3600"), 1),
        (("-03:30", "UTC-03:30", "-12600"), -3.5),
    ],
)
def test_each_name_of_a_zone_gives_the_same(names: tuple[str, ...], hours: float) -> None:
    assert len({zone_of(name) for name in names}) == 1
    assert JULY.astimezone(zone_of(names[0])).utcoffset() == timedelta(hours=hours)
    schedule = Schedule(ScheduleKind.CRON, "0 3 * * *", timezone=names[-1])
    (found,) = intervals(schedule, JULY, JULY + timedelta(days=1), None)
    assert found.end.astimezone(zone_of(names[0])).hour == 3
    assert next_boundary(schedule, JULY + timedelta(hours=1), None) is not None
    assert on_grid(schedule, found.start, JULY)


@pytest.mark.parametrize("name", ["tzlocal()", "Europe/Atlantis", "", "../etc/passwd"])
def test_a_zone_that_nobody_knows_stops_that_dag_only(name: str) -> None:
    with pytest.raises(ValueError, match=r"time zone|ZoneInfo"):
        zone_of(name)
    schedule = Schedule(ScheduleKind.CRON, "0 3 * * *", timezone=name)
    assert f"unknown time zone {name}:" in other_schedule(schedule, schedule)
    window = Window(JULY, JULY + timedelta(days=3))
    found = account(
        [Dag("a", "a.py", schedule), Dag("b", "b.py", Schedule(ScheduleKind.CRON, "0 3 * * *"))], (), (), window
    )
    assert "NOT accounted" in found.dags[0].note
    assert found.dags[1].expected == 3
