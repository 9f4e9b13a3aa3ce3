"""Find the parts of a snapshot: Composer's documentation lists what is saved, not under which names."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.environments.folder import DAGS, DATA, PLUGINS, FolderBucket
from migrator.errors import UsageError
from migrator.inventory.snapshot.lines import looks_like_sql

if TYPE_CHECKING:
    from collections.abc import Callable

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)")
_MOST_KEY = 64 * 1024
ENVIRONMENT = "environment.json"


@dataclass(frozen=True, slots=True)
class Layout:
    """The files; ``key`` and ``environment`` are None where there is none. ``moment`` is when it was saved."""

    files: FolderBucket
    database: Path
    key: Path | None
    environment: Path | None
    moment: datetime


def find_layout(root: Path, *, key: Path | None, hidden: Callable[[Path], bool] = lambda _: False) -> Layout:
    """The parts of the snapshot in ``root``, or of the one snapshot below it; UsageError when it is none.

    ``hidden`` says which files and folders are left out, as the workspace's own are.
    """
    if not root.is_dir():
        raise UsageError(
            f"there is no folder {root}",
            why="it is no downloaded snapshot",
            fix="gcloud storage cp -r gs://BUCKET/snapshots/NAME FOLDER",
        )
    others = sorted(_beside_folders(root, hidden))
    dumps = [path for path in others if ".sql" in path.suffixes[-2:] or path.suffix == ".dump"] or [
        path for path in others if "database" in path.name and looks_like_sql(path)
    ]
    if len(dumps) != 1:
        raise UsageError(
            f"{root} is no snapshot" if not dumps else f"{root} holds {len(dumps)} database dumps",
            why="a snapshot holds one dump of the database, such as airflow-database.postgres.sql.gz",
            fix="name the folder of one snapshot, PROJECT_LOCATION_ENVIRONMENT_DATE; a copy of a bucket: --from-folder",
        )
    (database,) = dumps
    keys = [key] if key else [path for path in others if "fernet" in path.name and path.stat().st_size < _MOST_KEY]
    return Layout(
        files=_with_dags(database.parent, hidden),
        database=database,
        key=keys[0] if keys else None,
        environment=next((path for path in others if path.name == ENVIRONMENT), None),
        moment=_moment(database),
    )


def _beside_folders(root: Path, hidden: Callable[[Path], bool]) -> list[Path]:
    """The files that are none of the bucket's; what is no file, such as a pipe that nobody writes to, is not read."""
    found: list[Path] = []
    for place, folders, names in os.walk(root):
        folders[:] = [one for one in folders if one not in {DAGS, PLUGINS, DATA} and not hidden(Path(place, one))]
        found += [path for name in names if (path := Path(place, name)).is_file() and not hidden(path)]
    return found


def _with_dags(root: Path, hidden: Callable[[Path], bool]) -> FolderBucket:
    """The folder that holds ``dags``, in or beside which the dump lies; without one there are no files of a bucket."""
    places = [root, *sorted(path for path in root.iterdir() if path.is_dir()), root.parent]
    place = next((one for one in places if FolderBucket(one, hidden).has_folders), root)
    return FolderBucket(place, hidden, whole=True)


def _moment(database: Path) -> datetime:
    """When the snapshot was saved: by its folder's name, else by the dump's own date."""
    for part in reversed(database.resolve().parts[:-1]):
        if found := _MOMENT.search(part):
            return datetime.fromisoformat(f"{found[1]}T{found[2]}:{found[3]}:{found[4]}+00:00")
    return datetime.fromtimestamp(int(database.stat().st_mtime), UTC)
