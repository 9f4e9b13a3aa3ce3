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
from migrator.model.text import file_shown, is_object_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DAGS, PLUGINS, DATA, LOGS = "dags", "plugins", "data", "logs"
_BLOCK = 1 << 20


def _nothing(_: Path) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class FolderBucket:
    """The files below ``root``; without a folder ``dags`` in it, they all are DAG files, unless it is ``whole``.

    ``hidden`` says which files and folders are left out, as the workspace's own are; ``whole``: whether it is laid out
    as a bucket, with ``dags`` beside other folders; None: by what lies there when it is asked.
    """

    root: Path
    hidden: Callable[[Path], bool] = _nothing
    whole: bool | None = None

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.root.resolve().name

    def files(self, prefix: str = "") -> list[StoredFile]:
        """Every file whose path starts with ``prefix``, sorted; hidden folders and links that lead out are left out.

        So are names that no bucket holds, as those that are no UTF-8: ``nameless`` tells them.
        """
        found = ((path, name) for path, name in self._named(prefix) if is_object_name(name))
        return sorted((_stored(path, name) for path, name in found), key=lambda file: file.path)

    def nameless(self) -> list[str]:
        """The files whose names no bucket can hold, sorted, each on a line, with what can't be shown as escapes."""
        return sorted(file_shown(name) for _, name in self._named("") if not is_object_name(name))

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None when there is none."""
        place = self.place(path)
        return place.read_bytes() if place.is_file() else None

    def place(self, path: str) -> Path:
        """Where the file of that path lies, if there is one."""
        return self.root / (path if self.has_folders else path.removeprefix(f"{DAGS}/"))

    def holds_code(self) -> bool:
        """Whether there is a Python file in it."""
        return any(name.endswith(".py") for _, name in self._named(""))

    @property
    def has_folders(self) -> bool:
        """Whether it is laid out as a bucket: there is a folder ``dags``, and in it more than the workspace's own."""
        folder = self.root / DAGS
        if self.whole is not None or not folder.is_dir():
            return bool(self.whole)
        return any(not self.hidden(path) for path in folder.iterdir()) or not any(folder.iterdir())

    def passed_over(self, prefix: str = "") -> list[tuple[str, str]]:
        """What there is and is not read, by its name, each with the reason; sorted."""
        found = ((file_shown(name), self._refused(path)) for path, name in self._walked(prefix))
        return sorted((name, why) for name, why in found if why)

    def _named(self, prefix: str) -> Iterator[tuple[Path, str]]:
        return ((path, name) for path, name in self._walked(prefix) if not self._refused(path))

    def _walked(self, prefix: str) -> Iterator[tuple[Path, str]]:
        above = () if self.has_folders else (DAGS,)
        for place, folders, names in os.walk(self.root):
            parts = Path(place).relative_to(self.root).parts
            if not parts and not above:
                folders[:] = [name for name in folders if _may_hold(name, prefix)]
            folders[:] = [name for name in folders if not name.startswith(".") and not self.hidden(Path(place, name))]
            for one in names:
                name, path = "/".join((*above, *parts, one)), Path(place, one)
                if name.startswith(prefix) and not self.hidden(path):
                    yield path, name

    @property
    def logs(self) -> Path | None:
        """The folder of the logs, where the copy has it; it may hold millions of files."""
        place = self.root / LOGS
        found = self.has_folders and place.is_dir() and not place.is_symlink() and not self.hidden(place)
        return place if found else None

    def _refused(self, path: Path) -> str:
        """Why it is no file of the folder; empty where it is one. Folders that are links are not walked."""
        if path.is_symlink() and not path.exists():
            return "a link to nothing"
        if path.is_symlink() and not path.resolve().is_relative_to(self.root.resolve()):
            return "a link that leads out of the folder"
        return "" if path.is_file() else "no regular file"


def _may_hold(name: str, prefix: str) -> bool:
    """Whether a folder of a bucket has to be walked for that prefix; that of the logs only where it is named."""
    return name == prefix.partition("/")[0] if "/" in prefix else name.startswith(prefix) and name != LOGS


def open_folder(root: Path, hidden: Callable[[Path], bool] = _nothing) -> FolderBucket:
    """The folder as a bucket; UsageError when there is none, or when it holds nothing that looks like a DAG.

    ``hidden`` says which files and folders of it are left out.
    """
    if not root.is_dir():
        raise UsageError(
            f"there is no folder {root}",
            why="it is neither a copy of a bucket nor a folder of DAG files",
            fix="gcloud storage cp -r gs://BUCKET/dags gs://BUCKET/plugins gs://BUCKET/logs FOLDER",
        )
    bucket = FolderBucket(root, hidden)
    if not bucket.holds_code():
        raise UsageError(
            f"{root} holds no Python file",
            why="a copy of a bucket has DAG files in dags/, or is the DAGs folder itself",
            fix="name the folder that holds dags/, or the DAGs folder",
        )
    return FolderBucket(root, hidden, bucket.has_folders)


def _stored(path: Path, name: str) -> StoredFile:
    """With the digest that Cloud Storage would give; a block at a time, so that a large file needs no memory."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
    return StoredFile(name, path.stat().st_size, base64.b64encode(digest.digest()).decode())
