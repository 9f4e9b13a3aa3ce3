"""Keep an inventory as ``inventory.json``: the same inventory is always the same bytes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from migrator.errors import NewerFileError, WorkspaceError
from migrator.inventory.sealing import Sealing, count_in_clear, sealed_old
from migrator.model.inventory import SCHEMA_VERSION, Inventory
from migrator.workspace.stored import Form

if TYPE_CHECKING:
    from pathlib import Path

FORM: Form[Inventory] = Form("an inventory", Inventory, SCHEMA_VERSION, "migrate inventory", "none was taken yet")
SEALED_SINCE = 2
"""The version of inventories that hold settings sealed."""
_NO_MATTER = frozenset({"paused", "facts", "unknown"})


def dumps(inventory: Inventory) -> str:
    """The inventory as JSON with sorted keys and ISO dates, ending in a newline."""
    return FORM.encode(inventory, "the inventory").decode()


def save(inventory: Inventory, path: Path) -> None:
    """Write the inventory, whole or not at all."""
    FORM.save(inventory, path)


def load(path: Path, key: bytes | None = None) -> Inventory:
    """Read an inventory; WorkspaceError when there is none, it is damaged, or a newer version wrote it.

    One of before version 2 holds settings in clear: they are sealed here, with fingerprints where there is a ``key``.
    """
    found = FORM.load(path)
    return found if found.schema_version >= SEALED_SINCE else sealed_old(found, Sealing(key))


def held_in_clear(path: Path) -> int:
    """How many values an inventory of before version 2 holds in clear that are sealed today; 0 without one."""
    try:
        found = FORM.load(path)
    except WorkspaceError:
        return 0
    return count_in_clear(found) if found.schema_version < SEALED_SINCE else 0


def before(path: Path, key: bytes | None = None) -> Inventory | None:
    """The inventory that is there; None when there is none that can be read; WorkspaceError for a newer version's."""
    try:
        return load(path, key)
    except NewerFileError:
        raise
    except WorkspaceError:
        return None


def schema() -> dict[str, Any]:
    """The JSON Schema of ``inventory.json``, made from the model itself."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"composer-migrator inventory, schema version {SCHEMA_VERSION}",
        **{key: value for key, value in FORM.adapter.json_schema(mode="serialization").items() if key != "title"},
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
