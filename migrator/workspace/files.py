"""Write files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.interrupt import partial
from migrator.workspace import private

if TYPE_CHECKING:
    from collections.abc import Callable


def write_atomic(
    path: Path,
    data: bytes,
    *,
    mode: int = 0o644,
    durable: bool = True,
    check: Callable[[Path], None] = lambda _: None,
) -> None:
    """Create or replace ``path`` in one step, with its folders; a crash leaves the old file.

    In ``.migrate/`` it is its owner's alone, whatever the ``mode``.

    Without ``durable`` a crash of the machine may leave an empty one: for what is compared and fetched again anyway.
    ``check`` is given the new file when it is whole, and raises to leave the old one.
    """
    private.make_folder(path.parent)
    try:
        _replace(path, data, private.mode_of(path, mode), durable=durable, check=check)
    except OSError as error:
        if error.errno:
            error.filename = str(path)  # not that of the partial file, and not none, as where the disk is full
        raise


def _replace(path: Path, data: bytes, mode: int, *, durable: bool, check: Callable[[Path], None]) -> None:
    handle, name = tempfile.mkstemp(prefix=".partial-", suffix=".tmp", dir=path.parent)
    written = Path(name)
    with partial(written):
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            if durable:
                os.fsync(out.fileno())
        written.chmod(mode)
        check(written)
        written.replace(path)


def write_private(path: Path, data: bytes) -> None:
    """As write_atomic, for a file that only its owner may read."""
    write_atomic(path, data, mode=private.FILE)
