"""When maintenance windows are open, alone and together; a pure matter of dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from migrator.model.window import Window

    Span = tuple[datetime, datetime]

AHEAD = timedelta(weeks=54)
"""How far is looked for an opening: a year and more, so that each change of the clock counts."""


def windows_of_dag(dag_id: str, windows: Iterable[Window]) -> tuple[Window, ...]:
    """Those that bind a DAG wherever it goes."""
    return tuple(one for one in windows if _for_all(one) or any(fnmatchcase(dag_id, name) for name in one.dags))


def windows_of_wave(number: int, windows: Iterable[Window]) -> tuple[Window, ...]:
    """Those that bind a wave whatever is in it."""
    return tuple(one for one in windows if number in one.waves)


def windows_of(number: int, dag_ids: Collection[str], windows: Sequence[Window]) -> tuple[Window, ...]:
    """All that must be open while these DAGs of a wave are cut over."""
    by_dag = {one.name for dag_id in dag_ids for one in windows_of_dag(dag_id, windows)}
    return tuple(one for one in windows if one.name in by_dag or number in one.waves)


def openings(windows: Sequence[Window], since: datetime, until: datetime) -> tuple[Span, ...]:
    """From when to when all of ``windows`` are open at once, in UTC, oldest first; ``since`` may lie inside the first.

    An hour that the clock shows twice counts the first time, one that it leaves out does not count.
    """
    spans: tuple[Span, ...] = ((since.astimezone(UTC), until.astimezone(UTC)),)
    for window in windows:
        spans = tuple(_meeting(spans, _joined(sorted(_spans(window, since, until)))))
    return spans


def next_opening(windows: Sequence[Window], now: datetime) -> Span | None:
    """The opening that ``now`` lies in, or else the next one; None when the windows are never open at once."""
    return next(iter(openings(windows, now, now + AHEAD)), None)


class Calendar:
    """Which windows are ever open at once, looked up once for each set of them."""

    __slots__ = ("_known", "_since", "_windows")

    def __init__(self, windows: Iterable[Window], since: datetime) -> None:
        self._windows = {window.name: window for window in windows}
        self._since = since
        self._known: dict[frozenset[str], bool] = {}

    def meet(self, names: frozenset[str]) -> bool:
        """Whether the windows of these names have a moment in common."""
        if names not in self._known:
            chosen = [self._windows[name] for name in sorted(names)]
            self._known[names] = next_opening(chosen, self._since) is not None
        return self._known[names]

    def words(self, names: Iterable[str]) -> str:
        """The windows of these names for a person."""
        return " and ".join(str(self._windows[name]) for name in sorted(names))


def _for_all(window: Window) -> bool:
    return not window.dags and not window.waves


def _spans(window: Window, since: datetime, until: datetime) -> Iterator[Span]:
    zone = ZoneInfo(window.timezone)
    day = since.astimezone(zone).date() - timedelta(days=1)  # an opening may have begun on the day before
    last = until.astimezone(zone).date()
    while day <= last:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        for opening in window.openings:
            if day.weekday() in opening.days:
                start, end = (
                    (midnight + timedelta(minutes=minutes)).astimezone(UTC) for minutes in (opening.start, opening.end)
                )
                if start < end:
                    yield start, end
        day += timedelta(days=1)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Sorted spans with those that touch made one."""
    held: Span | None = None
    for start, end in spans:
        if held and start <= held[1]:
            held = (held[0], max(held[1], end))
            continue
        if held:
            yield held
        held = (start, end)
    if held:
        yield held


def _meeting(ones: Iterable[Span], others: Iterable[Span]) -> Iterator[Span]:
    """Where two lists of sorted spans, none of which touch inside a list, overlap."""
    left, right = iter(ones), iter(others)
    one, other = next(left, None), next(right, None)
    while one and other:
        start, end = max(one[0], other[0]), min(one[1], other[1])
        if start < end:
            yield start, end
        if one[1] < other[1]:
            one = next(left, None)
        else:
            other = next(right, None)
