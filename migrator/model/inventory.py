"""Everything the source environment holds, at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from migrator.model.dag import BrokenFile, Dag, Unlisted
from migrator.model.environment import EnvironmentFacts
from migrator.model.history import History
from migrator.model.resources import Connection, Pool, StoredFile, Variable
from migrator.model.run import Run
from migrator.model.trigger import Trigger
from migrator.model.usage import Usage

SCHEMA_VERSION = 2
"""Since 2 settings and the hosts of connections are sealed."""


class Origin(StrEnum):
    """Where an inventory comes from."""

    LIVE = "live"
    SNAPSHOT = "snapshot"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Inventory:
    """The inventory of one environment; every tuple is sorted by its key.

    ``captured_at`` is the environment's own clock; ``runs`` are those of the weeks before it, without their tasks.
    A folder knows no more than its files: ``unlisted`` are those that make DAGs which nobody can list.
    ``unknown`` names the parts that could not be read, or not wholly: their tuples are not all that there is.
    ``triggers``: who started which DAG, as Airflow's log counts it in the weeks before; empty where nobody asked it.
    ``history`` are the last runs of each DAG, with their tasks, of an environment that may be gone; None of a live one.
    """

    captured_at: datetime
    environment: EnvironmentFacts
    airflow_version: str
    python_version: str
    dags: tuple[Dag, ...] = ()
    broken_files: tuple[BrokenFile, ...] = ()
    files: tuple[StoredFile, ...] = ()
    runs: tuple[Run, ...] = ()
    variables: tuple[Variable, ...] = ()
    connections: tuple[Connection, ...] = ()
    pools: tuple[Pool, ...] = ()
    usage: Usage | None = None
    warnings: tuple[str, ...] = ()
    origin: Origin = Origin.LIVE
    unlisted: tuple[Unlisted, ...] = ()
    unknown: tuple[str, ...] = ()
    history: History | None = None
    triggers: tuple[Trigger, ...] = ()
    schema_version: int = field(default=SCHEMA_VERSION)

    @property
    def tasks_known(self) -> bool:
        """Whether the tasks of every DAG that is listed are known, and no file may make other DAGs."""
        return not self.unlisted and all(dag.knows("tasks") for dag in self.dags)

    def dag(self, dag_id: str) -> Dag | None:
        """The DAG of that id."""
        return next((dag for dag in self.dags if dag.dag_id == dag_id), None)
