"""Which waits between DAGs are split between the two environments. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from migrator.model.dag import ReferenceKind, ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from migrator.model.dag import Dag, Reference

FREE = timedelta(days=35)
"""How far before its own date a sensor may look whose date only run time knows: a month, and some days."""


@dataclass(frozen=True, slots=True)
class Wait:
    """``consumer`` waits for runs of ``upstream``, at most ``back`` before its own date; ``free``: manual runs too."""

    upstream: str
    consumer: str
    back: timedelta = timedelta(0)
    free: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """A wait whose upstream runs in v2 and whose consumer in v1, if ``from_v2``; else the other way round."""

    wait: Wait
    from_v2: bool

    @property
    def way(self) -> str:
        """From where to where runs are mirrored."""
        return "v2 to v1" if self.from_v2 else "v1 to v2"


def find_waits(dags: Iterable[Dag], planned: Collection[str]) -> tuple[Wait, ...]:
    """Every wait between two planned DAGs, one for each pair, sorted; a DAG that waits for itself needs no bridge."""
    known = {dag.dag_id: dag for dag in dags if dag.dag_id in planned}
    found: defaultdict[tuple[str, str], list[timedelta]] = defaultdict(list)
    for dag in known.values():
        for task in dag.tasks:
            one = task.reference
            if one and one.kind is ReferenceKind.WAITS_FOR and one.dag_id in known and one.dag_id != dag.dag_id:
                found[one.dag_id, dag.dag_id].append(_back(one))
    return tuple(
        Wait(upstream, consumer, max(backs), known[upstream].schedule.kind is ScheduleKind.NONE)
        for (upstream, consumer), backs in sorted(found.items())
    )


def _back(reference: Reference) -> timedelta:
    return FREE if reference.dynamic else timedelta(seconds=max(0.0, reference.delta_seconds or 0.0))


def split(waits: Iterable[Wait], on_v2: Collection[str]) -> tuple[Split, ...]:
    """The waits whose two ends are in different environments now."""
    return tuple(
        Split(wait, wait.upstream in on_v2) for wait in waits if (wait.upstream in on_v2) != (wait.consumer in on_v2)
    )
