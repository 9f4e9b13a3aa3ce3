"""Have both environments describe themselves under one key that is made for this comparison and kept nowhere."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrator.environments.sealing import key_of, sealed
from migrator.interrupt import threads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from migrator.environments.ports import Agent


@dataclass(frozen=True, slots=True)
class Shown:
    """What one side's Airflow shows of itself, as the agent's ``parity`` gives it; ``broken``: file to message."""

    dags: Mapping[str, Any] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    connections: Mapping[str, Any] = field(default_factory=dict)
    pools: Mapping[str, Any] = field(default_factory=dict)
    users: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def dates(self) -> dict[str, Any]:
        """The interval for which each DAG's templates were rendered."""
        return {dag_id: dag["rendered_for"] for dag_id, dag in self.dags.items() if dag.get("rendered_for")}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of v1 already, so that both can be asked at the same time.

    ``dates``: the interval for which each DAG's templates are to be rendered; ``names``: of variables and connections.
    """

    dates: Mapping[str, Any]
    names: Mapping[str, Sequence[str]]


def both(
    source: Agent, target: Agent, dag_ids: Iterable[str] | None = None, known: Known | None = None
) -> tuple[Shown, Shown]:
    """What both show of all DAGs, or of these; templates are rendered for the last interval that v1 ran.

    Values leave neither environment, only marks of them under a key that both get sealed, so that equal values show
    and nothing else does.
    """
    key, ids = secrets.token_bytes(32), None if dag_ids is None else sorted(dag_ids)
    with threads(2) as pool:
        mine, theirs = (sealed(key, one) for one in pool.map(key_of, (source, target)))
        if known:
            shown = pool.submit(_ask, source, mine, dag_ids=ids, dates=known.dates)
            there = _ask(target, theirs, dag_ids=ids, dates=known.dates, names=known.names)
            return shown.result(), there
    here = _ask(source, mine, dag_ids=ids)
    names = {"variables": sorted(here.variables), "connections": sorted(here.connections)}
    there = _ask(target, theirs, dag_ids=ids, dates=here.dates, names=names)
    return here, there


def with_known(
    known: Callable[[bytes, Collection[str] | None], Shown], target: Agent, dag_ids: Iterable[str] | None = None
) -> tuple[Shown, Shown]:
    """The same with a v1 that no longer runs, of which ``known`` tells what is known, under the key of the comparison.

    No template is rendered: there is nothing to compare it with.
    """
    key, ids = secrets.token_bytes(32), None if dag_ids is None else sorted(dag_ids)
    here = known(key, ids)
    names = {"variables": sorted(here.variables), "connections": sorted(here.connections)}
    return here, _ask(target, sealed(key, key_of(target)), dag_ids=ids, dates={}, names=names)


def _ask(agent: Agent, key: str, **params: Any) -> Shown:  # noqa: ANN401 - JSON
    result = agent.call("parity", fingerprint_key=key, **params).result
    return Shown(
        dags=result["dags"],
        broken={one["file"]: one["message"] for one in result["broken_files"]},
        variables=result["variables"],
        connections=result["connections"],
        pools=result["pools"],
        users=result.get("users") or {},
        warnings=tuple(result.get("warnings") or ()),
    )
