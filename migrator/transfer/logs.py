"""Copy the logs of tasks into the target's bucket by their own names, DAG by DAG, and have carried runs show theirs.

Airflow until 2.2 names a log ``DAG/TASK/DATE/TRY.log``; later ones by the run's id, which a carried run keeps. There
may be millions: of one DAG at a time the names are held, and what is there already is not copied again.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from migrator.model.log_date import date_in
from migrator.transfer.copy import THREADS, copied
from migrator.transfer.resources import Item, Kind, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from migrator.environments.ports import Agent, Bucket

FOLDER = "logs/"
_OLD = re.compile(r"logs/[^/]+/(?P<task>[^/]+)/(?P<date>[^/]+)/(?P<number>\d{1,6})\.log")
_BY_RUN = re.compile(r"logs/dag_id=[^/]+/run_id=[a-z_]+__(?P<date>[^/]+)/.+")
EPOCH = "1970-01-01T00:00:00+00:00"
Tries = dict[datetime, dict[str, int]]
"""The last try of each task, by the date of its run."""


@dataclass(frozen=True, slots=True)
class Logs:
    """What becomes of the logs of one DAG, and the last tries that its old names tell."""

    dag_id: str
    copied: int = 0
    there: int = 0
    older: int = 0
    failed: tuple[str, ...] = ()
    tries: Tries = field(default_factory=dict)

    @property
    def item(self) -> Item:
        """The DAG's line of the result."""
        counts = {"copied": self.copied, "there already": self.there, "older": self.older, "failed": len(self.failed)}
        words = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "none"
        status = Status.FAILED if self.failed else Status.CREATED if self.copied else Status.EQUAL
        return Item(Kind.LOGS, self.dag_id, status, f"{words}: {self.failed[0]}" if self.failed else words)


def carry_logs(
    dag_ids: Sequence[str],
    names: Callable[[str], Iterable[str]],
    target: Bucket,
    put: Callable[[str], None],
    *,
    since: datetime | None = None,
    dry_run: bool = False,
) -> Iterator[Logs]:
    """What becomes of the logs of each DAG, as ``put`` brings each; ``names``: those of the source below a prefix.

    Those of runs before ``since`` are left out; a log whose name tells no date is taken.
    """
    for dag_id in dag_ids:
        forms = (f"{FOLDER}{dag_id}/", f"{FOLDER}dag_id={dag_id}/")
        found = [name for form in forms for name in names(form)]
        wanted = [name for name in found if since is None or (_date(name) or since) >= since]
        there = {file.path for form in forms for file in target.files(form)}
        pending = [name for name in wanted if name not in there]
        failed = () if dry_run else _brought(put, pending)
        yield Logs(
            dag_id,
            copied=len(pending) - len(failed),
            there=len(wanted) - len(pending),
            older=len(found) - len(wanted),
            failed=failed,
            tries=tries_of(wanted),
        )


def _brought(put: Callable[[str], None], pending: Iterable[str]) -> tuple[str, ...]:
    """Why each one was not brought that was not."""
    with ThreadPoolExecutor(THREADS) as pool:
        return tuple(filter(None, pool.map(lambda path: copied(put, path), pending)))


def _date(name: str) -> datetime | None:
    found = _OLD.fullmatch(name) or _BY_RUN.fullmatch(name)
    return date_in(found["date"]) if found else None


def tries_of(names: Iterable[str]) -> Tries:
    """The last try of each task of each run, of the names until 2.2."""
    tries: Tries = {}
    for found in filter(None, map(_OLD.fullmatch, names)):
        if date := date_in(found["date"]):
            tasks = tries.setdefault(date, {})
            tasks[found["task"]] = max(tasks.get(found["task"], 0), int(found["number"]))
    return tries


def show_old_logs(agent: Agent, found: Mapping[str, Tries]) -> dict[str, list[str]]:
    """The dates of the carried runs, by DAG, that show their old logs from now on; ``found``: the tries of each DAG."""
    wanted = {dag_id: tries for dag_id, tries in found.items() if tries}
    if not wanted:
        return {}
    rows: list[dict[str, Any]] = agent.call("runs", dag_ids=sorted(wanted), since=EPOCH).result["runs"]
    asked: dict[str, dict[str, dict[str, int]]] = {}
    for row in rows:
        tasks = wanted[row["dag_id"]].get(datetime.fromisoformat(row["logical_date"])) if row["carried"] else None
        if tasks:
            asked.setdefault(row["dag_id"], {})[row["logical_date"]] = tasks
    shown: dict[str, list[str]] = agent.call("old_logs", dags=asked).result if asked else {}
    return shown
