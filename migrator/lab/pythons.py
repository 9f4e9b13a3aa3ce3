"""Find uv, and a Python of a given version, on this machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from migrator.errors import LabError


def find_uv() -> Path:
    """The uv executable: the one of the ``uv`` package, else the one on PATH."""
    try:
        from uv import find_uv_bin  # noqa: PLC0415 - part of the ``lab`` extra

        return Path(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
    if found is None:
        raise LabError(
            "uv is not installed",
            why="the lab builds its two Airflows with it",
            fix="pip install 'composer-migrator[lab]'",
        )
    return Path(found)


def find_python(version: str, uv: Path) -> Path:
    """An interpreter of ``version`` (such as ``3.8``) that runs: installed, of pyenv, or fetched by uv.

    Raises LabError when there is none and none can be fetched.
    """
    found = _of_uv(version, uv) or _of_pyenv(version)
    if found is None and _run([str(uv), "python", "install", version]) is not None:
        found = _of_uv(version, uv)
    if found is None:
        raise LabError(
            f"there is no Python {version} on this machine",
            why=f"one of the lab's Airflows needs it, and `uv python install {version}` could not fetch it",
            fix=f"uv python install {version}   (or: pyenv install {version})",
        )
    return found


def _of_uv(version: str, uv: Path) -> Path | None:
    """What ``uv python find`` names, if it runs; a pyenv shim without a version chosen does not."""
    answer = _run([str(uv), "python", "find", "--no-project", version])
    return _running(Path(answer.strip()), version) if answer else None


def _of_pyenv(version: str) -> Path | None:
    """The newest patch release of ``version`` under ``~/.pyenv/versions``."""
    for folder in sorted(Path.home().glob(f".pyenv/versions/{version}*"), reverse=True):
        if found := _running(folder / "bin" / "python", version):
            return found
    return None


def _running(python: Path, version: str) -> Path | None:
    """``python`` if it starts and is of ``version``."""
    answer = _run([str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"])
    return python if answer is not None and answer.strip() == version else None


def _run(command: list[str]) -> str | None:
    """Standard output of a command, or None when it fails or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
