"""The border of the inventory: what is not allowed in clear is sealed, and free text is scrubbed."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from migrator.inventory.plain import is_plain
from migrator.model.inventory import SCHEMA_VERSION
from migrator.model.sealed import Sealed
from migrator.scrub.messages import shown
from migrator.scrub.text import scrub, scrubbed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.inventory.plain import Kind
    from migrator.model.dag import Dag
    from migrator.model.environment import EnvironmentFacts
    from migrator.model.history import History
    from migrator.model.inventory import Inventory
    from migrator.model.resources import Connection
    from migrator.model.run import Run
    from migrator.model.sealed import Value
    from migrator.workspace.workspace import Workspace

_OURS = re.compile(r"(?:variable|connection) .+: (?:can't be decrypted|there are several of this id.*)", re.DOTALL)
"""Warnings of names alone, in which a name such as ``api_key`` seems to have a value."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """How values are sealed: the key of fingerprints, without which there are none, and what stays in clear."""

    key: bytes | None = field(default=None, repr=False)
    plain: tuple[str, ...] = ()

    def value(self, kind: Kind, name: str, value: Value) -> Value:
        """The value itself where it may be read by everybody, else its fingerprint."""
        if isinstance(value, Sealed) or is_plain(kind, name, value, self.plain):
            return value
        return Sealed(self._fingerprint(kind, name, value))

    def _fingerprint(self, *parts: str) -> str:
        """It covers the name, so that two settings of one value do not show that they are equal."""
        if self.key is None:
            return ""
        return hmac.new(self.key, json.dumps(parts).encode("ascii"), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Exact:
    """The texts that an inventory holds sealed; they are for ``secrets.age`` alone."""

    overrides: dict[str, str] = field(default_factory=dict, repr=False)
    env_variables: dict[str, str] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.overrides) + len(self.env_variables)


def sealing_of(workspace: Workspace) -> Sealing:
    """How this workspace seals: fingerprints are the same wherever the operator's key is."""
    from migrator.workspace.keys import marking_key  # noqa: PLC0415 - pyrage is lazy, as `migrate --help` is

    return Sealing(marking_key(workspace), workspace.config.inventory.plain)


def sealed(inventory: Inventory, sealing: Sealing) -> Inventory:
    """The inventory as everybody may read it; doing it twice changes nothing."""
    return replace(
        inventory,
        environment=_facts(inventory.environment, sealing),
        dags=tuple(map(_dag, inventory.dags)),
        broken_files=tuple(replace(one, message=scrub(one.message)) for one in inventory.broken_files),
        runs=tuple(map(_run, inventory.runs)),
        history=_history(inventory.history),
        variables=tuple(replace(one, description=scrubbed(one.description)) for one in inventory.variables),
        connections=tuple(_connection(one, sealing) for one in inventory.connections),
        pools=tuple(replace(one, description=scrubbed(one.description)) for one in inventory.pools),
        warnings=tuple(one if _OURS.fullmatch(one) else scrub(one) for one in inventory.warnings),
        triggers=tuple(replace(one, who=scrub(one.who)) for one in inventory.triggers),
        unlisted=tuple(replace(one, why=scrub(one.why)) for one in inventory.unlisted),
    )


def sealed_old(inventory: Inventory, sealing: Sealing) -> Inventory:
    """An inventory of before version 2 as everybody may read it.

    The environment's own fingerprints of a connection's parts are under its key, so those made here tell nothing.
    """
    unknown = Sealed("")
    connections = tuple(
        replace(one, host=one.host and unknown, schema=one.schema and unknown, login=unknown)
        for one in inventory.connections
    )
    return replace(sealed(replace(inventory, connections=connections), sealing), schema_version=SCHEMA_VERSION)


def count_in_clear(inventory: Inventory) -> int:
    """How many values are in clear that ``sealed`` would seal."""
    closed = sealed(inventory, Sealing())
    parts = [(one.host, one.schema) for one in inventory.connections]
    return len(exact(inventory.environment, closed.environment)) + sum(bool(part) for pair in parts for part in pair)


def exact(opened: EnvironmentFacts, closed: EnvironmentFacts) -> Exact:
    """The texts of the first that the second holds sealed."""
    return Exact(_withheld(opened.overrides, closed.overrides), _withheld(opened.env_variables, closed.env_variables))


def _withheld(opened: Mapping[str, Value], closed: Mapping[str, Value]) -> dict[str, str]:
    return {
        name: value
        for name, value in sorted(opened.items())
        if isinstance(value, str) and isinstance(closed[name], Sealed)
    }


def _facts(facts: EnvironmentFacts, sealing: Sealing) -> EnvironmentFacts:
    return replace(
        facts,
        overrides={name: sealing.value("override", name, value) for name, value in facts.overrides.items()},
        env_variables={name: sealing.value("env", name, value) for name, value in facts.env_variables.items()},
        packages=scrubbed(facts.packages),
        airflow_uri=scrub(facts.airflow_uri),
        network=scrubbed(facts.network),
        sizes=scrubbed(facts.sizes),
    )


def _connection(one: Connection, sealing: Sealing) -> Connection:
    """Of a connection the type and the port are known; an older agent, or inventory, tells the host too."""

    def part(field: str, value: Value | None) -> Value | None:
        return None if value is None else sealing.value("connection", f"{one.conn_id}.{field}", value)

    known = one.conn_type is None or is_plain("connection", "conn_type", one.conn_type)
    return replace(
        one,
        conn_type=one.conn_type if known else scrub(one.conn_type or ""),
        host=part("host", one.host),
        schema=part("schema", one.schema),
        login=part("login", one.login),
    )


def _dag(dag: Dag) -> Dag:
    return replace(
        dag,
        description=scrubbed(dag.description),
        owners=scrubbed(dag.owners),
        tags=scrubbed(dag.tags),
        datasets_in=scrubbed(dag.datasets_in),
        datasets_out=scrubbed(dag.datasets_out),
    )


def _run(run: Run) -> Run:
    """The id of a manual run is whatever somebody typed."""
    return replace(run, run_id=shown(run.run_id))


def _history(history: History | None) -> History | None:
    if history is None:
        return None
    runs = tuple(replace(run, run_id=shown(run.run_id)) if run.run_id else run for run in history.runs)
    return replace(history, runs=runs)
