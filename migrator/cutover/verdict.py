"""Whether a DAG does on the new side what it did on the old one: its first run, against its history. Pure.

A run that fails as it always failed is no regression. What can't be told is inconclusive and waits for a person; what
is not due yet, or takes no longer than it used to, is told later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from migrator.model.duration import roughly

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from migrator.model.run import Run

LATE = timedelta(minutes=5)
"""How long after it was due a first run may begin."""
SLACK = timedelta(minutes=1)
TIMES = 3
"""A run is slow when it takes more than this many times the 95th percentile, and a minute more than that."""
ENOUGH = 3
"""So many runs are a history to go by."""


class Verdict(StrEnum):
    """What was seen; ``none``: there is nothing to see, as the DAG has no schedule or stays paused."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    LATER = "later"
    NONE = "nothing to wait for"

    @property
    def asks(self) -> bool:
        """Whether a person has to look."""
        return self in {Verdict.FAILED, Verdict.INCONCLUSIVE}


@dataclass(frozen=True, slots=True)
class Observed:
    """A verdict and its reasons."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def judge(run: Run, history: Sequence[Run], due: datetime) -> Observed:
    """What a finished first run, that was due at ``due``, says; ``history``: finished runs of the other side."""
    worked = [each for each in history if not each.carried]
    if run.state == "failed":
        return _failed(run, worked)
    doubts = (*_late(run, due), *_slow(run, worked), *_other_tasks(run, worked))
    return Observed(Verdict.INCONCLUSIVE if doubts else Verdict.PASSED, doubts)


def usual(history: Iterable[Run]) -> tuple[float, float] | None:
    """Median and 95th percentile (nearest rank) of the runs' seconds; None when there are too few."""
    seconds = sorted(run.seconds for run in history if run.seconds is not None)
    return (median(seconds), seconds[math.ceil(0.95 * len(seconds)) - 1]) if len(seconds) >= ENOUGH else None


def longest(history: Iterable[Run]) -> timedelta | None:
    """How long a run may take before it is slow; None when the history doesn't say."""
    known = usual(history)
    return timedelta(seconds=TIMES * known[1]) + SLACK if known else None


def by_dag(runs: Iterable[Run], chosen: Collection[str]) -> dict[str, tuple[Run, ...]]:
    """The runs of the chosen DAGs, by id."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        if run.dag_id in chosen:
            found.setdefault(run.dag_id, []).append(run)
    return {dag_id: tuple(each) for dag_id, each in found.items()}


def _failed(run: Run, history: Sequence[Run]) -> Observed:
    before = [each for each in history if each.state == "failed"]
    if not before:
        known = f"none of {len(history)} before did" if history else "there is no run before it to compare with"
        return Observed(Verdict.FAILED, (f"it failed{_tasks(_failures(run))}; {known}",))
    if len(before) < len(history):
        reason = f"it failed{_tasks(_failures(run))}; so did {len(before)} of {len(history)} before"
        return Observed(Verdict.INCONCLUSIVE, (reason,))
    told = [_failures(each) for each in before if each.tasks]
    if new := _failures(run) - set().union(*told) if told else frozenset[str]():
        return Observed(Verdict.FAILED, (f"it failed{_tasks(new)}, where it did not fail before",))
    return Observed(Verdict.PASSED, (f"it failed, as each of {len(before)} before",))


def _failures(run: Run) -> frozenset[str]:
    return frozenset(task for task, state in run.tasks.items() if state == "failed")


def _tasks(names: Iterable[str]) -> str:
    found = sorted(names)
    return f" in {', '.join(found[:3])}" if found else ""


def _late(run: Run, due: datetime) -> list[str]:
    if run.started is None or run.started - due <= LATE:
        return []
    return [f"it began {roughly((run.started - due).total_seconds())} after it was due"]


def _slow(run: Run, history: Sequence[Run]) -> list[str]:
    known, most = usual(history), longest(history)
    if known is None or most is None or run.seconds is None or run.seconds <= most.total_seconds():
        return []
    return [f"it took {roughly(run.seconds)}, before {roughly(known[0])} (95 of 100 up to {roughly(known[1])})"]


def _other_tasks(run: Run, history: Sequence[Run]) -> list[str]:
    last = max((each for each in history if each.tasks), key=lambda each: each.logical_date, default=None)
    missing = sorted(set(last.tasks) - set(run.tasks)) if last and run.tasks else []
    return [f"it ran without its task(s) {', '.join(missing[:3])}"] if missing else []
