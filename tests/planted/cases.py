"""How each command is run on the estate; one that is not here is missed by the test."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.planted import estate

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.planted.desk import Desk


@dataclass(frozen=True)
class Case:
    """Arguments after the command's name; ``arrange`` sets the stage before; ``refused``: it can't do its work."""

    arguments: tuple[str, ...] = ()
    arrange: Callable[[Desk], None] | None = None
    formats: bool = True
    refused: bool = False


def _idle(desk: Desk) -> None:
    desk.play()


def _busy(desk: Desk) -> None:
    desk.play(busy=True)


def _back(desk: Desk) -> None:
    desk.play(busy=True, back=True)


def _unloadable(desk: Desk) -> None:
    desk.play(errors=True)


def _moved(desk: Desk) -> None:
    desk.play()
    desk.moved(*estate.IDS[:10])


def _interrupted(desk: Desk) -> None:
    _busy(desk)
    desk.under_way(*estate.IDS[:10])


def _refused_files(desk: Desk) -> None:
    desk.rest.files = ("etl.py", "later.py")


def _parsed_files(desk: Desk) -> None:
    desk.rest.files = ()


def _fleet(desk: Desk) -> None:
    for name in ("a", "b"):
        folder = desk.root / "fleet" / name
        folder.mkdir(parents=True, exist_ok=True)
        for file in ("inventory.json", "secrets.age"):
            shutil.copy(desk.root / file, folder / file)


OFF = ("--resolve-seconds", "0")
CASES: dict[str, tuple[Case, ...]] = {
    "init": (Case(refused=True),),
    "doctor": (Case(),),
    "inventory": (Case(), Case(("--from-folder", "{folder}"), formats=False), Case(("--schema",), formats=False)),
    "drift": (Case(),),
    "assess": (Case(OFF), Case(("--list",), formats=False)),
    "rewrite": (Case(("--no-cache",)), Case(("--dry-run", "--unsafe")), Case(("--datasets",), formats=False)),
    "rules": (Case(),),
    "explain": (Case(("CM101",)),),
    "profile list": (Case(),),
    "profile build": (Case(("x", "{folder}"), refused=True),),
    "plan": (Case(), Case(("--explain", "d00"), formats=False)),
    "provision": (Case(OFF), Case((*OFF, "--values"))),
    "policies": (Case(),),
    "local init": (Case(("--no-packages",)),),
    "docs": (Case(OFF),),
    "transfer": (Case(("--dry-run",)), Case()),
    "deploy": (
        Case(("--dry-run",)),
        Case(("--timeout", "1"), _refused_files),
        Case(("--undo",)),
        Case(("--timeout", "1"), _parsed_files),
    ),
    "verify": (Case(),),
    "fleet list": (Case(arrange=_fleet),),
    "fleet check": (Case(),),
    "cutover": (
        Case(("--wave", "1", "--dry-run")),
        Case(("--wave", "1", "--yes"), _busy),
        Case(("--wave", "1", "--yes"), _unloadable, refused=True),
        Case(("--wave", "1", "--yes", "--max-in-flight", "2", "--reason", "its password=hunter2-Zebra0"), _idle),
    ),
    "resume": (Case(refused=True), Case(arrange=_interrupted)),
    "bridge": (Case(("--once",)),),
    "status": (Case(arrange=_moved), Case(("--log",)), Case(("--remote",), formats=False)),
    "audit": (Case(("--since", "2026-01-01")),),
    "complete": (
        Case(("--wave", "1"), refused=True),
        Case(("--wave", "1", "--accept", "d00", "--reason", "seen"), refused=True),
    ),
    "rollback": (Case(("--wave", "1", "--yes"), _back),),
    "freshness": (Case(),),
    "report": (Case(OFF),),
    "dashboard": (Case(("--port", "{taken}"), refused=True),),
    "lab status": (Case(("--home", "{home}")),),
    "lab down": (Case(("--home", "{home}")),),
}
NOT_OF_AN_ESTATE = {
    "lab up": "it starts two Airflows with an estate of its own",
    "lab reset": "the same",
    "demo": "the same; its commands are those above",
}
"""Commands that no estate of the user's reaches."""
