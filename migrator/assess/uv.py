"""Run ``uv pip compile`` so that nothing that the estate names is built, and nothing in a folder steers it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from migrator.assess.tables import rows
from migrator.interrupt import run

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Sequence

PYTHON = "3.11"
PLATFORM = "x86_64-unknown-linux-gnu"


def find_uv() -> str | None:
    """The uv beside this Python, else the one on the path."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    return found if found and Path(found).is_absolute() else None  # a PATH with `.` in it would take the estate's


def compiled(
    uv: str,
    requirements: str,
    own: Iterable[str],
    *,
    preferred: str = "",
    arguments: Sequence[str] = (),
    timeout: float,
) -> subprocess.CompletedProcess[str]:
    """What uv makes of ``requirements``, lines that `requirement.line_of` made; ``own`` are the names of the estate's.

    Only wheels are taken. What an image has and no wheel is of (``no_wheels.csv``) may come as a source archive unless
    the estate names it, and is not built either: what it requires stands in the table. uv runs in an empty folder with
    a configuration of ours and this Python, so that no ``uv.toml``, ``pyproject.toml`` or ``.venv`` is found.
    ``preferred`` are pins to keep where they fit. Raises subprocess.TimeoutExpired after ``timeout`` seconds.
    """
    with TemporaryDirectory(prefix="migrate-uv-") as name:
        folder = Path(name)
        (folder / "uv.toml").write_text(_metadata(), encoding="utf-8")
        (folder / "requirements.in").write_text(requirements, encoding="utf-8")
        (folder / "requirements.txt").write_text(preferred, encoding="utf-8")
        command = [uv, "pip", "compile", "requirements.in", "--output-file=requirements.txt", "--quiet", "--no-header"]
        command += ["--no-annotate", "--color=never", "--config-file=uv.toml", f"--python={sys.executable}"]
        command += [f"--python-version={PYTHON}", f"--python-platform={PLATFORM}", *only_wheels(own), *arguments]
        done = run(command, cwd=folder, timeout=timeout)
        done.stdout = (folder / "requirements.txt").read_text(encoding="utf-8") if done.returncode == 0 else ""
    return done


def only_wheels(own: Iterable[str]) -> tuple[str, ...]:
    """The options, of uv and of pip, that take wheels and, of what only the image names, a known source archive."""
    theirs = {canonicalize_name(name) for name in own}
    return "--only-binary=:all:", *(f"--no-binary={name}" for name in without_wheels() if name not in theirs)


def without_wheels() -> tuple[str, ...]:
    """The packages of images that have no wheels, by name."""
    return tuple(row["name"] for row in rows("no_wheels"))


def _metadata() -> str:
    """What the packages without wheels require, so that uv need not build them to know it."""
    head = "[[dependency-metadata]]"
    return "".join(
        f"{head}\nname = {json.dumps(row['name'])}\nrequires-dist = {json.dumps(row['requires'].split())}\n"
        for row in rows("no_wheels")
    )
