"""What changed in the source between two inventories, by object, and which waves it touches."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from migrator.model.sealed import Sealed
from migrator.workspace.stored import Form

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from migrator.model.inventory import Inventory
    from migrator.model.plan import Plan
    from migrator.model.sealed import Value

SCHEMA_VERSION = 1
UNKNOWN = "unknown"
RESOURCES = {"variable": "variables", "connection": "connections", "pool": "pools", "user": "users"}
_HIDDEN = {"fingerprint": "value"}


@dataclass(frozen=True, slots=True)
class Drift:
    """One object that is new, gone or changed, in what; ``waves``: those with a DAG that it touches.

    ``when``: ISO time; ``how``: the event of Airflow's log that tells of it.
    """

    kind: str
    name: str
    what: str
    waves: tuple[int, ...] = ()
    who: str = UNKNOWN
    when: str = UNKNOWN
    how: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """``reports/drift.json``: the changes that the last inventory found, and the names that wait for a transfer."""

    changes: tuple[Drift, ...]
    to_transfer: dict[str, list[str]] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION


FORM: Form[Remembered] = Form(
    "a record of changes",
    Remembered,
    SCHEMA_VERSION,
    "migrate inventory",
    "nothing changed yet",
    damaged="mv {where} {where}.old; then carry all resources once: migrate transfer",
)


def drift(before: Inventory, after: Inventory, plan: Plan | None = None) -> tuple[Drift, ...]:
    """Everything that is not as it was, by kind and name. Runs, and which DAGs are paused, are no drift."""
    found = [
        *_rows("dag", _by(before.dags, "dag_id"), _by(after.dags, "dag_id"), ignore={"paused"}),
        *_rows("file", _by(before.files, "path"), _by(after.files, "path")),
        *_rows("variable", _by(before.variables, "key"), _by(after.variables, "key")),
        *_rows("connection", _by(before.connections, "conn_id"), _by(after.connections, "conn_id")),
        *_rows("pool", _by(before.pools, "name"), _by(after.pools, "name")),
        *_users(before, after),
        *_settings("override", before.environment.overrides, after.environment.overrides),
        *_settings("env", before.environment.env_variables, after.environment.env_variables),
    ]
    return tuple(Drift(one.kind, one.name, one.what, _waves(one, after, plan)) for one in found)


def names(found: Iterable[Drift]) -> dict[str, list[str]]:
    """The resources that a transfer has to carry anew, by its kinds; what is gone in v1 is left alone in v2."""
    wanted: dict[str, list[str]] = {kind: [] for kind in RESOURCES.values()}
    for one in found:
        if one.kind in RESOURCES and one.what != "gone":
            wanted[RESOURCES[one.kind]].append(one.name)
    return {kind: sorted(listed) for kind, listed in wanted.items()}


def remember(path: Path, found: Iterable[Drift]) -> Remembered:
    """The record of what changed, with the names that wait for a transfer since earlier inventories."""
    waiting, listed = pending(path), tuple(found)
    for kind, more in names(listed).items():
        waiting[kind] = sorted({*waiting.get(kind, []), *more})
    return Remembered(listed, waiting)


def pending(path: Path) -> dict[str, list[str]]:
    """The names that wait for a transfer, by kind; none without a record. WorkspaceError when it can't be read."""
    return dict(FORM.load(path).to_transfer) if path.exists() else {}


def _users(before: Inventory, after: Inventory) -> Iterator[Drift]:
    """Users by identity, where both inventories could tell them; signing in is no drift."""
    if before.usage and after.usage:
        here, there = _by(before.usage.users, "identity"), _by(after.usage.users, "identity")
        yield from _rows("user", here, there, ignore={"events", "last_login"})


def _by(rows: Iterable[Any], key: str) -> dict[str, dict[str, Any]]:
    return {str(getattr(row, key)): asdict(row) for row in rows}


def _rows(
    kind: str, before: Mapping[str, Any], after: Mapping[str, Any], ignore: Collection[str] = ()
) -> Iterator[Drift]:
    for name in sorted({*before, *after}):
        if name not in after or name not in before:
            yield Drift(kind, name, "new" if name in after else "gone")
            continue
        one, other = before[name], after[name]
        changed = [field for field in one if field not in ignore and _differ(one[field], other[field])]
        if changed:
            yield Drift(kind, name, ", ".join(_HIDDEN.get(field, field) for field in changed))


def _settings(kind: str, before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[Drift]:
    for name in sorted({*before, *after}):
        if _differ(before.get(name), after.get(name)):
            yield Drift(kind, name, "value" if name in before and name in after else "new" if name in after else "gone")


def _differ(one: object, other: object) -> bool:
    """Whether two values differ; of one that was sealed without a key it is unknown."""
    return one != other and not any(value in (Sealed(""), {"fingerprint": ""}) for value in (one, other))


def _waves(one: Drift, after: Inventory, plan: Plan | None) -> tuple[int, ...]:
    """The waves of the DAGs that the object is, holds, or serves as a pool."""
    if plan is None:
        return ()
    touched = {dag.dag_id for dag in after.dags if one.kind == "pool" and one.name in dag.pools}
    numbers = {
        wave.number
        for wave in plan.waves
        for dag in wave.dags
        if dag.dag_id in touched or (one.kind, one.name) in {("dag", dag.dag_id), ("file", f"dags/{dag.file}")}
    }
    return tuple(sorted(numbers))
