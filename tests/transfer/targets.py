"""A target whose bucket is real and whose Airflow and agent are scripted: the real ones are tested on the lab."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyrage

from migrator.environments.ports import Answer, Environment, RestDag
from migrator.model.dag import BrokenFile, Dag, Schedule, ScheduleKind
from migrator.model.environment import EnvironmentFacts
from migrator.model.inventory import Inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
PAUSED = {"core-dags_are_paused_at_creation": "True"}


def facts(overrides: dict[str, str] | None = None) -> EnvironmentFacts:
    given = PAUSED if overrides is None else overrides
    return EnvironmentFacts("new", "composer-2.9-airflow-2.10.5", "RUNNING", "b", "http://x", overrides=given)


def inventory(files: dict[str, str], broken: tuple[str, ...] = ()) -> Inventory:
    """DAG id to file."""
    dags = tuple(Dag(dag_id, file, Schedule(ScheduleKind.NONE)) for dag_id, file in sorted(files.items()))
    errors = tuple(BrokenFile(file, "boom") for file in broken)
    return Inventory(NOW, facts(), "1.10.15", "3.8", dags=dags, broken_files=errors)


@dataclass
class ScriptedRest:
    """Shows these DAGs; ``on`` are unpaused."""

    parsed: dict[str, datetime | None] = field(default_factory=dict)
    on: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)

    def dags(self) -> dict[str, RestDag]:
        return {one: RestDag(one, one not in self.on, at, None, False) for one, at in self.parsed.items()}

    def import_errors(self) -> dict[str, str]:
        return dict(self.errors)

    def set_paused(self, dag_id: str, *, paused: bool) -> bool:
        raise AssertionError("a deploy never pauses or unpauses")


@dataclass
class ScriptedAgent:
    """Keeps its resources in memory as the agent's contract says; ``seen`` holds every request as text."""

    stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    identity: pyrage.x25519.Identity = field(default_factory=pyrage.x25519.Identity.generate)
    seen: list[str] = field(default_factory=list)
    recipient: str | None = None

    def call(self, action: str, **params: Any) -> Answer:
        self.seen.append(json.dumps({"action": action, **params}))
        result = getattr(self, f"_{action}")(**params)
        return Answer(result, NOW + timedelta(seconds=1), "2.10.5", "3.11")

    @contextmanager
    def standing(self) -> Iterator[None]:
        yield

    def _sealing_key(self) -> dict[str, Any]:
        return {"recipient": self.recipient or str(self.identity.to_public())}

    def _import_resources(self, sealed, policy, only, dry_run) -> dict[str, Any]:
        content = json.loads(pyrage.decrypt(base64.b64decode(sealed), [self.identity]))
        assert "fingerprint_key" not in content, "it stays with the source's secrets"
        names = {"variables": "key", "connections": "conn_id", "pools": "name"}
        return {
            kind: {one[names[kind]]: self._keep(kind, one[names[kind]], one, policy, dry_run) for one in content[kind]}
            for kind in only
        }

    def _keep(self, kind: str, name: str, one: dict[str, Any], policy: str, dry_run: bool) -> Any:
        if name == "refused":
            return {"error": "the name is not allowed"}
        mine = self.stored.setdefault(kind, {})
        if mine.get(name) == one:
            return "equal"
        status = "created" if name not in mine else "replaced" if policy == "replace" else "kept"
        if status != "kept" and not dry_run:
            mine[name] = one
        return status


def environment(bucket, rest: ScriptedRest | None = None, overrides: dict[str, str] | None = None) -> Environment:
    return Environment(facts(overrides), bucket, ScriptedAgent(), rest if rest is not None else ScriptedRest())
