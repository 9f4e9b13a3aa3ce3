"""Keep an inventory as ``inventory.json``: the same inventory is always the same bytes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from migrator.errors import WorkspaceError
from migrator.model.inventory import SCHEMA_VERSION, Inventory
from migrator.reading import read_json
from migrator.workspace.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

FIX = "migrate inventory"
_ADAPTER = TypeAdapter(Inventory)
_NO_MATTER = frozenset({"paused", "facts", "unknown"})


def dumps(inventory: Inventory) -> str:
    """The inventory as JSON with sorted keys and ISO dates, ending in a newline."""
    content = _ADAPTER.dump_python(inventory, mode="json")
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def save(inventory: Inventory, path: Path) -> None:
    """Write the inventory, whole or not at all."""
    write_atomic(path, dumps(inventory).encode())


def load(path: Path) -> Inventory:
    """Read an inventory; WorkspaceError when there is none, it is damaged, or a newer version wrote it."""
    try:
        data = read_json(path.read_bytes())
    except FileNotFoundError as error:
        raise WorkspaceError(f"there is no inventory at {path}", why="none was taken yet", fix=FIX) from error
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"{path} cannot be read", why=str(error), fix=_or_git(path)) from error
    _refuse_newer(data, path)
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WorkspaceError(
            f"{path} is not an inventory", why=f"{where}: {first['msg']}", fix=_or_git(path)
        ) from error


def before(path: Path) -> Inventory | None:
    """The inventory that is there; None when there is none that can be read; WorkspaceError for a newer version's."""
    try:
        _refuse_newer(read_json(path.read_bytes()), path)
    except (OSError, ValueError):
        return None
    try:
        return load(path)
    except WorkspaceError:
        return None


def schema() -> dict[str, Any]:
    """The JSON Schema of ``inventory.json``, made from the model itself."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"composer-migrator inventory, schema version {SCHEMA_VERSION}",
        **{key: value for key, value in _ADAPTER.json_schema(mode="serialization").items() if key != "title"},
    }


def fingerprint(inventory: Inventory) -> str:
    """A digest of what a plan is made from: the DAGs, their files and what is broken.

    Two inventories of an unchanged environment have the same one: the moment, the runs since, and which DAGs are
    paused (a cutover pauses them) do not count; nor do resources, whose keyed fingerprints differ each time, nor how
    much of a DAG is known without running it.
    """
    dags = [{key: value for key, value in asdict(dag).items() if key not in _NO_MATTER} for dag in inventory.dags]
    what = {
        "environment": inventory.environment.name,
        "airflow": inventory.airflow_version,
        "dags": dags,
        "broken": [one.file for one in inventory.broken_files],
        "files": [(file.path, file.md5) for file in inventory.files],
    }
    text = json.dumps(what, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_newer(data: object, path: Path) -> None:
    version = data.get("schema_version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise WorkspaceError(
            f"{path} has schema version {version}",
            why=f"this version of migrate reads schema versions up to {SCHEMA_VERSION}",
            fix="pip install --upgrade composer-migrator, or take it again: migrate inventory",
        )


def _or_git(path: Path) -> str:
    return f"take it again: `migrate inventory`; or restore it: `git checkout -- {path.name}`"
