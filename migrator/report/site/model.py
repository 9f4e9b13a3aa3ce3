"""What the site shows: everything that the workspace holds, each part only where it is there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from migrator.report.status import latest, place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.assess.model import Assessment
    from migrator.model.dag import Dag
    from migrator.model.inventory import Inventory
    from migrator.model.plan import Plan
    from migrator.model.readiness import DagReadiness
    from migrator.report.audited import Audited, DagLine
    from migrator.report.rewrite.model import Report
    from migrator.report.site.drift import Changed

PLACES = {"v1": "in v1", "between": "between", "v2": "in v2", "person": "with a person"}
"""Where a DAG can be, and how it is said."""


@dataclass(frozen=True, slots=True)
class Line:
    """One DAG of the big table."""

    dag: Dag
    readiness: DagReadiness | None
    wave: int | None
    place: str
    state: str
    ledger: str


@dataclass(frozen=True)
class Site:
    """``plan`` and ``audit`` are None, and ``rows`` empty, before they are made.

    ``drift`` says what no longer fits the plan, ``changes`` what the last look at the source found changed there.
    """

    inventory: Inventory
    assessment: Assessment
    rewrite: Report
    plan: Plan | None = None
    rows: tuple[Mapping[str, Any], ...] = ()
    audit: Audited | None = None
    drift: tuple[str, ...] = ()
    changes: tuple[Changed, ...] = ()
    made: str = ""

    @cached_property
    def latest(self) -> Mapping[str, Mapping[str, Any]]:
        """The newest row of the journal for each DAG."""
        return latest(self.rows)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every DAG, by id."""
        ready = {one.dag_id: one for one in self.assessment.dags}
        waves = {dag.dag_id: wave.number for wave in (self.plan.waves if self.plan else ()) for dag in wave.dags}
        ledger = {one.dag_id: one for one in self.audit.dags} if self.audit else {}
        return tuple(
            Line(
                dag,
                ready.get(dag.dag_id),
                waves.get(dag.dag_id),
                place(self.latest.get(dag.dag_id)),
                str(self.latest.get(dag.dag_id, {}).get("state", "")),
                _verdict(ledger.get(dag.dag_id)),
            )
            for dag in self.inventory.dags
        )

    @cached_property
    def places(self) -> Mapping[str, int]:
        """How many DAGs are where."""
        found = Counter(line.place for line in self.lines)
        return {name: found[name] for name in PLACES}

    def places_in(self, wave: int) -> Mapping[str, int]:
        """The same for the DAGs of one wave."""
        found = Counter(line.place for line in self.lines if line.wave == wave)
        return {name: found[name] for name in PLACES}

    @cached_property
    def schedules(self) -> list[tuple[str, int]]:
        """How many DAGs have each kind of schedule, the most first."""
        return Counter(_kind(dag) for dag in self.inventory.dags).most_common()

    @cached_property
    def operators(self) -> list[tuple[str, int]]:
        """The ten operators with most tasks."""
        tasks = (task.operator.rpartition(".")[2] for dag in self.inventory.dags for task in dag.tasks)
        return Counter(tasks).most_common(10)

    @cached_property
    def owners(self) -> list[tuple[str, int]]:
        """The ten owners with most DAGs."""
        return Counter(owner for dag in self.inventory.dags for owner in dag.owned_by or ("nobody",)).most_common(10)

    @cached_property
    def with_wrong(self) -> frozenset[str]:
        """The DAGs that the ledger complains of."""
        return frozenset(dag_id for dag_id, *_ in self.wrong)

    def is_first_wrong(self, number: int) -> bool:
        """Whether that row of ``wrong`` is the first of its DAG."""
        return number == 0 or self.wrong[number - 1][0] != self.wrong[number][0]

    @cached_property
    def wrong(self) -> list[tuple[str, str, str, str]]:
        """What the ledger complains of: DAG, what, logical date, runs."""
        kinds = {"duplicates": "duplicate", "gaps": "gap", "extras": "extra", "skipped_by_v1": "skipped by v1"}
        return [
            (dag.dag_id, said, one.logical_date, ", ".join(one.runs))
            for dag in (self.audit.dags if self.audit else ())
            for kind, said in kinds.items()
            for one in getattr(dag, kind)
        ]


def _kind(dag: Dag) -> str:
    return dag.schedule.kind.value if dag.knows("schedule") else "unknown"


def _verdict(entry: DagLine | None) -> str:
    if entry is None:
        return ""
    counts = {"duplicate": len(entry.duplicates), "gap": len(entry.gaps)}
    bad = [f"{count} {kind}{'s' * (count != 1)}" for kind, count in counts.items() if count]
    return ", ".join(bad) or f"{entry.ran_once} of {entry.expected} once"
