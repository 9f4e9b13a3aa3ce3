"""Which files of a folder this tool wrote, and their md5: ``.NAME.manifest.json`` beside the folder."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.errors import WorkspaceError
from migrator.reading import read_file
from migrator.workspace.files import write_atomic
from migrator.workspace.stored import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA_VERSION = 2


@dataclass(frozen=True, slots=True)
class Manifest:
    """Path below the folder to the md5s (base64) under which the file is ours; none: version 1 knew only its name.

    ``there``: whether there is a manifest; a folder of an older version may have none. ``by``: the command that wrote
    the files, empty where an older version did not say.
    """

    files: Mapping[str, frozenset[str]] = field(default_factory=dict)
    there: bool = False
    by: str = ""

    def ours(self, name: str, md5: str) -> bool:
        """Whether the file with this content is one that was written from here."""
        return md5 in self.files.get(name, frozenset())


@dataclass(frozen=True, slots=True)
class _Stored:
    """The file: version 1 had names alone."""

    files: dict[str, tuple[str, ...]] | tuple[str, ...]
    by: str = ""
    schema_version: int = SCHEMA_VERSION


AGAIN = "git checkout -- {where} (or rm {where}: files that differ from what is written next are then left)"
FORM: Form[_Stored] = Form("a manifest", _Stored, SCHEMA_VERSION, "migrate inventory", damaged=AGAIN)


def place_of(folder: Path) -> Path:
    """Where the manifest of a folder lies."""
    whole = Path(os.path.abspath(folder))  # noqa: PTH100 - a link stays one
    return whole.with_name(f".{whole.name}.manifest.json")


def read(folder: Path) -> Manifest:
    """The manifest of a folder, empty when there is none; WorkspaceError when it cannot be read."""
    place = place_of(folder)
    try:
        data = read_file(place)
    except FileNotFoundError:
        return Manifest()
    except OSError as error:
        raise WorkspaceError(
            f"{place} cannot be read", why=error.strerror or str(error), fix=AGAIN.format(where=place)
        ) from error
    stored = FORM.decode(data, str(place))
    files = stored.files
    named = files if isinstance(files, dict) else dict.fromkeys(files, ())
    kept = {name: frozenset(md5s) for name, md5s in named.items() if _is_inside(name)}
    return Manifest(kept, there=True, by=stored.by)


def write(folder: Path, files: Mapping[str, frozenset[str]], by: str) -> None:
    """Keep the manifest of a folder; one that says the same already is left alone."""
    place = place_of(folder)
    data = FORM.encode(_Stored({name: tuple(sorted(md5s)) for name, md5s in files.items()}, by), str(place))
    if not place.is_file() or place.read_bytes() != data:
        write_atomic(place, data)


def follow(folder: Path, changes: Mapping[str, tuple[str, str]]) -> None:
    """Let files stay ours that were changed from one md5 to another by us, where the folder has a manifest."""
    there = read(folder)
    moved = {name: frozenset({new}) for name, (old, new) in changes.items() if there.ours(name, old)}
    if moved:
        write(folder, {**there.files, **moved}, there.by)


def _is_inside(name: str) -> bool:
    return bool(name) and not Path(name).is_absolute() and ".." not in Path(name).parts
