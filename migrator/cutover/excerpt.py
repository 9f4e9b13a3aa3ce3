"""The excerpt of the plan that an attempt carries in the journal: which DAGs it moves, how they are tied, and by what.

It is chosen while the lock is held and is what the person was shown. From then on an attempt goes by it, whatever
becomes of plan.json, inventory.json and migrate.toml.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - pydantic reads these at run time
from functools import cache
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from migrator.cutover.backlog.outage import Outage  # noqa: TC001
from migrator.cutover.sides import Settings  # noqa: TC001
from migrator.errors import WorkspaceError
from migrator.inventory.needs import Needs  # noqa: TC001
from migrator.model.dag import Dag  # noqa: TC001
from migrator.model.plan import Edge, PlannedDag  # noqa: TC001
from migrator.model.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class PastRun:
    """A finished automated run of the source, of which a first run in the target is judged."""

    logical_date: datetime
    state: str
    started: datetime | None = None
    ended: datetime | None = None

    def of(self, dag_id: str) -> Run:
        """The run of that DAG."""
        return Run(dag_id, "", self.logical_date, self.state, automated=True, started=self.started, ended=self.ended)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What one attempt is begun with; every tuple is sorted.

    ``moving``: the DAGs of the attempt; ``planned``, ``known``: the wave's DAGs as plan.json and inventory.json have
    them; ``edges``: the ties that ask for one wave or an order, with an end in the wave; ``needs``: the variables and
    connections that each DAG names, of all ``variables`` and ``connections`` of the source; ``seconds``: the median of
    its runs; ``past``: its newest runs; ``source``, ``target``: the environments by name, empty where they are not
    known; ``captured_at``: when the inventory was taken; ``outage``: what the source left undone, where it no longer
    runs.
    """

    wave: int
    title: str
    moving: tuple[str, ...]
    planned: tuple[PlannedDag, ...]
    edges: tuple[Edge, ...]
    known: tuple[Dag, ...]
    settings: Settings
    captured_at: datetime
    variables: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    source: str = ""
    target: str = ""
    needs: dict[str, Needs] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    past: dict[str, tuple[PastRun, ...]] = field(default_factory=dict)
    outage: Outage | None = None
    schema_version: int = field(default=SCHEMA_VERSION)

    @property
    def ties(self) -> tuple[tuple[str, str], ...]:
        """The pairs of DAGs that move in step."""
        return tuple((edge.source, edge.target) for edge in self.edges)

    def runs(self, chosen: Iterable[str]) -> dict[str, tuple[Run, ...]]:
        """The past runs of these DAGs, by id."""
        return {dag_id: tuple(run.of(dag_id) for run in self.past.get(dag_id, ())) for dag_id in chosen}


def dumps(excerpt: Excerpt) -> str:
    """The excerpt as JSON, with all that a later version may have another default for."""
    return _adapter().dump_json(excerpt).decode()


def loads(text: str) -> Excerpt:
    """The excerpt that was dumped; WorkspaceError when it is damaged, or a newer version wrote it."""
    try:
        excerpt = _adapter().validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise _unreadable(f"{where}: {first['msg']}") from error
    if excerpt.schema_version > SCHEMA_VERSION:
        raise WorkspaceError(
            f"The journal holds a plan's excerpt of schema version {excerpt.schema_version}; "
            f"this program knows {SCHEMA_VERSION}.",
            why="A newer composer-migrator began the attempt.",
            fix="uv tool upgrade composer-migrator",
        )
    return _whole(excerpt)


def _whole(excerpt: Excerpt) -> Excerpt:
    """The excerpt, where it holds what the plan and the inventory say of each DAG that moves."""
    lacking = set(excerpt.moving) - {dag.dag_id for dag in excerpt.planned}
    if lacking:
        raise _unreadable(f"it does not say how {', '.join(sorted(lacking))} was planned")
    return excerpt


def _unreadable(why: str) -> WorkspaceError:
    return WorkspaceError(
        "The journal's excerpt of the plan cannot be read.",
        why=why,
        fix="copy data/migrate/journal.db of the target's bucket over the journal, then run: migrate status",
    )


@cache
def _adapter() -> TypeAdapter[Excerpt]:
    return TypeAdapter(Excerpt)
