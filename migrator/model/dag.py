"""A DAG as its environment's own Airflow parsed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from migrator.model.duration import spelled

PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}
"""The names of crons, and their five fields."""


class ScheduleKind(StrEnum):
    """The forms a schedule takes."""

    CRON = "cron"
    DELTA = "delta"
    ONCE = "once"
    NONE = "none"
    DATASET = "dataset"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a DAG runs: ``expression`` for cron, ``seconds`` for timedelta; ``timezone`` is an IANA name."""

    kind: ScheduleKind
    expression: str | None = None
    seconds: float | None = None
    timezone: str = "UTC"

    def __str__(self) -> str:
        match self.kind:
            case ScheduleKind.CRON:
                return str(self.expression)
            case ScheduleKind.DELTA:
                return "unknown" if self.seconds is None else f"every {spelled(self.seconds)}"
            case _:
                return self.expression or f"({self.kind})"


class ReferenceKind(StrEnum):
    """How a task refers to another DAG."""

    TRIGGERS = "triggers"
    WAITS_FOR = "waits_for"
    SUBDAG = "subdag"


@dataclass(frozen=True, slots=True)
class Reference:
    """Another DAG named by a task; ``dag_id`` is None when it is only known at run time."""

    kind: ReferenceKind
    dag_id: str | None
    task_id: str | None = None
    delta_seconds: float | None = None
    dynamic: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One task: ``operator`` is the dotted class, ``downstream`` the direct successors, sorted."""

    task_id: str
    operator: str
    pool: str = "default_pool"
    queue: str = "default"
    trigger_rule: str = "all_success"
    retries: int = 0
    depends_on_past: bool = False
    wait_for_downstream: bool = False
    downstream: tuple[str, ...] = ()
    reference: Reference | None = None


_PAST = ("tasks.depends_on_past", "tasks.wait_for_downstream")


class Facts(StrEnum):
    """Who says what a DAG is: its environment's Airflow, or its code that nobody ran."""

    AIRFLOW = "airflow"
    STATIC = "static"


@dataclass(frozen=True, slots=True)
class Dag:
    """One DAG; ``file`` is relative to the DAGs folder, dates are aware.

    ``unknown`` names the facts that only run time knows, such as ``schedule``, ``tasks`` or ``tasks.pool``: what
    stands in their fields is then Airflow's default, or what was found so far. It is empty where Airflow told.
    """

    dag_id: str
    file: str
    schedule: Schedule
    start_date: datetime | None = None
    end_date: datetime | None = None
    catchup: bool = True
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    paused: bool = False
    max_active_runs: int = 16
    description: str | None = None
    datasets_out: tuple[str, ...] = ()
    datasets_in: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = field(default=())
    facts: Facts = Facts.AIRFLOW
    unknown: tuple[str, ...] = ()

    @property
    def pools(self) -> tuple[str, ...]:
        """The pools its tasks use, sorted."""
        return tuple(sorted({task.pool for task in self.tasks}))

    @property
    def owned_by(self) -> tuple[str, ...]:
        """The owners as people read them: ``unknown`` where only run time knows them, none where nobody is named."""
        return self.owners if self.knows("owners") else ("unknown",)

    @property
    def state(self) -> str:
        """``paused``, ``unpaused`` or ``unknown``."""
        if not self.knows("paused"):
            return "unknown"
        return "paused" if self.paused else "unpaused"

    def knows(self, fact: str) -> bool:
        """Whether what stands in that field, or in ``tasks.ARGUMENT``, is known."""
        return fact not in self.unknown

    @property
    def known_schedule(self) -> Schedule:
        """The schedule; of kind ``other``, and spelled ``unknown``, where only run time knows it."""
        if self.knows("schedule"):
            return self.schedule
        return Schedule(ScheduleKind.OTHER, "unknown", timezone=self.schedule.timezone)

    @property
    def catches_up(self) -> str:
        """``yes``, ``no`` or ``unknown``."""
        return "unknown" if not self.knows("catchup") else "yes" if self.catchup else "no"

    @property
    def minds_its_past(self) -> bool | None:
        """Whether a task of it depends on its run before; None where that is not known of all of them."""
        if any(self._minds(task) for task in self.tasks):
            return True
        return False if all(map(self.knows, ("tasks", *_PAST))) else None

    def _minds(self, task: Task) -> bool:
        return any(self.knows(fact) and getattr(task, fact.removeprefix("tasks.")) for fact in _PAST)

    @property
    def automated(self) -> bool:
        """Whether the scheduler makes runs for it by time, or may."""
        return self.known_schedule.kind in {
            ScheduleKind.CRON,
            ScheduleKind.DELTA,
            ScheduleKind.ONCE,
            ScheduleKind.OTHER,
        }


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A file that the environment's Airflow cannot import."""

    file: str
    message: str


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A file whose code makes DAGs that nobody can list without running it; ``line`` is where."""

    file: str
    line: int
    why: str
