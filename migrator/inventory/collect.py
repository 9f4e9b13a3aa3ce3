"""Take the inventory of an environment: what its API, its bucket and its own Airflow say."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from migrator.environments.agent_client import AGENT_PATH, DAG_ID
from migrator.errors import AgentError
from migrator.inventory.poorer import unanswered
from migrator.inventory.sound import sound_row, sound_rows
from migrator.model.dag import BrokenFile, Dag
from migrator.model.inventory import Inventory
from migrator.model.resources import Connection, Pool, StoredFile, Variable
from migrator.model.run import Run
from migrator.model.text import all_shown
from migrator.model.trigger import Trigger
from migrator.model.usage import Usage
from migrator.reading import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrator.environments.ports import Answer, Environment
    from migrator.inventory.sound import Loss
    from migrator.model.environment import EnvironmentFacts

FOLDERS = ("dags/", "plugins/")
OWN_DAGS = frozenset({DAG_ID, "airflow_monitoring"})
"""The agent, and Composer's liveness DAG, which is never migrated."""
OWN_FILES = frozenset({AGENT_PATH, "dags/airflow_monitoring.py"})
OWN_VARIABLES = frozenset({"composer_migrator_key"})
MAX_RUNS = 500
"""How many runs of each DAG the agent returns at most, the newest: durations and failure rates need no more."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Collected:
    """An inventory whose settings are still in clear, and the secrets that belong to it as an age file.

    ``past``: what the last runs of a source that is gone left to later ones, as another.
    """

    inventory: Inventory
    sealed: bytes
    past: bytes = b""


def collect(environment: Environment, *, recipient: str, weeks: int, now: datetime) -> Collected:
    """The inventory, with one call of the agent whatever the number of DAGs; secrets come sealed to ``recipient``."""
    since = now - timedelta(weeks=weeks)
    answer = environment.agent.call("describe", since=since.isoformat(), max_runs=MAX_RUNS, recipient=recipient)
    files = [file for folder in FOLDERS for file in environment.bucket.files(folder)]
    sealed = base64.b64decode(answer.result.get("sealed") or "")
    return Collected(build_inventory(environment.facts, answer, files), sealed)


def build_inventory(facts: EnvironmentFacts, answer: Answer, files: Iterable[StoredFile]) -> Inventory:
    """Unite the three sources: sorted, and without what is ours or Composer's own; settings are still in clear."""
    read = _Reader(facts.name, all_shown(answer.result), [])
    warnings = {*read.texts("warnings"), *_oddities(facts)}
    inventory = Inventory(
        captured_at=answer.now,
        environment=facts,
        airflow_version=answer.airflow_version,
        python_version=answer.python_version,
        dags=_sorted((dag for dag in read.rows("dags", Dag) if dag.dag_id not in OWN_DAGS), "dag_id"),
        broken_files=_sorted((one for one in read.rows("broken_files", BrokenFile) if _foreign(one.file)), "file"),
        files=wanted(files),
        runs=_sorted(
            (run for run in read.rows("runs", Run) if run.dag_id not in OWN_DAGS), "dag_id", "logical_date", "run_id"
        ),
        variables=_sorted((one for one in read.rows("variables", Variable) if one.key not in OWN_VARIABLES), "key"),
        connections=_sorted(read.rows("connections", Connection), "conn_id"),
        pools=_sorted(read.rows("pools", Pool), "name"),
        usage=read.one("usage", Usage),
        triggers=_sorted(read.rows("triggers", Trigger), "dag_id", "event", "who"),
        warnings=tuple(sorted(warnings)),
        unknown=unanswered(answer.result),
    )
    return replace(inventory, warnings=tuple(sorted({*warnings, *map(str, read.losses)})))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads lists of the agent's result as values of the model; what is odd in them is left out, and named."""

    environment: str
    result: dict[str, Any]
    losses: list[Loss]

    def rows(self, key: str, kind: type[T]) -> list[T]:
        found = self.result.get(key) or []
        if not isinstance(found, list):
            raise self._unreadable(key, f"it is {kind_of(found)}, not a list")
        rows, lost = sound_rows(kind, found)
        self.losses.extend(lost)
        return rows

    def one(self, key: str, kind: type[T]) -> T | None:
        """The value, or None from an agent that does not tell."""
        found = self.result.get(key)
        if not found:
            return None
        value, lost = sound_row(kind, found, 1)
        self.losses.extend(lost)
        return value

    def texts(self, key: str) -> list[str]:
        return [str(text) for text in self.result.get(key) or []]

    def _unreadable(self, key: str, why: str) -> AgentError:
        return AgentError(
            f"the agent in {self.environment} answered with something unreadable",
            why=f"{key}: {why}",
            fix="pip install --upgrade composer-migrator, then run the command again",
        )


def _sorted(rows: Iterable[T], *keys: str) -> tuple[T, ...]:
    return tuple(sorted(rows, key=lambda row: tuple(getattr(row, key) for key in keys)))


def wanted(files: Iterable[StoredFile]) -> tuple[StoredFile, ...]:
    """The files that count, sorted: without caches, the agent and Composer's own."""
    return _sorted((file for file in files if _wanted(file.path)), "path")


def _foreign(file: str) -> bool:
    return f"dags/{file}" not in OWN_FILES


def _wanted(path: str) -> bool:
    return path not in OWN_FILES and "__pycache__" not in path.split("/")


def _oddities(facts: EnvironmentFacts) -> list[str]:
    """What a person should know before they rely on the inventory."""
    if facts.state == "RUNNING":
        return []
    return [f"the environment is {facts.state}, not RUNNING"]
