"""Which files of a folder this tool wrote, and their md5: ``.NAME.manifest.json`` beside the folder."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.errors import WorkspaceError
from migrator.reading import read_object
from migrator.workspace.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA_VERSION = 2


@dataclass(frozen=True, slots=True)
class Manifest:
    """Path below the folder to the md5s (base64) under which the file is ours; none: version 1 knew only its name.

    ``there``: whether there is a manifest; a folder of an older version may have none.
    """

    files: Mapping[str, frozenset[str]] = field(default_factory=dict)
    there: bool = False

    def ours(self, name: str, md5: str) -> bool:
        """Whether the file with this content is one that was written from here."""
        return md5 in self.files.get(name, frozenset())


def place_of(folder: Path) -> Path:
    """Where the manifest of a folder lies."""
    whole = Path(os.path.abspath(folder))  # noqa: PTH100 - a link stays one
    return whole.with_name(f".{whole.name}.manifest.json")


def read(folder: Path) -> Manifest:
    """The manifest of a folder, empty when there is none; WorkspaceError when it cannot be read."""
    place = place_of(folder)
    try:
        data = read_object(place.read_bytes())
        version, files = int(data["schema_version"]), data["files"]
        if version > SCHEMA_VERSION:
            raise _wrong(place, f"it has schema_version {version}, this program knows {SCHEMA_VERSION}")
        named = dict.fromkeys(files, ()) if version == 1 else {str(name): tuple(md5s) for name, md5s in files.items()}
    except FileNotFoundError:
        return Manifest()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _wrong(place, f"it cannot be read: {error}") from error
    kept = {name: frozenset(map(str, md5s)) for name, md5s in named.items() if _is_inside(str(name))}
    return Manifest(kept, there=True)


def write(folder: Path, files: Mapping[str, frozenset[str]]) -> None:
    """Keep the manifest of a folder; one that says the same already is left alone."""
    named = {name: sorted(md5s) for name, md5s in sorted(files.items())}
    text = json.dumps({"schema_version": SCHEMA_VERSION, "files": named}, indent=1) + "\n"
    place = place_of(folder)
    if not place.is_file() or place.read_bytes() != text.encode():
        write_atomic(place, text.encode())


def follow(folder: Path, changes: Mapping[str, tuple[str, str]]) -> None:
    """Let files stay ours that were changed from one md5 to another by us, where the folder has a manifest."""
    there = read(folder)
    moved = {name: frozenset({new}) for name, (old, new) in changes.items() if there.ours(name, old)}
    if moved:
        write(folder, {**there.files, **moved})


def _is_inside(name: str) -> bool:
    return bool(name) and not Path(name).is_absolute() and ".." not in Path(name).parts


def _wrong(place: Path, why: str) -> WorkspaceError:
    return WorkspaceError(
        f"{place} is of no use",
        why=why,
        fix=f"git checkout -- {place} (or rm {place}: files that differ from what is written next are then left)",
    )
