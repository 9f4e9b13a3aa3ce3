"""Write what a person asked for with ``-o FILE``: never over the workspace's own, and never in a device's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.errors import RefusedError
from migrator.workspace.files import write_atomic
from migrator.workspace.own import encoded
from migrator.workspace.places import FILES, TREES, identity

if TYPE_CHECKING:
    from pathlib import Path

SHARED = frozenset({"reports"})
"""Folders of the workspace that take what is asked for too."""


def write_output(path: Path, text: str | bytes, root: Path) -> None:
    """Write the file, as a shell does with ``>``: over what it names, a link's file or a device included.

    RefusedError (exit 4) when it is one of the workspace at ``root``, or lies in one of its folders.
    """
    refuse_own(path, root)
    data = text if isinstance(text, bytes) else encoded(text)
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(data)
        return
    write_atomic(path.resolve() if path.is_symlink() else path, data)


def refuse_own(path: Path, root: Path) -> None:
    """RefusedError (exit 4) for a file of the workspace at ``root``, or one in a folder of its own."""
    own = {identity(root / name) for name in (*FILES, *TREES) if name not in SHARED} - {None}
    whole = path.resolve()
    if any(identity(place) in own for place in (whole, *whole.parents)):
        raise RefusedError(
            f"{path} is the workspace's own, so nothing was written",
            why="what is there would be lost, or taken for code",
            fix=f"name another file, such as -o {root / 'reports' / path.name}",
        )
