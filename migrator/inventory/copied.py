"""The copy of a bucket, or the snapshot, that an inventory was read from: its files are wanted once more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.environments.folder import FolderBucket
from migrator.errors import UsageError
from migrator.workspace.places import own
from migrator.workspace.stored import Form

if TYPE_CHECKING:
    from migrator.workspace.workspace import Workspace

AGAIN = "migrate transfer --only files --from DIR"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files of a source that is gone lie on this machine; ``whole``: laid out as a bucket."""

    folder: str
    whole: bool = True
    schema_version: int = 1


FORM: Form[Place] = Form("a record of a copy", Place, 1, AGAIN)


def remember(workspace: Workspace, copy: FolderBucket) -> None:
    """Keep where it lies; the record is of this machine, and git leaves it alone."""
    FORM.save(Place(str(copy.root.resolve()), copy.has_folders), _record(workspace))


def copy_of(workspace: Workspace, named: Path | None = None) -> FolderBucket | None:
    """The copy that is named, which holds ``data``, or else the one that the inventory was read from, if it is there.

    The workspace's own files in it are left out. UsageError where the one that is named is no folder.
    """
    hidden = own(workspace).holds
    if named is not None:
        if not named.is_dir():
            raise UsageError(f"there is no folder {named}", why="it is no copy of a bucket", fix=AGAIN)
        return FolderBucket(named, hidden, whole=True)
    record = _record(workspace)
    place = FORM.load(record) if record.is_file() else None
    if place is None or not Path(place.folder).is_dir():
        return None
    return FolderBucket(Path(place.folder), hidden, place.whole)


def _record(workspace: Workspace) -> Path:
    return workspace.private / "copy.json"
