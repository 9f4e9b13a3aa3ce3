"""Write what a person asked for with ``-o FILE``: never over the workspace's own, and never in a device's place."""

from __future__ import annotations

from pathlib import Path

from migrator.errors import RefusedError
from migrator.workspace.files import write_atomic
from migrator.workspace.manifest import place_of
from migrator.workspace.own import encoded
from migrator.workspace.places import FILES, MADE, TREES, identity

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
    if _is_own(path, root):
        raise RefusedError(
            f"{path} is the workspace's own, so nothing was written",
            why="what is there would be lost, or taken for code",
            fix=f"name another file, such as -o {root / 'reports' / path.name}",
        )
    if path.suffix == ".py" and path.exists():
        raise RefusedError(
            f"{path} is Python code, so nothing was written",
            why="it would overwrite code",
            fix=f"name another file, such as -o {root / 'reports' / path.with_suffix('.txt').name}",
        )


def refuse_within(path: Path, read: str | Path | None) -> None:
    """RefusedError (exit 4) for a file in the folder that is being read."""
    folder = identity(Path(read)) if read else None
    if folder is not None and any(identity(place) == folder for place in path.resolve().parents):
        raise RefusedError(
            f"{path} lies in {read}, which is read, so nothing was written",
            why="it may be somebody's only copy",
            fix=f"name a file elsewhere, such as -o {path.name}",
        )


def refuse_own_folder(folder: Path, root: Path) -> None:
    """RefusedError (exit 4) for a folder of the workspace's own that is not there to be filled with ``-o DIR``."""
    above = {(root / name).parent.resolve() for name in TREES} - {root.resolve()}
    if _is_own(folder, root) or folder.resolve() in above:
        raise RefusedError(
            f"{folder} is the workspace's own, so nothing was written",
            why="what is there would be mixed with pages, or taken for old ones and removed",
            fix=f"name another folder, such as -o {root / 'reports' / folder.name}",
        )


def _is_own(path: Path, root: Path) -> bool:
    """Whether it is one of the workspace's files, or lies in one of its folders, whether that is there yet or not."""
    manifests = [place_of(root / name) for name in (*TREES, *MADE)]
    places = [*(root / name for name in (*FILES, *TREES) if name not in SHARED), *manifests]
    whole = path.resolve()
    names, found = {place.resolve() for place in places}, {identity(place) for place in places} - {None}
    return any(place in names or identity(place) in found for place in (whole, *whole.parents))
