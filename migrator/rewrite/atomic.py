"""Write a file at once, and only when it is another, or still the one that was read."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from migrator.workspace.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

CHANGED = "it was changed while the rewrite ran"
GONE = "it was deleted while the rewrite ran"
READ_ONLY = "it is read-only (chmod u+w, if it shall be rewritten)"
NO_FILE = "it is no file any more"


class LeftError(Exception):
    """A file was left as it is; the message says why."""


def write(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Put these bytes into a file in one step; the same bytes are left alone."""
    if not path.is_file() or path.read_bytes() != content:
        write_atomic(path, content, mode=stat.S_IMODE(mode))


def replace(path: Path, before: bytes, content: bytes) -> None:
    """Put these bytes in the place of ``before``, with the file's mode and owner; LeftError when it is another now."""
    try:
        there = path.lstat()
        if not stat.S_ISREG(there.st_mode):
            raise LeftError(NO_FILE)
        if not there.st_mode & 0o222:
            raise LeftError(READ_ONLY)

        def check(new: Path) -> None:
            with suppress(PermissionError):
                os.chown(new, there.st_uid, there.st_gid)
            new.chmod(stat.S_IMODE(there.st_mode))
            if path.is_symlink() or path.read_bytes() != before:
                raise LeftError(CHANGED)

        write_atomic(path, content, mode=stat.S_IMODE(there.st_mode), check=check)
    except FileNotFoundError as error:
        raise LeftError(GONE) from error
    except OSError as error:
        raise LeftError(f"it cannot be written: {error.strerror or error}") from error
