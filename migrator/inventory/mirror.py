"""Make local folders equal to those of the bucket: ``dags/source`` and ``plugins/source`` of the workspace."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from migrator.errors import UnreachableError
from migrator.model.text import is_object_name
from migrator.workspace.own import New, staged
from migrator.workspace.present import Left, others

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from migrator.environments.ports import Files
    from migrator.model.resources import StoredFile
    from migrator.workspace.own import Staged

LONGEST = 255
"""Bytes of a name that file systems hold."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What was done; ``refused`` are objects whose names make no safe local path, ``left`` what is not ours."""

    downloaded: int
    unchanged: int
    removed: int
    refused: tuple[str, ...]
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """Downloaded files beside the folder they belong to; ``commit`` puts them there."""

    staged: Staged
    names: frozenset[str]
    refused: tuple[str, ...]

    def commit(self) -> Mirrored:
        """Make the folder equal, but for what an inventory did not write there, or somebody changed since."""
        done = self.staged.commit()
        known = {one.path for one in done.left} | self.names
        left = (*done.left, *others(self.staged.folder, known))
        return Mirrored(len(done.written), done.unchanged, len(done.removed), self.refused, left)


@contextmanager
def ready(
    bucket: Files,
    files: Iterable[StoredFile],
    prefix: str,
    folder: Path,
    *,
    within: Path | None = None,
    earlier: Iterable[StoredFile] = (),
) -> Iterator[Ready]:
    """The files below ``prefix``, downloaded where they differ; nothing in ``folder`` is touched before ``commit``.

    ``earlier``: the files of the inventory that is there, which count as its own where no manifest tells.
    """
    relative = {file: file.path.removeprefix(prefix) for file in files if file.path.startswith(prefix)}
    names = set(relative.values())
    safe = {file: name for file, name in relative.items() if _is_safe(name) and not _below_a_file(name, names)}
    new = {name: New(partial(_download, bucket, file.path), _md5(file)) for file, name in safe.items()}
    refused = tuple(sorted(file.path for file in relative if file not in safe))
    with staged(folder, new, by="inventory", within=within, earlier=_md5s(earlier, prefix)) as made:
        yield Ready(made, frozenset(new), refused)


def mirror(bucket: Files, files: Iterable[StoredFile], prefix: str, folder: Path) -> Mirrored:
    """Download the files below ``prefix`` into ``folder``, and remove what came from there and is gone."""
    with ready(bucket, files, prefix, folder) as made:
        return made.commit()


def below(prefix: str, left: Iterable[Left]) -> list[Left]:
    """The same, named from the workspace's folder."""
    return [replace(one, path=f"{prefix}{one.path}") for one in left]


def _md5s(files: Iterable[StoredFile], prefix: str) -> Mapping[str, Collection[str]]:
    return {file.path.removeprefix(prefix): (file.md5,) for file in files if file.path.startswith(prefix)}


def _md5(file: StoredFile) -> str:
    """Of an object that was composed, Cloud Storage has none: it is compared when it is here."""
    return "" if file.md5.startswith("crc32c:") else file.md5


def _download(bucket: Files, name: str) -> bytes:
    data = bucket.read(name)
    if data is None:
        raise UnreachableError(
            f"{name} is gone from {bucket.name}",
            why="it was listed a moment ago and deleted since",
            fix="run the command again",
        )
    return data


def _is_safe(path: str) -> bool:
    """Objects may have any name: one that leaves the folder, or hides a folder, is not followed."""
    parts = path.split("/")
    if PurePosixPath(path).is_absolute() or {"", ".", ".."} & set(parts) or "\0" in path or not is_object_name(path):
        return False
    return all(len(part.encode()) <= LONGEST for part in parts)


def _below_a_file(path: str, names: set[str]) -> bool:
    """A bucket may hold ``a`` and ``a/b``; a folder can not."""
    return any(str(parent) in names for parent in PurePosixPath(path).parents)
