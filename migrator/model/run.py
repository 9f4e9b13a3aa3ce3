"""A DAG run as the metadata database holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

FINISHED = frozenset({"success", "failed"})
TASK_FINISHED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed", "shutdown"})


@dataclass(frozen=True, slots=True)
class Run:
    """One DAG run.

    ``logical_date`` is the interval start; ``interval_end`` is None where the environment cannot tell.
    ``automated`` runs move the schedule, others were triggered; ``carried`` marks a run that only mirrors
    one of the other environment and did no work here. ``tasks`` maps task id to state (None: not scheduled yet).
    """

    dag_id: str
    run_id: str
    logical_date: datetime
    state: str
    automated: bool
    interval_end: datetime | None = None
    carried: bool = False
    started: datetime | None = None
    ended: datetime | None = None
    tasks: dict[str, str | None] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether the run, and each task that it had, ended."""
        return self.state in FINISHED and all(state in TASK_FINISHED for state in self.tasks.values())

    @property
    def on_last_tasks(self) -> bool:
        """Whether all that is left of it is running: a pause of its DAG freezes nothing of it."""
        return bool(self.tasks) and all(state == "running" or state in TASK_FINISHED for state in self.tasks.values())

    @property
    def at_work(self) -> tuple[str, ...]:
        """The tasks that have not ended, by id."""
        return tuple(sorted(task for task, state in self.tasks.items() if state not in TASK_FINISHED))

    @property
    def seconds(self) -> float | None:
        """How long it took, when it ended."""
        return (self.ended - self.started).total_seconds() if self.started and self.ended else None
