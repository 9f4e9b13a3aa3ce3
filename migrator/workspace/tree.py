"""What lies in a folder, and what of it is not read: links out, names that are no UTF-8, what is closed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.model.text import is_text, shown
from migrator.workspace.present import LITTER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_DIRECT = frozenset({"__pycache__"})


class Kind(Enum):
    """What a path is; the value says why it is not read, where it is not."""

    FILE = ""
    LINK = "a link within the folder"
    LINK_OUT = "it is a link that leads out of the folder: what it leads to is left as it is"
    FOLDER_LINK = "it is a link to a folder, which is not followed"
    NAMELESS = "its name is no UTF-8, which no bucket holds: rename it"
    CLOSED = "it cannot be read"


@dataclass(frozen=True, slots=True)
class Entry:
    """One path below a folder, with ``/``; ``why`` says more where the machine refused it."""

    name: str
    kind: Kind
    why: str = ""

    @property
    def shown(self) -> str:
        """The path as UTF-8 can hold it."""
        return shown(self.name)

    @property
    def reason(self) -> str:
        """Why it is not read."""
        return f"{self.kind.value}: {self.why}" if self.why else self.kind.value


def entries(root: Path, skipped: Collection[str] = _DIRECT) -> list[Entry]:
    """Every file and every link below the folder, sorted by path, without folders of a ``skipped`` name.

    What interrupted writes left is not told. Links to folders are not walked.
    """
    closed: list[OSError] = []
    found = list(_walked(root, frozenset(skipped), closed))
    found += [Entry(_below(root, Path(str(one.filename))), Kind.CLOSED, one.strerror or "") for one in closed]
    return sorted(found, key=lambda entry: entry.name)


def files(root: Path, skipped: Collection[str] = _DIRECT) -> list[str]:
    """The paths of what can be read, files that links lead to too; empty when there is no such folder."""
    readable = {Kind.FILE, Kind.LINK, Kind.LINK_OUT}
    return [one.name for one in entries(root, skipped) if one.kind in readable and is_text(one.name)]


def _walked(root: Path, skipped: frozenset[str], closed: list[OSError]) -> Iterator[Entry]:
    real = root.resolve()
    for place, folders, names in os.walk(root, onerror=closed.append):
        folders[:] = [name for name in folders if name not in skipped and not name.startswith(LITTER[1])]
        for name in [*folders, *names]:
            path = Path(place, name)
            kind = _kind(path, real) if not name.startswith(LITTER[1]) else None
            if kind is not None:
                yield Entry(_below(root, path), kind)


def _kind(path: Path, root: Path) -> Kind | None:
    """None for folders, sockets and links to nothing."""
    if path.is_symlink():
        if path.is_dir():
            return Kind.FOLDER_LINK
        if not path.is_file():
            return None
        kind = Kind.LINK if path.resolve().is_relative_to(root) else Kind.LINK_OUT
    elif path.is_file():
        kind = Kind.FILE
    else:
        return None
    return kind if is_text(path.name) and is_text(str(path.parent)) else Kind.NAMELESS


def _below(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix() if path != root else "."
