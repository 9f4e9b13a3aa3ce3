"""What an inventory remembers of changes in the source since the one before, as the site shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrator.errors import WorkspaceError
from migrator.inventory.drift import SCHEMA_VERSION
from migrator.reading import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Changed:
    """One object that is new, gone or changed in the source; ``who`` and ``when`` are empty where nobody knows."""

    kind: str
    name: str
    what: str
    waves: tuple[int, ...] = ()
    who: str = ""
    when: str = ""


def changes_in(path: Path) -> tuple[Changed, ...]:
    """The changes of that record; none without one. Raises WorkspaceError for one that can't be read."""
    try:
        found = read_json(path.read_bytes())
        if found["schema_version"] > SCHEMA_VERSION:
            raise WorkspaceError(
                f"{path} has schema version {found['schema_version']}; this program knows {SCHEMA_VERSION}.",
                why="A newer composer-migrator wrote it.",
                fix="uv tool upgrade composer-migrator",
            )
        return tuple(_changed(one) for one in found["changes"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(
            f"{path} cannot be read.",
            why=f"{type(error).__name__}: {error}",
            fix=f"mv {path} {path}.old; then carry all resources once: migrate transfer",
        ) from error


def _changed(row: Mapping[str, Any]) -> Changed:
    """A row of the record; columns that a later version adds are left out."""
    who, when = ("" if row.get(name, UNKNOWN) == UNKNOWN else str(row[name]) for name in ("who", "when"))
    waves = tuple(int(wave) for wave in row.get("waves", ()))
    return Changed(str(row["kind"]), str(row["name"]), str(row["what"]), waves, who, when)
