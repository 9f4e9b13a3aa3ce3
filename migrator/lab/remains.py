"""What is left of the lab's v1 when it is switched off for good, and what people decide and know about it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.errors import LabError
from migrator.lab import ending

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab.model import Lab

BACKLOG = """
[cutover.backlog]
runs_at_once = 64

[cutover.backlog.dags]
minute_report = "run-all"
delta_ingest = "skip"
"""
OTHERS = """\
"*_catchup" = "run-all"
kill_two = "run-all"
"*" = "run-latest"
"""
"""A rule for every other DAG: a folder does not tell whether it was paused."""
HALF_DONE = """
[cutover.backlog.half_done]
none_child = "skip"
"*" = "rerun"
"""
DECLARED = "dag_id,last_succeeded\npaused_legacy,paused\n"
"""What its owner says of the DAG that left no log."""
IGNORED = "broken.py\n"
"""What never loaded in v1, and is left where it is."""
BY_HAND = (
    ("variables", "set", "warehouse_region", "us-central1"),
    ("pools", "set", "warehouse", "2", "what the warehouse can take"),
)
"""What DAGs need and no folder holds: the team knows it, and sets it in v2."""


@dataclass(frozen=True, slots=True)
class Remains:
    """What is left: its place, how ``migrate inventory`` reads it, and what was decided, as of migrate.toml."""

    place: Path
    inventory: tuple[str, ...]
    decided: str
    transfer: tuple[str, ...] | None
    """The kinds that it gives to ``migrate transfer``; None: none of them."""


def snapshot(lab: Lab, home: Path, root: Path) -> Remains:
    """A snapshot below ``root``, saved just before v1 is switched off."""
    place = ending.saved(lab, root / "snapshots")
    ending.switch_off(home, lab)
    kinds = tuple(word for kind in ("variables", "connections", "pools") for word in ("--only", kind))
    return Remains(place, ("--from-snapshot", str(place)), BACKLOG + HALF_DONE, kinds)


def folder(lab: Lab, home: Path, root: Path) -> Remains:
    """A copy of v1's bucket below ``root``, made when v1 is off, with what people know beside it."""
    ending.switch_off(home, lab)
    place, form = ending.copied(lab, root / "bucket-of-v1"), root / "filled-in.csv"
    (place / "dags/.airflowignore").write_text(IGNORED, "utf-8")
    form.write_text(DECLARED, "utf-8")
    for words in BY_HAND:
        _airflow(lab, *words)
    inventory = ("--from-folder", str(place), "--history", str(form))
    return Remains(place, inventory, BACKLOG + OTHERS + HALF_DONE, None)


KINDS = {"snapshot": snapshot, "folder": folder}


def _airflow(lab: Lab, *words: str) -> None:
    command, side = [str(lab.target.airflow), *words], lab.target
    done = subprocess.run(command, env=side.env, cwd=side.home, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(
            f"airflow {words[0]} could not be set in v2", why=done.stderr.strip()[-1000:], fix="migrate lab reset"
        )
