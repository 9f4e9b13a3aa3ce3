"""What the local environment installs: the image's packages and v1's own, all of them pinned."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from migrator.assess.requirement import named
from migrator.assess.uv import compiled
from migrator.errors import UsageError
from migrator.lab.installs import TARGET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codemods.profiles.profile import Profile

_PIN = re.compile(r"^([a-zA-Z0-9._-]+==[^\s;\\]+)", re.MULTILINE)


def wanted(target: Profile, own: Mapping[str, str]) -> str:
    """The text of ``requirements.in``; ``own`` maps v1's packages to extras and versions, as Composer has them.

    UsageError names what is no requirement.
    """
    image = named({name: f"=={version}" for name, version in target.packages.items()}).requirements.values()
    theirs = named({name: spec for name, spec in own.items() if canonicalize_name(name) not in target.packages})
    if theirs.refused:
        raise UsageError(
            f"Packages of the source that are no requirements: {len(theirs.refused)}.",
            why="; ".join(f"{one.name!r}: {one.why}" for one in theirs.refused),
            fix="migrate assess --select CP219 says what to write; --no-packages leaves the source's out",
        )
    more = theirs.requirements.values()
    lines = [f"# What {target.name} has.", *image, *(["", "# What v1 had beside its image.", *more] if more else [])]
    return "\n".join([*lines, ""])


def pinned(requirements: str, own: Mapping[str, str], uv: str, seconds: float) -> str:
    """Every package with its version, where it can be that of the lab's Airflow; UsageError if none fit.

    ``own`` are v1's packages, as for `wanted`: a wheel of each is needed, since nothing of them is built.
    """
    try:
        done = compiled(uv, requirements, own, preferred=_known(), timeout=seconds)
        why = done.stderr.strip()[-1500:] if done.returncode else ""
    except subprocess.TimeoutExpired:
        why = f"uv did not end within {seconds:g} s"
    if why:
        raise UsageError(
            "The packages of the target and those of v1 do not fit together, or the index does not answer.",
            why=why,
            fix="migrate assess --select CP2 says which package it is; --no-packages leaves v1's out",
        )
    return done.stdout


def _known() -> str:
    """The pins of the lab's Airflow 2."""
    return "\n".join([*_PIN.findall(TARGET.lock()), ""])
