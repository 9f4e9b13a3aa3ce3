"""What Airflow's REST API answers: of each object the fields that this program reads.

Source: the OpenAPI document of Airflow 2.10.5, ``airflow/api_connexion/openapi/v1.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, StrictBool, StrictInt, Tag


def is_moment(text: object) -> bool:
    """Whether it is the ISO text of a moment with its zone, which any other zone can show."""
    try:
        found = datetime.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return found.tzinfo is not None and 1 < found.year < 9999


def _moment(text: str) -> str:
    if not is_moment(text):
        raise ValueError("it is no date with a time and a zone")
    return text


Moment = Annotated[str, AfterValidator(_moment)]
"""Such as ``2026-01-02T03:04:05.000006+00:00``."""


@dataclass(frozen=True, slots=True)
class Dag:
    """A DAG."""

    dag_id: str
    is_paused: StrictBool
    last_parsed_time: Moment | None = None
    next_dagrun: Moment | None = None
    next_dagrun_create_after: Moment | None = None
    has_import_errors: StrictBool | None = None
    is_active: StrictBool | None = None
    max_active_runs: StrictInt | None = None
    fileloc: str | None = None


@dataclass(frozen=True, slots=True)
class Cron:
    """A schedule in five fields, or a preset."""

    value: str


@dataclass(frozen=True, slots=True)
class Delta:
    """A schedule of a fixed length."""

    days: Annotated[StrictInt, Field(ge=-10_000_000, le=10_000_000)]
    seconds: Annotated[StrictInt, Field(ge=-(10**12), le=10**12)]
    microseconds: Annotated[StrictInt, Field(ge=-(10**15), le=10**15)]


def _kind(schedule: Any) -> str:  # noqa: ANN401 - JSON
    kind = schedule.get("__type") if isinstance(schedule, dict) else None
    return {"CronExpression": "cron", "TimeDelta": "delta"}.get(kind, "other") if isinstance(kind, str) else "other"


Schedule = Annotated[
    Annotated[Cron, Tag("cron")] | Annotated[Delta, Tag("delta")] | Annotated[dict[str, Any], Tag("other")],
    Discriminator(_kind),
]


@dataclass(frozen=True, slots=True)
class Details(Dag):
    """A DAG with what its file says."""

    timezone: str | None = None
    timetable_description: str | None = None
    schedule_interval: Schedule | None = None
    catchup: StrictBool | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A DAG run."""

    dag_id: str
    dag_run_id: str
    execution_date: Moment
    state: str
    run_type: str | None = None
    data_interval_end: Moment | None = None
    start_date: Moment | None = None
    end_date: Moment | None = None
    conf: dict[str, Any] | None = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskInstance:
    """A task of a run."""

    dag_id: str
    dag_run_id: str
    task_id: str
    state: str | None


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a DAG."""

    task_id: str


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A file that Airflow could not import."""

    filename: str | None = None
    stack_trace: str | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's name."""

    key: str


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection's name."""

    connection_id: str


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool's name."""

    name: str


@dataclass(frozen=True, slots=True)
class Tasks:
    """All tasks of a DAG."""

    tasks: list[Task]


@dataclass(frozen=True, slots=True)
class Dags:
    """A page of DAGs."""

    dags: list[Dag]
    total_entries: StrictInt


@dataclass(frozen=True, slots=True)
class Runs:
    """A page of DAG runs."""

    dag_runs: list[Run]
    total_entries: StrictInt


@dataclass(frozen=True, slots=True)
class TaskInstances:
    """A page of tasks of runs."""

    task_instances: list[TaskInstance]
    total_entries: StrictInt


@dataclass(frozen=True, slots=True)
class ImportErrors:
    """A page of import errors."""

    import_errors: list[BrokenFile]
    total_entries: StrictInt


@dataclass(frozen=True, slots=True)
class Variables:
    """A page of variables."""

    variables: list[Variable]
    total_entries: StrictInt


@dataclass(frozen=True, slots=True)
class Connections:
    """A page of connections."""

    connections: list[Connection]
    total_entries: StrictInt


@dataclass(frozen=True, slots=True)
class Pools:
    """A page of pools."""

    pools: list[Pool]
    total_entries: StrictInt


Done = dict[str, Any]
"""The answer to a change, which is read back."""
