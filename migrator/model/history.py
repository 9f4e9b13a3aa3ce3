"""What is known of an environment's last runs when it is gone: by its database, by its logs, or by a person."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from migrator.model.run import FINISHED, TASK_FINISHED, Run

NEWEST = 10
"""How many runs of each DAG are kept; those that did not end come beside."""


class Source(StrEnum):
    """Who says that a run was; each is better than the next."""

    RECORDED = "recorded"
    DECLARED = "declared"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class HistoryRun:
    """One run; None is what its source does not tell, as the paths of 1.10's logs tell no run id.

    ``recorded``: the metadata database says so; ``declared``: a person does; ``inferred``: only its logs do, which a
    task that was skipped or never began leaves none of. ``tasks`` maps task id to state, as far as they are known.
    """

    dag_id: str
    logical_date: datetime
    run_id: str | None = None
    state: str | None = None
    automated: bool | None = None
    interval_end: datetime | None = None
    tasks: dict[str, str | None] = field(default_factory=dict)
    source: Source = Source.RECORDED
    started: datetime | None = None
    ended: datetime | None = None

    @classmethod
    def of(cls, run: Run) -> HistoryRun:
        """The same run, as the database recorded it."""
        found = cls(run.dag_id, run.logical_date, run.run_id, run.state, run.automated, run.interval_end, run.tasks)
        return replace(found, started=run.started, ended=run.ended)

    @property
    def done(self) -> bool:
        """Whether it is known to have ended, with each task that it had begun."""
        return self.state in FINISHED and not self.at_work

    @property
    def at_work(self) -> tuple[str, ...]:
        """The tasks that had begun, or were about to, and did not end, by id."""
        return tuple(sorted(task for task, state in self.tasks.items() if state and state not in TASK_FINISHED))


@dataclass(frozen=True, slots=True)
class History:
    """The last runs of one environment: by DAG, newest first. ``unknown``: the DAGs of whose past nobody knows.

    Of some of these runs are known, and there may have been others after them.
    """

    runs: tuple[HistoryRun, ...] = ()
    unknown: tuple[str, ...] = ()

    def of(self, dag_id: str) -> tuple[HistoryRun, ...]:
        """The runs of one DAG, newest first."""
        return tuple(run for run in self.runs if run.dag_id == dag_id)

    def last_done(self, dag_id: str) -> HistoryRun | None:
        """The newest automated run that is known to have ended, also one that failed; None of an unknown DAG."""
        if dag_id in self.unknown:
            return None
        return next((run for run in self.of(dag_id) if run.automated and run.done), None)

    def half_done(self, dag_id: str) -> tuple[HistoryRun, ...]:
        """The runs that had begun and are not known to have ended, newest first."""
        return tuple(run for run in self.of(dag_id) if not run.done)


def ordered(runs: list[HistoryRun]) -> tuple[HistoryRun, ...]:
    """The runs by DAG, newest first."""
    newest = sorted(runs, key=lambda run: (run.logical_date, run.run_id or ""), reverse=True)
    return tuple(sorted(newest, key=lambda run: run.dag_id))
