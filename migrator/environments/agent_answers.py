"""What the agent answers: the envelope of every answer, and of each action's result what this program reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Discriminator, StrictBool, StrictInt, Tag

from migrator.environments.rest_answers import Moment  # noqa: TC001 - pydantic reads it
from migrator.model.dag import Schedule  # noqa: TC001 - pydantic reads it
from migrator.model.run import Run  # noqa: TC001 - pydantic reads it


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an action failed."""

    kind: str = ""
    message: str = ""
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, good or bad."""

    ok: StrictBool
    error: Failure | None = None
    agent_version: str | None = None


@dataclass(frozen=True, slots=True)
class Good:
    """What a good answer says beside its result."""

    result: dict[str, Any]
    now: Moment
    airflow_version: str
    python_version: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A DAG of which something could not be read."""

    error: str


@dataclass(frozen=True, slots=True)
class Observed:
    """One DAG now."""

    exists: StrictBool
    paused: StrictBool | None = None
    max_active_runs: StrictInt | None = None
    active: list[Run] = field(default_factory=list)
    finished: list[Run] = field(default_factory=list)
    next_dagrun: Moment | None = None
    next_dagrun_create_after: Moment | None = None
    last_parsed: Moment | None = None
    import_error: str | None = None
    task_ids: list[str] = field(default_factory=list)
    by_datasets: StrictBool = False
    schedule: Schedule | None = None


def _kind(seen: Any) -> str:  # noqa: ANN401 - JSON
    return "unread" if isinstance(seen, dict) and "error" in seen else "seen"


Seen = Annotated[Annotated[Observed, Tag("seen")] | Annotated[Unread, Tag("unread")], Discriminator(_kind)]


@dataclass(frozen=True, slots=True)
class Runs:
    """DAG runs."""

    runs: list[Run]


@dataclass(frozen=True, slots=True)
class Edit:
    """Who changed a resource."""

    kind: str
    name: str | None
    who: str | None
    at: Moment
    how: str


@dataclass(frozen=True, slots=True)
class Edits:
    """The edits that Airflow's log knows."""

    edits: list[Edit]


@dataclass(frozen=True, slots=True)
class Broken:
    """A file that cannot be imported."""

    file: str
    message: str


@dataclass(frozen=True, slots=True)
class Parity:
    """What an environment shows of itself."""

    dags: dict[str, dict[str, Any]]
    broken_files: list[Broken]
    variables: dict[str, Any]
    connections: dict[str, Any]
    pools: dict[str, Any]
    users: dict[str, Any] | None = None
    warnings: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What runs leave to later ones, sealed, and what of it is left out, by DAG."""

    sealed: str = ""
    left_out: dict[str, list[str]] = field(default_factory=dict)


ByDag = dict[str, dict[str, Any]]
RESULTS: dict[str, Any] = {
    "observe": dict[str, Seen],
    "runs": Runs,
    "edits": Edits,
    "names": dict[str, list[str | None]],
    "parity": Parity,
    "pause_if_idle": ByDag,
    "set_paused": ByDag,
    "finish_ended": ByDag,
    "carry_over": ByDag,
    "past": Past,
    "remove_carried": ByDag,
    "remove_waiting": ByDag,
    "switch_on": ByDag,
    "fill_held": ByDag,
}
"""The model of each action's result; what is not named here is checked by who asked."""
