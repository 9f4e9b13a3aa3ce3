"""Fill a folder with files of ours, and leave what is not: the one place where trees are written and removed.

A file is ours while it is as we wrote it, by the manifest beside the folder. Only such files are replaced or removed;
whatever else is in the way is left and named. Links are neither followed nor replaced. What is new is written beside
and synced before anything old goes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.interrupt import threads
from migrator.workspace import manifest, private
from migrator.workspace.present import EDITED, Left, State, md5_of, refuse_link, refuse_others, state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from concurrent.futures import Future

THREADS = 8


@dataclass(frozen=True, slots=True)
class New:
    """A file to be: its bytes when they are asked for, its md5 (base64) where that is known before, and its mode.

    ``earlier``: the md5s under which it counts as ours where the manifest is of an older version, or missing.
    """

    read: Callable[[], bytes]
    md5: str = ""
    mode: int = 0o644
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a folder's files."""

    written: tuple[str, ...] = ()
    unchanged: int = 0
    removed: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(slots=True)
class Staged:
    """The new files of a folder, written beside; ``commit`` puts them where they belong."""

    folder: Path
    stage: Path | None
    files: Mapping[str, New]
    before: manifest.Manifest
    overwrite: bool
    obsolete: tuple[str, ...]
    by: str
    fresh: dict[str, tuple[Path, str]] = field(default_factory=dict)
    md5s: dict[str, str] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)

    def commit(self) -> Done:
        """Put the new files in place, then remove what is ours and no longer wanted."""
        if not (self.fresh or self.obsolete or self.before.files):
            return Done((), len(self.md5s), (), tuple(self.left))
        self._remember({name: {md5} for name, (_, md5) in self.fresh.items()})
        later = {name for name in self.fresh if _blocked(self.folder, name, self.obsolete)}
        written = self._place(set(self.fresh) - later)
        removed = [name for name in sorted(self.obsolete, reverse=True) if self._remove(name)]
        written += self._place(later)
        self._sync(written)
        self._settle(written, removed)
        return Done(tuple(sorted(written)), len(self.md5s), tuple(sorted(removed)), tuple(self.left))

    def _remember(self, more: Mapping[str, set[str]]) -> None:
        """Before anything is touched: what was ours stays so, and what will be is, should this be killed."""
        every = {**self.before.files, **{name: self.before.files.get(name, frozenset()) | more[name] for name in more}}
        manifest.write(self.folder, every, self.by)

    def _place(self, names: Collection[str]) -> list[str]:
        placed = []
        for name in sorted(names):
            staged, _ = self.fresh[name]
            if why := self._not_free(name):
                self.left.append(Left(name, why))
                continue
            place = self.folder / name
            private.make_folder(place.parent)
            staged.replace(place)
            placed.append(name)
        self._sync(placed)
        return placed

    def _not_free(self, name: str) -> str:
        """Why the place may not be written now, looked at once more; an empty text when it may."""
        match state_of(self.folder, name):
            case State.ABSENT:
                return ""
            case State.FILE:
                mine = self.overwrite or self.before.ours(name, md5_of(self.folder / name))
                return "" if mine else EDITED
            case other:
                return str(other.value)

    def _remove(self, name: str) -> bool:
        place = self.folder / name
        match state_of(self.folder, name):
            case State.FILE if self.before.ours(name, md5_of(place)):
                place.unlink()
                _prune(self.folder, place.parent)
                return True
            case State.FILE | State.LINK:
                self.left.append(Left(name, "it is no longer among the files, but was changed here", wanted=False))
        return False

    def _stays(self, name: str, left: Collection[str]) -> bool:
        """Whether what was ours is so still: it is as it should be, was left, or was not asked about."""
        return name in left or name in self.md5s or (name not in self.files and name not in self.obsolete)

    def _sync(self, names: Collection[str]) -> None:
        for folder in {self.folder / Path(name).parent for name in names}:
            _sync_folder(folder)

    def _settle(self, written: Collection[str], removed: Collection[str]) -> None:
        """The manifest as things are now; what was left stays ours as it once was, should it become so again."""
        left = {one.path for one in self.left}
        kept = {name: md5s for name, md5s in self.before.files.items() if self._stays(name, left)}
        kept |= {name: frozenset({self.md5s[name]}) for name in kept if name in self.md5s}
        kept |= {name: frozenset({self.fresh[name][1]}) for name in written}
        manifest.write(self.folder, {name: md5s for name, md5s in kept.items() if name not in removed}, self.by)


@contextmanager
def staged(
    folder: Path,
    files: Mapping[str, New],
    *,
    by: str,
    within: Path | None = None,
    earlier: Mapping[str, Collection[str]] | None = None,
    prune: bool = True,
    overwrite: bool = False,
) -> Iterator[Staged]:
    """The files, ready to be put into the folder; nothing in it is touched before ``commit``.

    ``by``: the command that writes them; what another command wrote there is not its own to remove.
    ``earlier``: the md5s under which files count as ours where the manifest is of an older version, or missing.
    ``prune``: what is ours and not among the files is removed. ``overwrite``: the person asked to replace what is
    there; links stay all the same. RefusedError when the folder, or one above it ``within`` that one, is a link, or
    holds what another command wrote.
    """
    refuse_link(folder, within)
    before = _with_earlier(manifest.read(folder), earlier or {})
    refuse_others(folder, before.by, by)
    obsolete = tuple(name for name in before.files if name not in files) if prune else ()
    made = Staged(folder, None, files, before, overwrite, obsolete, by)
    wanted = [name for name in sorted(files) if _is_due(made, name)]
    if not wanted:
        yield made
        return
    private.make_folder(folder)
    made.stage = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder))
    try:
        _fill(made, wanted)
        yield made
    finally:
        shutil.rmtree(made.stage, ignore_errors=True)


def put(
    folder: Path, files: Mapping[str, str | bytes], *, by: str, within: Path | None = None,
    executable: Collection[str] = (), overwrite: bool = False, first_time: bool = False,
) -> Done:  # fmt: skip
    """Write these files of ours into a folder; what we wrote before and is not among them goes.

    ``first_time``: without a manifest, what is there under these names is of an older version, and ours.
    """
    contents = {name: text if isinstance(text, bytes) else encoded(text) for name, text in files.items()}
    new = {
        name: New(partial(bytes, data), md5_of_bytes(data), 0o755 if name in executable else 0o644)
        for name, data in contents.items()
    }
    there = [name for name in new if first_time and state_of(folder, name) is State.FILE]
    earlier = {name: (md5_of(folder / name),) for name in there}
    with staged(folder, new, by=by, within=within, earlier=earlier, overwrite=overwrite) as ready:
        return ready.commit()


def encoded(text: str) -> bytes:
    """The text in UTF-8; what that can't hold as an escape, which in JSON means the same."""
    return text.encode("utf-8", "backslashreplace")


def md5_of_bytes(data: bytes) -> str:
    """The md5 of these bytes as base64."""
    return b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _with_earlier(found: manifest.Manifest, earlier: Mapping[str, Collection[str]]) -> manifest.Manifest:
    if not found.there:
        return manifest.Manifest({name: frozenset(md5s) for name, md5s in earlier.items()})
    filled = {name: md5s or frozenset(earlier.get(name, ())) for name, md5s in found.files.items()}
    return manifest.Manifest(filled, there=True, by=found.by)


def _is_due(made: Staged, name: str) -> bool:
    """Whether the file has to be written; one that is as it should be, and one that is not ours, need not."""
    new, md5 = made.files[name], ""
    match state_of(made.folder, name):
        case State.ABSENT:
            return True
        case State.FILE:
            md5 = md5_of(made.folder / name)
        case state:
            if _blocked(made.folder, name, made.obsolete):
                return True
            made.left.append(Left(name, state.value))
            return False
    if new.md5 == md5:
        made.md5s[name] = md5
        return False
    if not new.md5 or made.overwrite or made.before.ours(name, md5):
        return True
    made.left.append(Left(name, EDITED))
    return False


def _fill(made: Staged, names: list[str]) -> None:
    """Write each file into the stage; what turns out to be as it should be is dropped."""
    with threads(THREADS) as pool:
        tasks = {
            name: pool.submit(_stage, made.files[name], Path(str(made.stage), str(number)))
            for number, name in enumerate(names)
        }
        try:
            md5s = {name: _named(made.folder / name, task) for name, task in tasks.items()}
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    for number, name in enumerate(names):
        place = made.folder / name
        if not made.files[name].md5 and state_of(made.folder, name) is State.FILE and md5_of(place) == md5s[name]:
            made.md5s[name] = md5s[name]
        else:
            made.fresh[name] = (Path(str(made.stage), str(number)), md5s[name])


def _named(place: Path, task: Future[str]) -> str:
    """What the task gave; an error of the disk says for which file."""
    try:
        return task.result()
    except OSError as error:
        if error.filename is None:
            error.filename = str(place)
        raise


def _stage(new: New, place: Path) -> str:
    data = new.read()
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    place.chmod(private.mode_of(place, new.mode))
    return md5_of_bytes(data)


def _blocked(folder: Path, name: str, obsolete: Collection[str]) -> bool:
    """Whether only files of ours that go stand in the way: a file that becomes a folder, or a folder a file."""
    if any(str(parent) in obsolete and state_of(folder, str(parent)) is State.FILE for parent in Path(name).parents):
        return True
    place = folder / name
    return place.is_dir() and not place.is_symlink() and any(one.startswith(f"{name}/") for one in obsolete)


def _prune(top: Path, folder: Path) -> None:
    """Remove folders that became empty."""
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
