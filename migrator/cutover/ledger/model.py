"""What the ledger says of each DAG, and the window it looks at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from migrator.scrub.messages import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrator.model.run import Run

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line of the ledger names: a date, and the runs that were found for it, as ``side:run_id``."""

    logical_date: datetime
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phases:
    """How many intervals ran ``before`` the source ended, ``during`` what nobody ran then, and ``after``.

    ``waiting``: those of the outage that are queued, or wait for their DAG to move.
    """

    before: int
    during: int
    waiting: int
    after: int


@dataclass(frozen=True, slots=True)
class DagLedger:
    """One DAG's account; ``expected`` = ``ran_once`` + the number of duplicates + the number of gaps.

    ``skipped``: what a side left out by itself; ``left_out``: what is skipped because somebody decided so; ``phases``:
    where its source ended, when the intervals ran; ``told``: the runs of a source that ended which only logs or a
    person tell of: they are in no other count.
    """

    dag_id: str
    expected: int = 0
    ran_once: int = 0
    by_v1: int = 0
    by_v2: int = 0
    duplicates: tuple[Entry, ...] = ()
    gaps: tuple[Entry, ...] = ()
    extras: tuple[Entry, ...] = ()
    skipped: tuple[Entry, ...] = ()
    left_out: tuple[Entry, ...] = ()
    pending: int = 0
    note: str = ""
    phases: Phases | None = None
    told: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """From when on a DAG was off on both sides, and when it was on again, in ``to``."""

    off: datetime
    on: datetime
    to: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The intervals that a decision leaves out: from one start to another, both included, without those in ``run``."""

    spans: tuple[tuple[datetime, datetime], ...]
    run: frozenset[datetime] = frozenset()

    def __contains__(self, date: datetime) -> bool:
        return date not in self.run and any(first <= date <= last for first, last in self.spans)


@dataclass(frozen=True, slots=True)
class Window:
    """What the ledger looks at: intervals due after ``since`` and, less the grace, by ``until``.

    An older interval counts only when it ran twice. ``moves`` says when each DAG was moved, ``moving`` which are just
    now; ``frozen``: runs, by DAG and date, that were left behind in v1 to be run anew; ``told``: runs of which logs or
    a person alone tell, which are neither run nor missing.
    """

    since: datetime
    until: datetime
    grace: timedelta = timedelta(minutes=2)
    moves: Mapping[str, tuple[Moved, ...]] = field(default_factory=dict)
    moving: frozenset[str] = frozenset()
    frozen: frozenset[tuple[str, datetime]] = frozenset()
    begins: Mapping[str, datetime] = field(default_factory=dict)
    left_out: Mapping[str, LeftOut] = field(default_factory=dict)
    outages: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)
    told: frozenset[tuple[str, datetime]] = frozenset()

    def of(self, dag_id: str) -> Window:
        """The window of one DAG."""
        return replace(self, since=self.begins.get(dag_id, self.since))

    def told_of(self, dag_id: str) -> list[datetime]:
        """The dates of the DAG's runs of which only logs or a person tell, sorted: its schedule goes on from them."""
        return sorted(date for name, date in self.told if name == dag_id)

    def is_left_out(self, dag_id: str, date: datetime) -> bool:
        """Whether somebody decided that the DAG's interval of that start is skipped."""
        return dag_id in self.left_out and date in self.left_out[dag_id]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The whole account."""

    window: Window
    dags: tuple[DagLedger, ...] = field(default=())

    @property
    def clean(self) -> bool:
        """Whether no interval was run twice and none is missing."""
        return not any(dag.duplicates or dag.gaps for dag in self.dags)


Tagged = tuple[str, "Run"]
"""A run, and the side that it is of: ``v1`` or ``v2``."""


def tally(
    dag_id: str,
    slots: Mapping[datetime, Sequence[Tagged]],
    others: Sequence[Tagged],
    window: Window,
    *,
    early: frozenset[datetime] | set[datetime] = frozenset(),
    note: str = "",
) -> DagLedger:
    """Count the runs of each date: one is as it should be, more are duplicates, none a gap, unless it is ``early``."""
    pending = {date for date, runs in slots.items() if _waits(runs, early=date in early)}
    counted = {date: runs for date, runs in sorted(slots.items()) if date not in pending}
    once = [runs[0] for runs in counted.values() if len(runs) == 1]
    return DagLedger(
        dag_id=dag_id,
        expected=len(counted),
        ran_once=len(once),
        by_v1=sum(side == "v1" for side, _ in once),
        by_v2=sum(side == "v2" for side, _ in once),
        duplicates=tuple(_entry(date, runs) for date, runs in counted.items() if len(runs) > 1),
        gaps=tuple(_entry(date, runs) for date, runs in counted.items() if not runs),
        extras=tuple(
            _entry(run.logical_date, [(side, run)])
            for side, run in others
            if window.since <= began(run) <= window.until
        ),
        pending=len(pending),
        note=note,
        phases=_phases(counted, pending, *window.outages[dag_id]) if dag_id in window.outages else None,
    )


def _phases(
    counted: Mapping[datetime, Sequence[Tagged]], pending: Iterable[datetime], first: datetime, last: datetime
) -> Phases:
    ran = [date for date, runs in counted.items() if runs]
    return Phases(
        before=sum(date < first for date in ran),
        during=sum(first <= date <= last for date in ran),
        waiting=sum(first <= date <= last for date in pending),
        after=sum(date > last for date in ran),
    )


def _waits(runs: Sequence[Tagged], *, early: bool) -> bool:
    return early if not runs else len(runs) == 1 and runs[0][1].state == "queued"


def _entry(date: datetime, runs: Sequence[Tagged]) -> Entry:
    return Entry(date, tuple(f"{side}:{shown(run.run_id)}" for side, run in runs))


def began(run: Run) -> datetime:
    """When a run started, or where nobody wrote that down, its date."""
    return run.started or run.logical_date
