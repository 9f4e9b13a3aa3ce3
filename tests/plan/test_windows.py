"""When a window is open, in the zone that it names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.model.window import Window, parse_opening
from migrator.plan.windows import Calendar, next_opening, openings, windows_of

PARIS = ZoneInfo("Europe/Paris")


def window(*texts: str, name: str = "w", zone: str = "UTC", **fields: tuple) -> Window:
    return Window(name, zone, tuple(parse_opening(text) for text in texts), **fields)


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("text", "days", "minutes"),
    [
        ("Mon-Fri 20:00-23:30", {0, 1, 2, 3, 4}, (1200, 1410)),
        ("sat,Sunday 22:00-05:00", {5, 6}, (1320, 1740)),
        ("Fri-Mon 9:00 - 24:00", {4, 5, 6, 0}, (540, 1440)),
        ("daily 00:00-24:00", set(range(7)), (0, 1440)),
        (" Tue, Thu-Fri 00:00-00:00 ", {1, 3, 4}, (0, 1440)),
    ],
)
def test_an_opening_is_read(text, days, minutes):
    opening = parse_opening(text)
    assert opening.days == days
    assert (opening.start, opening.end) == minutes


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "should look like"),
        ("Mon 20:00", "should look like"),
        ("20:00-22:00", "should look like"),
        ("Mon 25:00-26:00", "no time of the day"),
        ("Mon 20:60-21:00", "no time of the day"),
        ("Mon 24:00-01:00", "on the next day"),
        ("Moonday 20:00-21:00", "no day of the week"),
        ("Mon,,Tue 20:00-21:00", "no day of the week"),
        ("daily,Mon 20:00-21:00", "no day of the week"),
    ],
)
def test_what_is_no_opening_says_why(text, why):
    with pytest.raises(ValueError, match=why):
        parse_opening(text)


def test_it_opens_by_the_clock_of_its_zone_and_closes_on_the_next_day():
    night = window("Sat 22:00-05:00", zone="Europe/Paris")
    assert next_opening([night], at("2026-03-07T21:00")) == (at("2026-03-07T22:00"), at("2026-03-08T05:00"))
    inside = at("2026-03-08T04:30")
    assert next_opening([night], inside) == (inside, at("2026-03-08T05:00"))
    assert next_opening([night], at("2026-03-08T05:00"))[0] == at("2026-03-14T22:00")


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-28", 6), ("2026-10-24", 8), ("2026-06-06", 7)], ids=["forward", "back", "summer"]
)
def test_a_night_in_which_the_clock_changes_is_shorter_or_longer(day, hours):
    start, end = next_opening([window("Sat 22:00-05:00", zone="Europe/Paris")], at(f"{day}T12:00"))
    assert end - start == timedelta(hours=hours)


def test_an_hour_that_the_clock_leaves_out_does_not_count():
    skipped = window("Sun 02:00-03:00", zone="Europe/Paris")
    assert next_opening([skipped], at("2026-03-28T12:00"))[0] == at("2026-04-05T02:00")


def test_openings_that_touch_are_one():
    weekend = window("Sat 20:00-24:00", "Sun 00:00-06:00")
    start, end = next_opening([weekend], datetime(2026, 3, 6, tzinfo=UTC))
    assert end - start == timedelta(hours=10)


def test_windows_are_open_together_where_they_overlap():
    day, night = window("daily 08:00-20:00", zone="Asia/Tokyo", name="a"), window("daily 22:00-02:00", name="b")
    start, end = next_opening([day, night], datetime(2026, 3, 6, 12, tzinfo=UTC))
    assert (start.hour, end.hour) == (23, 2)


def test_windows_that_never_meet_have_no_opening():
    apart = [window("Mon 08:00-10:00", name="a"), window("Tue 08:00-10:00", name="b")]
    assert next_opening(apart, datetime(2026, 3, 6, tzinfo=UTC)) is None
    calendar = Calendar(apart, datetime(2026, 3, 6, tzinfo=UTC))
    assert calendar.meet(frozenset({"a"}))
    assert not calendar.meet(frozenset({"a", "b"}))


def test_a_window_is_for_all_or_for_those_it_names():
    everything, some, wave = window("daily 1:00-2:00", name="all"), window(name="some", dags=("x_*",)), window(
        name="wave", waves=(3,)
    )  # fmt: skip
    names = lambda number, *ids: {one.name for one in windows_of(number, ids, [everything, some, wave])}  # noqa: E731
    assert names(1, "a") == {"all"}
    assert names(1, "a", "x_1") == {"all", "some"}
    assert names(3, "a") == {"all", "wave"}


TEXTS = st.sampled_from(
    ["Mon 20:00-23:30", "Sat,Sun 22:00-05:00", "daily 01:00-03:00", "Fri-Mon 00:00-24:00", "Wed 23:30-00:15"]
)
ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Apia"])
WINDOWS = st.builds(lambda texts, zone: window(*texts, zone=zone), st.lists(TEXTS, min_size=1, max_size=3), ZONES)


def by_the_wall(one: Window, moment: datetime) -> bool:
    """Whether the wall clock says open; the opening of yesterday may go on."""
    local = moment.astimezone(ZoneInfo(one.timezone))
    minute = local.hour * 60 + local.minute
    return any(
        (local.weekday() in o.days and o.start <= minute < o.end)
        or ((local.weekday() - 1) % 7 in o.days and o.start <= minute + 1440 < o.end)
        for o in one.openings
    )


@settings(deadline=None)
@given(st.lists(WINDOWS, min_size=1, max_size=2), st.integers(0, 14 * 24 * 4))
def test_a_moment_is_open_when_the_wall_clock_says_so(windows, quarter):
    """In June, when no clock of these zones changes."""
    begin = datetime(2026, 6, 1, tzinfo=UTC)
    moment = begin + timedelta(minutes=15 * quarter)
    spans = openings(windows, begin, begin + timedelta(days=15))
    assert any(start <= moment < end for start, end in spans) == all(by_the_wall(one, moment) for one in windows)
