"""What the local environment installs: the image's packages and v1's own, all of them pinned."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from migrator.assess.resolver import PLATFORM, PYTHON
from migrator.errors import UsageError
from migrator.interrupt import run
from migrator.lab.installs import TARGET

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from codemods.profiles.profile import Profile

_PIN = re.compile(r"^([a-zA-Z0-9._-]+==[^\s;\\]+)", re.MULTILINE)


def wanted(target: Profile, own: Mapping[str, str]) -> str:
    """The text of ``requirements.in``; ``own`` maps v1's packages to extras and versions, as Composer has them."""
    image = [f"{name}=={version}" for name, version in sorted(target.packages.items())]
    more = [f"{name}{'' if spec == '*' else spec}" for name, spec in sorted(own.items()) if name not in target.packages]
    lines = [f"# What {target.name} has.", *image, *(["", "# What v1 had beside its image.", *more] if more else [])]
    return "\n".join([*lines, ""])


def pinned(requirements: str, folder: Path, uv: str, seconds: float) -> str:
    """Every package with its version, where it can be that of the lab's Airflow; UsageError if none fit."""
    (folder / "requirements.in").write_text(requirements, encoding="utf-8")
    made = folder / "requirements.txt"
    made.write_text(_known(), encoding="utf-8")  # uv prefers the versions that stand in the file it writes
    command = [uv, "pip", "compile", "requirements.in", "-o", "requirements.txt", "--quiet", "--no-header"]
    command += ["--no-annotate", "--no-config", "--python-version", PYTHON, "--python-platform", PLATFORM]
    try:
        done = run(command, cwd=folder, timeout=seconds)
        why = done.stderr.strip()[-1500:] if done.returncode else ""
    except subprocess.TimeoutExpired:
        why = f"uv did not end within {seconds:g} s"
    if why:
        raise UsageError(
            "The packages of the target and those of v1 do not fit together, or the index does not answer.",
            why=why,
            fix="migrate assess --select CP2 says which package it is; --no-packages leaves v1's out",
        )
    return made.read_text(encoding="utf-8")


def _known() -> str:
    """The pins of the lab's Airflow 2."""
    return "\n".join([*_PIN.findall(TARGET.lock()), ""])
