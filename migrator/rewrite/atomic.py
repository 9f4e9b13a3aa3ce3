"""Write a file at once, and only when it is another."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from migrator.workspace.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Put these bytes into a file in one step; a link is followed, the same bytes are left alone."""
    real = path.resolve() if path.is_symlink() else path
    if not real.is_file() or real.read_bytes() != content:
        write_atomic(real, content, mode=stat.S_IMODE(mode))
