"""What of a folder is the workspace's own, and whether a folder that is read overlaps one that is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.errors import RefusedError
from migrator.workspace import manifest
from migrator.workspace.config import FILE_NAME
from migrator.workspace.fleet import FOLDER
from migrator.workspace.present import refuse_link

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migrator.workspace.workspace import Workspace

TREES = ("dags/source", "dags/target", "plugins/source", "plugins/target", "reports", ".migrate")
"""Folders that are the workspace's as a whole."""
MADE = ("docs", "local", "policies", "terraform")
"""Folders that others may share: in them, ours is what the manifest names."""
FILES = (FILE_NAME, ".gitignore", "inventory.json", "last-runs.csv", "past.age", "plan.json", "secrets.age")
POORER = ("inventory.poorer*.json", "secrets.poorer*.age")
BEFORE_MANIFESTS = (
    "local/plugins/airflow_local_settings.py",
    "local/tests/test_dags.py",
    "policies/airflow_local_settings.py",
)
"""Python that older versions wrote and kept no record of."""

Identity = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Own:
    """The workspace's own folders and files by what they are on the disk: no link and no spelling hides one."""

    places: frozenset[Identity]

    def holds(self, path: Path) -> bool:
        """Whether the path is one of them."""
        return identity(path) in self.places


def own(workspace: Workspace) -> Own:
    """What is the workspace's own, and that of the others in its fleet."""
    found = {identity(place) for root in _roots(workspace.root) for place in _of(root)}
    found |= {identity(place) for place in _secrets(workspace)}
    return Own(frozenset(one for one in found if one is not None))


def refuse_links(workspace: Workspace) -> None:
    """RefusedError (exit 4) when a folder that an inventory fills is a link to elsewhere."""
    for folder in (workspace.source_dags, workspace.source_plugins):
        refuse_link(folder, workspace.root)


def refuse_overlap(source: Path, workspace: Workspace) -> None:
    """RefusedError (exit 4) when an inventory of ``source`` would write into what it reads.

    A folder that is or contains the workspace is read without what is the workspace's own, so it does not overlap.
    """
    refuse_links(workspace)
    around = contains_workspace(source, workspace)
    for folder in (workspace.source_dags, workspace.source_plugins):
        for place in (source, source / "dags", source / "plugins"):
            inside = identity(folder) in _chain(place)
            contains = identity(place) in _chain(folder) - _chain(workspace.root)
            if inside or (contains and not around):
                raise _overlaps(place, folder, workspace)


def refuse_nothing_else(source: Path, workspace: Workspace) -> None:
    """RefusedError (exit 4) when all that such a folder holds lies where the inventory is written."""
    if contains_workspace(source, workspace) and any(workspace.source_dags.rglob("*.py")):
        raise _overlaps(source, workspace.source_dags, workspace)


def contains_workspace(source: Path, workspace: Workspace) -> bool:
    """Whether the folder is, or contains, the workspace."""
    return identity(source) in _chain(workspace.root)


def identity(path: Path) -> Identity | None:
    """What a path is on the disk, whatever it is called; None when there is nothing."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def _chain(path: Path) -> set[Identity]:
    """The path and every folder above it, as far as they are there."""
    whole = path.resolve()
    return {found for place in (whole, *whole.parents) if (found := identity(place)) is not None}


def _overlaps(source: Path, folder: Path, workspace: Workspace) -> RefusedError:
    return RefusedError(
        f"{source} and {folder} overlap, so nothing was changed",
        why=f"the inventory is written to {folder}: what you have there would be replaced by copies of itself",
        fix=f"files in {folder}: mv {folder} {workspace.root / 'my-dags'}, then "
        f"migrate inventory --from-folder {workspace.root / 'my-dags'}; files beside the workspace's own folders: "
        f"migrate inventory --from-folder {workspace.root}, which leaves those out",
    )


def _roots(root: Path) -> Iterator[Path]:
    """The workspace, and all of its fleet."""
    whole = root.resolve()
    top = whole.parent.parent if whole.parent.name == FOLDER and (whole.parent.parent / FILE_NAME).is_file() else whole
    yield whole
    yield top
    if (top / FILE_NAME).is_file() and (top / FOLDER).is_dir():
        yield from (place for place in (top / FOLDER).iterdir() if place.is_dir())


def _of(root: Path) -> Iterator[Path]:
    yield from (root / name for name in (*TREES, *FILES))
    yield from (place for pattern in POORER for place in root.glob(pattern))
    for name in (*TREES, *MADE, "reports/site"):
        yield manifest.place_of(root / name)
    for name in MADE:
        found = manifest.read(root / name)
        yield from (root / name / path for path in found.files)
    yield from (root / name for name in BEFORE_MANIFESTS)


def _secrets(workspace: Workspace) -> Iterator[Path]:
    """Files that the configuration names: keys, passwords, environments."""
    config = workspace.config
    yield workspace.identity
    for section in (config.source, config.target):
        if section is None:
            continue
        named = (section.rest.password_file, section.local.env_file if section.local else None)
        yield from (workspace.root / path for path in named if path is not None)
    if config.cutover.metrics_file is not None:
        yield workspace.root / config.cutover.metrics_file
