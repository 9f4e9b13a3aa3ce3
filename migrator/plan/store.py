"""Keep a plan as ``plan.json``: the same plan is always the same bytes, so that git shows what changed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from migrator.errors import WorkspaceError
from migrator.model.plan import SCHEMA_VERSION, Plan
from migrator.reading import read_json
from migrator.workspace.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

FIX = "migrate plan"


def dumps(plan: Plan) -> str:
    """The plan as JSON, ending in a newline."""
    return json.dumps(asdict(plan), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def save(plan: Plan, path: Path) -> None:
    """Write the plan, whole or not at all."""
    write_atomic(path, dumps(plan).encode())


def load(path: Path) -> Plan:
    """Read a plan; WorkspaceError when there is none, it is damaged, or a newer version wrote it."""
    try:
        data = read_json(path.read_bytes())
    except FileNotFoundError as error:
        raise WorkspaceError(f"there is no plan at {path}", why="none was made yet", fix=FIX) from error
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"{path} cannot be read", why=str(error), fix=FIX) from error
    _refuse_newer(data, path)
    try:
        return TypeAdapter(Plan).validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WorkspaceError(f"{path} is not a plan", why=f"{where}: {first['msg']}", fix=FIX) from error


def _refuse_newer(data: object, path: Path) -> None:
    version = data.get("schema_version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise WorkspaceError(
            f"{path} has schema version {version}",
            why=f"this version of migrate reads schema versions up to {SCHEMA_VERSION}",
            fix="update composer-migrator, or make the plan again: migrate plan",
        )
