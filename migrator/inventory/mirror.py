"""Make local folders equal to those of the bucket: ``dags/source`` and ``plugins/source`` of the workspace."""

from __future__ import annotations

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from migrator.errors import UnreachableError
from migrator.workspace.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrator.environments.ports import Files
    from migrator.model.resources import StoredFile

THREADS = 8


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What was done; ``refused`` are objects whose names make no safe local path."""

    downloaded: int
    unchanged: int
    removed: int
    refused: tuple[str, ...]


def mirror(bucket: Files, files: Iterable[StoredFile], prefix: str, folder: Path) -> Mirrored:
    """Download the files below ``prefix`` into ``folder`` and remove what is not among them; equal ones are kept."""
    relative = {file: file.path.removeprefix(prefix) for file in files if file.path.startswith(prefix)}
    names = set(relative.values())
    safe = {file: folder / path for file, path in relative.items() if _is_safe(path) and not _below_a_file(path, names)}
    missing = {file: path for file, path in safe.items() if not _equal(path, file.md5)}
    removed = _remove_others(folder, set(safe.values()))
    with ThreadPoolExecutor(THREADS) as pool:
        for task in [pool.submit(_download, bucket, file.path, path) for file, path in missing.items()]:
            task.result()
    return Mirrored(
        downloaded=len(missing),
        unchanged=len(safe) - len(missing),
        removed=removed,
        refused=tuple(sorted(file.path for file in relative if file not in safe)),
    )


def _download(bucket: Files, name: str, path: Path) -> None:
    data = bucket.read(name)
    if data is None:
        raise UnreachableError(
            f"{name} is gone from {bucket.name}",
            why="it was listed a moment ago and deleted since",
            fix="run the command again",
        )
    write_atomic(path, data, durable=False)  # by its digest it is fetched again if it is not whole


def _is_safe(path: str) -> bool:
    """Objects may have any name: one that leaves the folder, or hides a folder, is not followed."""
    parts = path.split("/")
    return not PurePosixPath(path).is_absolute() and not {"", ".", ".."} & set(parts) and "\0" not in path


def _below_a_file(path: str, names: set[str]) -> bool:
    """A bucket may hold ``a`` and ``a/b``; a folder can not."""
    return any(str(parent) in names for parent in PurePosixPath(path).parents)


def _equal(path: Path, md5: str) -> bool:
    if not path.is_file():
        return False
    digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode() == md5


def _remove_others(folder: Path, wanted: set[Path]) -> int:
    """Remove files that the bucket no longer has, then folders that became empty; deepest first."""
    removed = 0
    for path in sorted(folder.rglob("*"), reverse=True) if folder.is_dir() else []:
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in wanted:
            path.unlink()
            removed += 1
    return removed
