"""What the rest of the program asks of an environment, as Protocols; the adapters beside this file fulfil them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from migrator.model.environment import EnvironmentFacts
    from migrator.model.resources import StoredFile


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How one ``airflow`` command ended; ``output`` holds what it printed, noise included."""

    exit_code: int
    output: str


class Channel(Protocol):
    """A way to run the ``airflow`` command line inside an environment."""

    def run(self, *arguments: str, deadline: float) -> CommandResult:
        """Run ``airflow ARGUMENTS`` within ``deadline`` seconds; UnreachableError when it cannot be started."""
        ...


class Files(Protocol):
    """Files that can be read; paths are those of a bucket, such as ``dags/etl.py``."""

    @property
    def name(self) -> str:
        """The bucket's name, without ``gs://``."""
        ...

    def files(self, prefix: str = "") -> Iterable[StoredFile]:
        """Every object whose path starts with ``prefix``, sorted by path; folders' placeholders are left out."""
        ...

    def read(self, path: str) -> bytes | None:
        """The object's bytes, or None when there is no such object."""
        ...


class Bucket(Files, Protocol):
    """The environment's bucket."""

    def updated(self, path: str) -> datetime | None:
        """When the object was written last, or None when there is no such object."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Create or replace the object."""
        ...

    def upload(self, path: str, file: Path) -> None:
        """Create or replace the object with what the file holds, which need not fit into memory."""
        ...

    def create(self, path: str, data: bytes) -> bool:
        """Create the object with ``if_generation_match=0``; False when it is there already."""
        ...

    def exchange(self, path: str, old: bytes, new: bytes) -> bool:
        """Replace the object, if it holds ``old`` and nobody else writes it meanwhile; whether it was replaced."""
        ...

    def replace(self, path: str, data: bytes, md5: str) -> bool:
        """Replace the object while it is still the one with this md5; False when it is another, or gone."""
        ...

    def delete(self, path: str) -> None:
        """Delete the object; nothing happens when it is gone already."""
        ...

    def remove(self, path: str, md5: str) -> bool:
        """Delete the object while it is still the one with this md5, or gone; False when it is another."""
        ...

    def copy_from(self, bucket: str, path: str) -> None:
        """Create or replace the object with that of another bucket, without its bytes passing through here."""
        ...


class Agent(Protocol):
    """The agent inside the environment; its actions are listed in ``migrator/agent/migrate_agent.py``."""

    def call(self, action: str, **params: Any) -> Answer:  # noqa: ANN401 - JSON
        """Have the agent act, and give its answer; AgentError when it failed or did not answer."""
        ...

    def standing(self) -> AbstractContextManager[None]:
        """Make many calls in the block cheap: Airflow is started once for them."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent answered: ``result`` as its contract says, ``now`` by the environment's own clock."""

    result: dict[str, Any]
    now: datetime
    airflow_version: str
    python_version: str


@dataclass(frozen=True, slots=True)
class RestDag:
    """A DAG as the REST API of Airflow 2 shows it."""

    dag_id: str
    paused: bool
    last_parsed: datetime | None
    next_dagrun: datetime | None
    has_import_errors: bool


class Rest(Protocol):
    """The REST API of Airflow 2."""

    def dags(self) -> dict[str, RestDag]:
        """Every DAG, by id."""
        ...

    def import_errors(self) -> dict[str, str]:
        """File name, relative to the DAGs folder, to message."""
        ...

    def set_paused(self, dag_id: str, *, paused: bool) -> bool:
        """Set and read back."""
        ...


class Configuration(Protocol):
    """The settings of an environment, through the Composer API."""

    def set_overrides(self, overrides: dict[str, str]) -> None:
        """Make these the Airflow overrides, all of them; returns when the environment runs with them."""
        ...

    def set_env_variables(self, variables: dict[str, str]) -> None:
        """Make these the environment variables, all of them; returns when the environment runs with them."""
        ...


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment and the ways into it; ``rest`` is None on Airflow 1.10, ``settings`` where no API is at hand.

    ``agentless``: what the agent does for a cutover is done without it, and with less. ``last_seen``: since when it no
    longer answers, so that nothing runs in it, nothing of it can be changed, and what it says is what was known then;
    None of one that runs.
    """

    facts: EnvironmentFacts
    bucket: Bucket
    agent: Agent
    rest: Rest | None
    on_close: tuple[Callable[[], None], ...] = ()
    settings: Configuration | None = None
    agentless: bool = False
    last_seen: datetime | None = None

    def close(self) -> None:
        """Close every connection that was opened; the environment may be used again and opens new ones."""
        for closing in self.on_close:
            closing()
