"""What is its owner's alone: ``.migrate/`` and all in it, and the secrets. The one place that makes and closes it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAME = ".migrate"
FOLDER, FILE = 0o700, 0o600


def is_private(path: Path) -> bool:
    """Whether it is the private folder of a workspace, or lies in it."""
    return NAME in path.parts


def mode_of(path: Path, mode: int) -> int:
    """The mode for a file that would have ``mode`` elsewhere: without any for others, where it is private."""
    return mode & FOLDER if is_private(path) else mode


def make_folder(path: Path) -> None:
    """The folder and those above it; what is private is made for its owner alone, and never wider for a moment."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=FOLDER if is_private(path) else 0o777, exist_ok=True)


def make_file(path: Path) -> None:
    """An empty file for its owner alone, where there is none: for a library that opens files by itself."""
    make_folder(path.parent)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE))


def close_workspace(root: Path) -> None:
    """Take from others what they may read of a workspace's secrets and private folder, its fleet's included.

    git keeps no modes, and an older version, or a copy, left them wider. What is another user's stays as it is.
    """
    for one in (root, *_below(root / "fleet")):
        _narrow((one / NAME, *one.glob("secrets*.age")))


def _below(folder: Path) -> Iterable[Path]:
    with suppress(OSError):
        return tuple(folder.iterdir())
    return ()


def _narrow(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            _narrow_one(path, path.lstat())


def _narrow_one(path: Path, there: os.stat_result) -> None:
    """A folder before what is in it; one that was closed already was so when its files were made."""
    if not (stat.S_ISDIR(there.st_mode) or stat.S_ISREG(there.st_mode)):
        return
    wide = bool(there.st_mode & 0o077)
    if wide:
        path.chmod(stat.S_IMODE(there.st_mode) & 0o700)
    if stat.S_ISDIR(there.st_mode) and (wide or path.name == NAME):
        _narrow(path.iterdir())
