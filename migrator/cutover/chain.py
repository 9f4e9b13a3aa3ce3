"""The intervals of a timedelta without catchup: a chain, since Airflow 1.10 has no grid for it.

There, each run begins a period after the one before, or later where the scheduler was late: its start date is moved to
now. So what is due next is known from the run before only. Runs that begin sooner than a period after one overlap it;
whole periods between two runs are holes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

T = TypeVar("T")
TOLERANCE = timedelta(seconds=1)
"""By how much less than a period two runs may be apart: some tools round dates that are kept to the microsecond."""


@dataclass(frozen=True, slots=True)
class Chain(Generic[T]):
    """The links by date, each with what runs in it, and the dates at which a period is missing."""

    links: dict[datetime, list[T]] = field(default_factory=dict)
    holes: tuple[datetime, ...] = ()


def chained(runs: Iterable[tuple[datetime, T]], step: timedelta, until: datetime) -> Chain[T]:
    """The chain of these runs, by logical date, up to what is due at ``until``."""
    links: dict[datetime, list[T]] = {}
    last: datetime | None = None
    for date, run in sorted(runs, key=lambda pair: pair[0]):
        if last is None or date - last >= step - TOLERANCE:
            last = date
        links.setdefault(last, []).append(run)
    ends = [*links, until - TOLERANCE] if links else []
    holes = [missing for one, other in pairwise(ends) for missing in _between(one, other, step)]
    return Chain(links, tuple(holes))


def _between(one: datetime, other: datetime, step: timedelta) -> list[datetime]:
    missing = int((other - one + TOLERANCE) / step) - 1
    return [one + step * number for number in range(1, missing + 1)]
