"""A copy of a bucket on this machine, or only its DAG files, read as the bucket would be; nothing is ever written."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.errors import UsageError
from migrator.model.resources import StoredFile

if TYPE_CHECKING:
    from collections.abc import Iterator

DAGS, PLUGINS, DATA = "dags", "plugins", "data"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FolderBucket:
    """The files below ``root``; without a folder ``dags`` in it, they all are DAG files."""

    root: Path

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.root.resolve().name

    def files(self, prefix: str = "") -> list[StoredFile]:
        """Every file whose path starts with ``prefix``, sorted; hidden folders and links that lead out are left out."""
        return sorted((_stored(path, name) for path, name in self._named(prefix)), key=lambda file: file.path)

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None when there is none."""
        place = self.root / (path if self._has_folders else path.removeprefix(f"{DAGS}/"))
        return place.read_bytes() if place.is_file() else None

    @property
    def _has_folders(self) -> bool:
        return (self.root / DAGS).is_dir()

    def _named(self, prefix: str) -> Iterator[tuple[Path, str]]:
        above = () if self._has_folders else (DAGS,)
        for place, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            parts = Path(place).relative_to(self.root).parts
            for one in names:
                name, path = "/".join((*above, *parts, one)), Path(place, one)
                if name.startswith(prefix) and self._is_inside(path):
                    yield path, name

    def _is_inside(self, path: Path) -> bool:
        """Folders that are links are not walked; a file may be one that leads out, or nowhere."""
        return path.is_file() and (not path.is_symlink() or path.resolve().is_relative_to(self.root.resolve()))


def open_folder(root: Path) -> FolderBucket:
    """The folder as a bucket; UsageError when there is none, or when it holds nothing that looks like a DAG."""
    if not root.is_dir():
        raise UsageError(
            f"there is no folder {root}",
            why="it is neither a copy of a bucket nor a folder of DAG files",
            fix="gcloud storage cp -r gs://BUCKET/dags gs://BUCKET/plugins FOLDER",
        )
    if not any(root.rglob("*.py")):
        raise UsageError(
            f"{root} holds no Python file",
            why="a copy of a bucket has DAG files in dags/, or is the DAGs folder itself",
            fix="name the folder that holds dags/, or the DAGs folder",
        )
    return FolderBucket(root)


def _stored(path: Path, name: str) -> StoredFile:
    """With the digest that Cloud Storage would give; a block at a time, so that a large file needs no memory."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
    return StoredFile(name, path.stat().st_size, base64.b64encode(digest.digest()).decode())
