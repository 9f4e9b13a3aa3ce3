"""Maintenance windows: the hours of the week in which DAGs may be cut over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60
_FORM = re.compile(r"(?P<days>[a-z ,-]+?) +(?P<from>\d\d?:\d\d) *- *(?P<to>\d\d?:\d\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opening:
    """Weekdays (0 is Monday) and minutes of the day from which it is open, and until which; past 1440: the next day."""

    days: frozenset[int]
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Window:
    """Openings by the wall clock of ``timezone`` (an IANA name), for DAGs by pattern and for waves by number.

    It is for everything when it names neither.
    """

    name: str
    timezone: str
    openings: tuple[Opening, ...]
    dags: tuple[str, ...] = ()
    waves: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} ({', '.join(opening.text for opening in self.openings)} {self.timezone})"


def parse_opening(text: str) -> Opening:
    """``Mon-Fri 20:00-23:30``, ``Sat,Sun 22:00-05:00`` (into the next day) or ``daily 01:00-04:00``; ValueError."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(
            f"{text!r} should look like 'Sat,Sun 22:00-05:00', 'Mon-Fri 20:00-24:00' or 'daily 01:00-04:00'"
        )
    start, end = _minutes(found["from"]), _minutes(found["to"])
    if start >= MIDNIGHT:
        raise ValueError(f"{text!r} begins at {found['from']}, which is on the next day")
    return Opening(_days(found["days"]), start, end if end > start else end + MIDNIGHT, text.strip())


def _days(text: str) -> frozenset[int]:
    words = [word.strip().lower() for word in text.split(",")]
    if words == ["daily"]:
        return frozenset(range(7))
    return frozenset(chain.from_iterable(_span(word) for word in words))


def _span(word: str) -> list[int]:
    """The days of ``mon`` or of ``fri-mon``, which goes over the end of the week."""
    first, last = (_day(part.strip()) for part in (word.split("-", 1) if "-" in word else (word, word)))
    return [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]


def _day(word: str) -> int:
    if word[:3] not in DAYS:
        raise ValueError(f"{word!r} is no day of the week: {', '.join(DAYS)} or daily")
    return DAYS.index(word[:3])


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > MIDNIGHT:
        raise ValueError(f"{text!r} is no time of the day: 00:00 to 24:00")
    return total
