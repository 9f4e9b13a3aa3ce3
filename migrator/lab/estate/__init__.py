"""The DAGs that the lab migrates: a small estate for people and tests, a full one for load."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import TYPE_CHECKING

from migrator.errors import LabError
from migrator.lab import bucket
from migrator.lab.estate.full import full

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable

    from migrator.lab.model import Lab

__all__ = ["fill", "full", "load", "seed", "small"]

_SUFFIX = ".tmpl"
_BACKLOG = timedelta(minutes=8)
"""How long before ``now`` the DAGs that catch up begin: a handful of intervals."""


def small(now: datetime) -> dict[str, str]:
    """The small estate, by path below ``dags/``; the DAGs that catch up start a few minutes before ``now``."""
    stamps = _stamps(now)
    return {name: _stamped(text, stamps) for name, text in sorted(_templates("", _folder().joinpath("small")))}


def load(lab: Lab, files: dict[str, str]) -> None:
    """Upload DAG files, by path below ``dags/``, to the bucket of v1."""
    bucket.upload(lab.gcs_endpoint, lab.source.bucket, {f"dags/{name}": text.encode() for name, text in files.items()})


def seed(lab: Lab) -> None:
    """Give v1 its variables, connections and pools, through the ORM of 1.10. Doing it twice changes nothing."""
    script = _folder().joinpath(f"seed_v1.py{_SUFFIX}").read_text("utf-8")
    side = lab.source
    done = subprocess.run(
        [str(side.python), "-c", script], env=side.env, cwd=side.home, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise LabError(
            "v1 could not be given its variables, connections and pools",
            why=done.stderr.strip()[-1000:],
            fix="migrate lab reset, then migrate lab up",
        )


def fill(lab: Lab, kind: str, say: Callable[[str], None]) -> None:
    """Load the estate ``small`` or ``full``, unless v1 has DAGs already (their dates must not move)."""
    if bucket.names(lab.gcs_endpoint, lab.source.bucket, "dags/"):
        say("v1 has its DAGs already")
        return
    seed(lab)
    files = small(datetime.now(UTC)) if kind == "small" else full()
    load(lab, files)
    say(f"loaded {len(files)} files into gs://{lab.source.bucket}/dags")


def _folder() -> Traversable:
    return resources.files("migrator.lab.estate")


def _templates(prefix: str, folder: Traversable) -> list[tuple[str, str]]:
    """Name and text of every template below a folder."""
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _templates(f"{prefix}{entry.name}/", entry)
        elif entry.name.endswith(_SUFFIX):
            found.append((prefix + entry.name.removesuffix(_SUFFIX), entry.read_text("utf-8")))
    return found


def _stamps(now: datetime) -> dict[str, str]:
    """Literals to put in place of the stamps: on an even minute, and 20 seconds after it."""
    start = (now - _BACKLOG).replace(second=0, microsecond=0)
    start -= timedelta(minutes=start.minute % 2)
    exact = f"datetime({start.year}, {start.month}, {start.day}, {start.hour}, {start.minute}"
    return {"{{ START }}": f"{exact})", "{{ START_20 }}": f"{exact}, 20)"}


def _stamped(text: str, stamps: dict[str, str]) -> str:
    for stamp, literal in stamps.items():
        text = text.replace(stamp, literal)
    return text
