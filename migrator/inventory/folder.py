"""The inventory of a folder with no Airflow behind it: what its code says, and the names of what that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.inventory.collect import FOLDERS, Collected, wanted
from migrator.inventory.logs.read import history_in, unlisted_in, without_logs
from migrator.inventory.poorer import absent_folders
from migrator.inventory.sound import sound
from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.read import read_dags
from migrator.inventory.static.source import bounded
from migrator.model.environment import EnvironmentFacts
from migrator.model.inventory import Inventory, Origin
from migrator.model.parts import FOLDER
from migrator.model.text import NO_OBJECT, all_shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from migrator.environments.folder import FolderBucket
    from migrator.inventory.static.read import Found

NOT_KNOWN = (
    "a folder knows no variables, connections and pools, nor which DAGs are paused",
    "where a DAG does not say, Airflow's own defaults stand: an environment's overrides may say otherwise",
)


SHOWN = 20
"""How many DAGs a warning names."""


def left_out(files: FolderBucket) -> list[str]:
    """A warning for each file that is left out: its name is one that no bucket can hold, or it is none."""
    named = [f"{name} was left out: {NO_OBJECT}; rename it" for name in files.nameless()]
    skipped = (one for folder in FOLDERS for one in files.passed_over(folder))
    return [*named, *(f"{name} was left out: it is {why}" for name, why in skipped)]


def of_folder(files: FolderBucket, *, name: str, now: datetime) -> Collected:
    """The inventory of the files; ``name`` is that of the environment, where somebody knows it."""
    stored = wanted(file for folder in FOLDERS for file in files.files(folder))
    found = read_dags([file.path for file in stored], bounded(files.read, stored), Defaults())
    facts = EnvironmentFacts(name or f"folder {files.name}", "", "UNKNOWN", files.name, "")
    history = history_in(files.logs, found.dags) if files.logs else without_logs(found.dags)
    inventory = Inventory(
        captured_at=now,
        environment=facts,
        airflow_version="",
        python_version="",
        dags=tuple(found.dags),
        broken_files=tuple(sorted(found.broken, key=lambda one: one.file)),
        files=stored,
        warnings=tuple(sorted([*NOT_KNOWN, *found.warnings, *left_out(files), *_of_logs(files, found)])),
        origin=Origin.FOLDER,
        unlisted=tuple(sorted(found.unlisted, key=lambda one: (one.file, one.line))),
        unknown=tuple(sorted([*FOLDER, *absent_folders(stored)])),
        history=history,
    )
    return Collected(sound(all_shown(inventory)), b"")


def _of_logs(files: FolderBucket, found: Found) -> Iterator[str]:
    """What a person should know of the logs, where there are some."""
    if files.logs is None:
        return
    yield "what is known of runs is inferred from their logs: a task that was skipped or never began leaves none"
    names = unlisted_in(files.logs, {dag.dag_id for dag in found.dags}) if found.unlisted else []
    if names:
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        yield f"DAGs that have logs and are in no list: {', '.join(names[:SHOWN])}{more}"
