"""A copy of a bucket on this machine, or only its DAG files, read as the bucket would be; nothing is ever written."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.errors import UsageError
from migrator.model.resources import StoredFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
        real = self.root.resolve()
        for path in self.root.rglob("*"):
            parts = path.relative_to(self.root).parts
            hidden = any(part.startswith(".") for part in parts[:-1])
            if hidden or not path.is_file() or not path.resolve().is_relative_to(real):
                continue
            name = "/".join(parts if self._has_folders else (DAGS, *parts))
            if name.startswith(prefix):
                yield path, name


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
