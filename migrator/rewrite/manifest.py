"""Remember which files of the target folder a rewrite wrote, to remove those whose source is gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.errors import WorkspaceError
from migrator.reading import read_json
from migrator.rewrite.atomic import write

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA_VERSION = 1


class Manifest:
    """The list beside a target folder, ``.NAME.manifest.json``."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._file = target.with_name(f".{target.name}.manifest.json")

    def remove_others(self, names: Sequence[str]) -> None:
        """Delete what an earlier rewrite wrote and that is in ``names`` no longer."""
        for name in sorted(self._written() - set(names), reverse=True):
            path = self._target / name
            path.unlink(missing_ok=True)
            self._prune(path.parent)

    def save(self, names: Sequence[str]) -> None:
        """Remember these files."""
        text = json.dumps({"schema_version": SCHEMA_VERSION, "files": sorted(names)}, indent=2) + "\n"
        write(self._file, text.encode())

    def _prune(self, folder: Path) -> None:
        while folder != self._target and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent

    def _written(self) -> set[str]:
        if not self._file.exists():
            return set()
        try:
            data = read_json(self._file.read_bytes())
            version, names = int(data["schema_version"]), [str(name) for name in data["files"]]
        except (ValueError, KeyError, TypeError) as error:
            raise self._wrong(f"it cannot be read: {error}") from error
        if version > SCHEMA_VERSION:
            raise self._wrong(f"it has schema_version {version}, this program knows {SCHEMA_VERSION}")
        return {name for name in names if self._is_inside(name)}

    def _is_inside(self, name: str) -> bool:
        return not Path(name).is_absolute() and ".." not in Path(name).parts

    def _wrong(self, why: str) -> WorkspaceError:
        return WorkspaceError(f"{self._file} is of no use.", why=why, fix=f"rm {self._file}")
