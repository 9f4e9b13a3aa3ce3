"""Build the two Airflows from their lock files, once for each content of a lock.

The locks are made in ``migrator/lab/locks`` with::

    uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
        --python-version 3.8 --exclude-newer 2025-10-15 airflow-1.10.15.in -o airflow-1.10.15.txt

(``--python-version 3.11`` for 2.10.5; ``--exclude-newer 2022-04-20`` for 2.2.5: the packages of its month.)
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from migrator.errors import LabError
from migrator.lab.paths import cache_root
from migrator.lab.pythons import find_python, find_uv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Release:
    """An Airflow that the lab runs: its version, and the Python it needs."""

    airflow: str
    python: str

    def lock(self) -> str:
        """The text of its lock file."""
        return resources.files("migrator.lab").joinpath(f"locks/airflow-{self.airflow}.txt").read_text("utf-8")


SOURCE = Release("1.10.15", "3.8")
TARGET = Release("2.10.5", "3.11")
NEWER_SOURCE = Release("2.2.5", "3.8")
"""Composer 1 ran Airflow 2 as well; it moves to Composer 2 like 1.10 does, with REST beside the agent."""
RELEASES = (SOURCE, NEWER_SOURCE, TARGET)

_MARKER = ".complete"


def ensure(release: Release, say: Callable[[str], None]) -> Path:
    """The folder of the release's virtual environment, built now if it was not there.

    Two processes that need the same one at once build it once. Raises LabError when it can't be built.
    """
    folder = location(release)
    if (folder / _MARKER).exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(folder.with_name(f"{folder.name}.lock")):
        if not (folder / _MARKER).exists():
            say(f"installing Airflow {release.airflow} (once) into {folder}")
            _build(release, folder)
    return folder


def location(release: Release) -> Path:
    """Where the release's environment is or will be; another lock means another folder."""
    digest = hashlib.sha256(release.lock().encode()).hexdigest()[:12]
    return cache_root() / f"airflow-{release.airflow}-{digest}"


def _build(release: Release, folder: Path) -> None:
    uv = find_uv()
    python = find_python(release.python, uv)
    shutil.rmtree(folder, ignore_errors=True)
    lock = folder.with_name(f"{folder.name}.txt")
    lock.write_text(release.lock(), encoding="utf-8")
    _uv(release, [str(uv), "venv", "--no-project", "--python", str(python), str(folder)])
    target = ["--python", str(folder / "bin" / "python")]
    _uv(release, [str(uv), "pip", "sync", "--require-hashes", "--compile-bytecode", *target, str(lock)])
    (folder / _MARKER).write_text(f"Airflow {release.airflow} on Python {release.python}\n", encoding="utf-8")


def _uv(release: Release, command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(
            f"Airflow {release.airflow} could not be installed",
            why=done.stderr.strip()[-2000:] or f"{command[0]} ended with {done.returncode}",
            fix="check that this machine reaches the package index, then run `migrate lab up` again",
        )


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file, waiting for whoever holds it."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
