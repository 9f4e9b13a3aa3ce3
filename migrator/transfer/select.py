"""Which files of the workspace belong into the target's bucket."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.transfer.upload import LocalFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from migrator.model.inventory import Inventory

DAGS = "dags/"
PLUGINS = "plugins/"
NOT_OURS = {
    "dags/composer_migrator_agent.py": "the agent is uploaded when it is called",
    "dags/airflow_monitoring.py": "Composer's own liveness DAG: each environment has its own",
}
LITTER = ("__pycache__/", ".partial-", ".DS_Store", ".git/")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not deployed, and why."""

    to: str
    why: str


@dataclass(frozen=True, slots=True)
class Selection:
    """``files`` to deploy; ``dag_ids`` maps an object to the DAGs that its file holds, for every DAG file."""

    files: tuple[LocalFile, ...]
    skipped: tuple[Skipped, ...]
    dag_ids: Mapping[str, tuple[str, ...]]

    def holds_dags(self, to: str) -> bool:
        """Whether the object is a DAG file, as far as the inventory knows."""
        return to in self.dag_ids


def local_files(folder: Path, prefix: str, md5s: Mapping[str, str]) -> list[LocalFile]:
    """The files of ``folder`` (relative path to md5) as objects below ``prefix``, without what tools leave behind."""
    kept = (path for path in sorted(md5s) if not any(part in f"/{path}" for part in LITTER))
    return [LocalFile(folder / path, prefix + path, md5s[path]) for path in kept]


def select(files: Iterable[LocalFile], inventory: Inventory, only: Collection[str] | None = None) -> Selection:
    """Sort out what must not be deployed.

    ``only`` holds DAG ids: DAG files without any of them wait for their wave, while modules and plugins always go.
    """
    held: defaultdict[str, list[str]] = defaultdict(list)
    for dag in inventory.dags:
        held[DAGS + dag.file].append(dag.dag_id)
    broken = {DAGS + one.file for one in inventory.broken_files}
    chosen, skipped = [], []
    for file in files:
        why = _unwanted(file.to, held, broken, only)
        if why is None:
            chosen.append(file)
        elif why:
            skipped.append(Skipped(file.to, why))
    return Selection(tuple(chosen), tuple(skipped), {to: tuple(sorted(ids)) for to, ids in held.items()})


def _unwanted(
    to: str, held: Mapping[str, list[str]], broken: Collection[str], only: Collection[str] | None
) -> str | None:
    """Why the file is not deployed; empty when that needs no words; None when it is."""
    if to in NOT_OURS:
        return NOT_OURS[to]
    if to in broken:
        return "the source cannot import it"
    if only is not None and to in held and not set(held[to]) & set(only):
        return ""
    return None
