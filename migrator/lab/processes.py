"""Start processes that outlive us, know them again, and stop them with all they started.

A process is known by its id and its time of creation, so that a recycled id is never touched.
"""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

MARKER = "MIGRATE_LAB_ID"
_TOLERANCE = 1.5
"""Seconds by which two readings of one creation time may differ (the clock is corrected at times)."""

_children: list[subprocess.Popen[bytes]] = []
"""Held so that their collection does not warn: they are meant to go on when we end."""


@dataclass(frozen=True, slots=True)
class Started:
    """A process that was started, and where it writes."""

    name: str
    pid: int
    created: float
    log: str


def spawn(
    name: str,
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path,
    user: str | None = None,
) -> Started:
    """Start a process in a session of its own, with its output appended to ``log``."""
    with log.open("ab") as out:
        child = subprocess.Popen(
            list(command),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
    _children.append(child)
    return Started(name, child.pid, psutil.Process(child.pid).create_time(), str(log))


def process_of(started: Started) -> psutil.Process | None:
    """The process, if it is still the same one and not a zombie."""
    with suppress(psutil.Error):
        process = psutil.Process(started.pid)
        same = abs(process.create_time() - started.created) < _TOLERANCE
        if same and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None


def is_alive(started: Started) -> bool:
    """Whether the process runs."""
    return process_of(started) is not None


def stop(started: Iterable[Started], *, marker: str | None = None, timeout: float = 3.0) -> list[int]:
    """Terminate the processes with everything they started; kill what is left after ``timeout`` seconds.

    Finds descendants by parent, by session, and by ``marker`` in their environment. Returns the ids stopped.
    """
    rows = list(started)
    found = {process.pid: process for process in family(rows, marker)}
    for process in found.values():
        with suppress(psutil.Error):
            process.terminate()
    _wait_gone(found.values(), timeout)
    late = {process.pid: process for process in (*found.values(), *family(rows, marker)) if _runs(process)}
    for process in late.values():
        with suppress(psutil.Error):
            process.kill()
    _wait_gone(late.values(), timeout)
    return sorted(found | late)


def _wait_gone(everyone: Iterable[psutil.Process], timeout: float) -> None:
    """Wait until none of them runs; those that are our children are collected."""
    deadline = time.monotonic() + timeout
    left = list(everyone)
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = [process for process in left if _runs(process)]


def _runs(process: psutil.Process) -> bool:
    """Whether a process still runs; a zombie, which only its parent can collect, does not."""
    for child in _children:
        if child.pid == process.pid:
            return child.poll() is None
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def family(started: Sequence[Started], marker: str | None) -> Iterator[psutil.Process]:
    """Every living process that belongs to ``started``, or carries ``marker``; never this one."""
    leaders = {row.pid for row in started if not _recycled(row)}
    wanted = {row.pid for row in started if is_alive(row)}
    everyone = {process.pid: process for process in psutil.process_iter()}
    parents = {pid: _parent(process) for pid, process in everyone.items()}
    for pid, process in everyone.items():
        ours = _descends(pid, wanted, parents) or _session(pid) in leaders or _marked(process, marker)
        if ours and pid != os.getpid() and _runs(process):
            yield process


def _recycled(started: Started) -> bool:
    """Whether another process has the id now; then its session is not ours."""
    with suppress(psutil.Error):
        return abs(psutil.Process(started.pid).create_time() - started.created) >= _TOLERANCE
    return False


def _descends(pid: int, ancestors: set[int], parents: Mapping[int, int]) -> bool:
    while pid not in ancestors:
        if pid not in parents or pid == 0:
            return False
        pid = parents[pid]
    return True


def _parent(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return process.ppid()
    return 0


def _session(pid: int) -> int | None:
    with suppress(OSError):
        return os.getsid(pid)
    return None


def _marked(process: psutil.Process, marker: str | None) -> bool:
    if marker is not None:
        with suppress(psutil.Error, OSError):
            return process.environ().get(MARKER) == marker
    return False
