"""Which runs the names of logs tell of: ``DAG/TASK/DATE/TRY.log`` until 2.2, since then ``dag_id=../run_id=../..``.

A tree has millions of names. They are streamed, a folder's names are never held together, and only the newest are kept.
"""

from __future__ import annotations

import heapq
import os
import re
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

from migrator.model.log_date import date_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MOST = 100
"""How many runs of a DAG and kind are looked at, the newest: among them are those that ended and those that did not."""
AUTOMATED = ("scheduled__", "backfill__", "dataset_triggered__")
_TRY = re.compile(r"(?:attempt=)?(\d{1,6})\.log")
_RUN_ID = re.compile(r"[a-z_]+__(\d{4}-\d\d-\d\dT.+)")
_DEEPEST = 8
"""How many slashes a run's id may have."""
_FIRST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LogRun:
    """One run of a DAG: the newest try's log of each task (several of one that is mapped).

    ``logical_date`` is None where the name, a ``run_id`` that somebody typed, holds none.
    """

    logical_date: datetime | None
    run_id: str | None
    logs: dict[str, list[Path]] = field(default_factory=dict)


def dag_folders(root: Path) -> Iterator[tuple[str, Path]]:
    """The DAGs that logged, by the folder of each: one for either form where an upgrade lies between."""
    for name in _folders(root):
        yield name.removeprefix("dag_id="), root / name


def runs_in(folder: Path) -> Iterator[LogRun]:
    """The newest runs in the folder of a DAG, the newest first: MOST that the scheduler may have made, MOST others."""
    by_id = folder.name.startswith("dag_id=")
    kinds = {True: _Newest(), False: _Newest()}
    for date, name in _dated(folder, by_id=by_id):
        automated = _plain_id(name).startswith(AUTOMATED) if by_id else not (date.second or date.microsecond)
        kinds[automated].add((date, name))
    for date, name in sorted((*kinds[True].heap, *kinds[False].heap), reverse=True):
        if by_id:
            yield from _by_id(folder / name, _plain_id(name), None if date == _FIRST else date)
        elif logs := _by_task(folder, name):
            yield LogRun(date, None, logs)


@dataclass(slots=True)
class _Newest:
    """The MOST newest of what is added, each once, though every task of a run has it."""

    heap: list[tuple[datetime, str]] = field(default_factory=list)
    _held: set[tuple[datetime, str]] = field(default_factory=set)

    def add(self, one: tuple[datetime, str]) -> None:
        if one in self._held:
            return
        self._held.add(one)
        if len(self.heap) < MOST:
            heapq.heappush(self.heap, one)
        else:
            self._held.discard(heapq.heappushpop(self.heap, one))


def _plain_id(name: str) -> str:
    run_id = name.removeprefix("run_id=")
    return unquote(run_id) if "%3A" in run_id.upper() else run_id


def _dated(folder: Path, *, by_id: bool) -> Iterator[tuple[datetime, str]]:
    """The date and the name of each run's folder; those whose date the name does not tell count as the oldest."""
    if by_id:
        for name in _folders(folder):
            if name.startswith("run_id="):
                found = _RUN_ID.fullmatch(_plain_id(name))
                yield (date_in(found[1]) if found else None) or _FIRST, name
        return
    for task in _folders(folder):
        for name in _folders(folder / task):
            if date := date_in(name):
                yield date, name


def _by_task(folder: Path, date: str) -> dict[str, list[Path]]:
    """The logs of one date, a folder for each task."""
    found = ((task, _newest(folder / task / date)) for task in _folders(folder))
    return {task: logs for task, logs in found if logs}


def _by_id(folder: Path, run_id: str, date: datetime | None, depth: int = 0) -> Iterator[LogRun]:
    """The run of a folder; where its id holds slashes, that of the folders in it."""
    logs: dict[str, list[Path]] = {}
    for name in _folders(folder):
        path = folder / name
        if not name.startswith("task_id="):
            if depth < _DEEPEST:
                yield from _by_id(path, f"{run_id}/{name}", None, depth + 1)
            continue
        mapped = [log for inner in _folders(path) if inner.startswith("map_index=") for log in _newest(path / inner)]
        if found := [*_newest(path), *mapped]:
            logs[name.removeprefix("task_id=")] = found
    if logs:
        yield LogRun(date, run_id, logs)


def _newest(folder: Path) -> list[Path]:
    """The log of the newest try in a folder, if there is one."""
    tries = ((int(found[1]), name) for name in _files(folder) if (found := _TRY.fullmatch(name)))
    return [folder / name for _, name in heapq.nlargest(1, tries)]


def _folders(path: Path) -> Iterator[str]:
    return (one.name for one in _entries(path) if one.is_dir(follow_symlinks=False))


def _files(path: Path) -> Iterator[str]:
    return (one.name for one in _entries(path) if one.is_file(follow_symlinks=False))


def _entries(path: Path) -> Iterable[os.DirEntry[str]]:
    """What lies in a folder, in no order; nothing of one that is not there or may not be read."""
    try:
        listed = os.scandir(path)
    except OSError:
        return
    with closing(listed):
        yield from listed
