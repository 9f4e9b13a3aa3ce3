"""What the target's Airflow shows of its DAGs: through REST, or through the agent where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migrator.environments.ports import Agent, Environment, Rest

DAGS = "dags/"


@dataclass(frozen=True, slots=True)
class Seen:
    """``parsed``: DAG id to its last parse by Airflow's clock; ``live``: DAGs that are on; ``errors``: by object."""

    parsed: Mapping[str, datetime | None]
    live: frozenset[str]
    errors: Mapping[str, str]

    @property
    def newest(self) -> datetime | None:
        """The newest parse of any DAG: Airflow's clock, late by its parse interval at most."""
        return max((date for date in self.parsed.values() if date), default=None)


def watch(target: Environment, dag_ids: Mapping[str, tuple[str, ...]]) -> Callable[[], Seen]:
    """A function that looks at the target; ``dag_ids`` maps objects to the DAGs that are expected of them."""
    rest = target.rest
    if rest is not None:
        return lambda: by_rest(rest)
    return lambda: by_agent(target.agent, dag_ids)


def by_rest(rest: Rest) -> Seen:
    """Everything that REST lists."""
    dags = rest.dags()
    return Seen(
        parsed={dag_id: dag.last_parsed for dag_id, dag in dags.items()},
        live=frozenset(dag_id for dag_id, dag in dags.items() if not dag.paused),
        errors={DAGS + file: message for file, message in rest.import_errors().items()},
    )


def by_agent(agent: Agent, dag_ids: Mapping[str, tuple[str, ...]]) -> Seen:
    """The same from the agent's ``observe``, for the DAGs that are expected."""
    wanted = sorted({dag_id for ids in dag_ids.values() for dag_id in ids})
    found = agent.call("observe", dag_ids=wanted, history=0).result
    there = {dag_id: row for dag_id, row in found.items() if row.get("exists")}
    failed = {dag_id: row["import_error"] for dag_id, row in found.items() if row.get("import_error")}
    return Seen(
        parsed={dag_id: _date(row.get("last_parsed")) for dag_id, row in there.items()},
        live=frozenset(dag_id for dag_id, row in there.items() if not row["paused"]),
        errors={to: failed[dag_id] for to, ids in dag_ids.items() for dag_id in ids if dag_id in failed},
    )


def _date(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
