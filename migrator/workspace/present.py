"""What lies in a folder that files of ours go to, and what of it is left as it is."""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.errors import ItemsFailedError, RefusedError
from migrator.model.text import listed, shown

if TYPE_CHECKING:
    from collections.abc import Collection

LITTER = ("__pycache__", ".partial-")
"""How names begin that interpreters and interrupted writes leave behind."""
_BLOCK = 1 << 20
EDITED = "it was changed here, or put here by somebody else"
_LINK = "it is a link, or lies behind one"
_IN_THE_WAY = "a file or folder of this name is there that is not ours"


class State(Enum):
    """What lies where a file is to be."""

    ABSENT = "absent"
    FILE = "a file"
    LINK = _LINK
    OTHER = _IN_THE_WAY


@dataclass(frozen=True, slots=True)
class Left:
    """A path below the folder that was left as it is, and why; ``wanted``: something of ours belongs there."""

    path: str
    why: str
    wanted: bool = True

    def __str__(self) -> str:
        return f"{shown(self.path)}: {self.why}"


def refuse_left(folder: Path, left: Collection[Left], *, again: str) -> None:
    """ItemsFailedError (exit 3) that names what was left, when something was."""
    if left:
        raise ItemsFailedError(
            f"{len(left)} files in {folder} were left as they are; the rest was done",
            why=listed(str(one) for one in sorted(left, key=lambda one: one.path)),
            fix=f"look at each; move away or remove what shall be replaced, then run again: {again}",
        )


def refuse_link(folder: Path, within: Path | None) -> None:
    """RefusedError (exit 4) when the folder, or one between it and ``within``, is a link to elsewhere."""
    places = (
        [folder, *(one for one in folder.parents if one.is_relative_to(within) and one != within)] if within else []
    )
    for place in places:
        if place.is_symlink():
            raise RefusedError(
                f"{place} is a link to {place.resolve()}, so nothing was changed",
                why="what lies there is not the workspace's: it would be replaced and removed",
                fix=f"remove the link (what it leads to stays): rm {place}; then run the same command again",
            )


def refuse_others(folder: Path, by: str, mine: str) -> None:
    """RefusedError when another command than ``mine`` wrote what the folder holds; empty: nobody knows which."""
    if by not in {"", mine}:
        raise RefusedError(
            f"{folder} holds what `migrate {by}` wrote, so nothing was changed",
            why="its files would be taken for old ones of this command, and removed",
            fix="name another folder: -o DIR",
        )


def others(folder: Path, known: Collection[str]) -> list[Left]:
    """What lies in the folder beside the ``known`` files: a folder with none of them is named once."""
    above = {str(parent) for name in known for parent in Path(name).parents}
    found = []
    for place, folders, names in os.walk(folder):
        inside = Path(place).relative_to(folder)
        folders[:] = [name for name in folders if not name.startswith(LITTER)]
        foreign = [name for name in folders if str(inside / name) not in above or Path(place, name).is_symlink()]
        folders[:] = [name for name in folders if name not in foreign]
        found += [f"{inside / name}/" for name in foreign]
        found += [str(inside / name) for name in names if str(inside / name) not in known and not _is_litter(name)]
    return [Left(path, "it is not from here", wanted=False) for path in sorted(found)]


def state_of(folder: Path, name: str) -> State:
    """What lies at a path below the folder; what lies behind a link counts as one."""
    place = folder
    *parents, last = Path(name).parts
    for part in parents:
        place /= part
        if place.is_symlink():
            return State.LINK
        if place.exists() and not place.is_dir():
            return State.OTHER
    place /= last
    if place.is_symlink():
        return State.LINK
    if not place.exists():
        return State.ABSENT
    return State.FILE if place.is_file() else State.OTHER


def md5_of(path: Path) -> str:
    """The md5 of a file as base64, a block at a time."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
    return b64encode(digest.digest()).decode()


def _is_litter(name: str) -> bool:
    return name.startswith(LITTER) or name == ".DS_Store"
