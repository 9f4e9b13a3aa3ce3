"""Time zones by the names that Airflow has for them: those of IANA, and what some libraries call theirs."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ALSO_UTC = frozenset({"utc", "Z", "tzutc()", "Etc/UTC", "GMT", "0", "UTC+00:00", "+00:00"})
OFFSET = re.compile(r"(?:UTC)?([+-])(\d\d):(\d\d)")
"""pendulum's and datetime's own names of a fixed offset."""
SECONDS = re.compile(r"-?\d+")
"""How a fixed offset is stored by Airflow 2."""
OF_DATEUTIL = re.compile(r"tzfile\('(?:.*zoneinfo/)?([^']+)'\)")


@cache
def zone_of(name: str) -> tzinfo:
    """The zone; two names of one zone give the same. ValueError for a name that nobody knows."""
    if name in ALSO_UTC:
        return ZoneInfo("UTC")
    if found := OFFSET.fullmatch(name):
        sign, hours, minutes = found.groups()
        return timezone(timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1))
    if SECONDS.fullmatch(name):
        return timezone(timedelta(seconds=int(name)))
    if found := OF_DATEUTIL.fullmatch(name):
        return zone_of(found[1])
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}") from error


def is_known(name: str) -> bool:
    """Whether intervals can be reckoned in a zone of that name."""
    try:
        zone_of(name)
    except ValueError:
        return False
    return True
