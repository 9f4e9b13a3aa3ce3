"""What lies in a folder, and what of it is not read: links out, names that no bucket holds, what is closed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.model.text import NO_OBJECT, file_shown, is_object_name
from migrator.reading import read_code
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
    NAMELESS = f"{NO_OBJECT}: rename it"
    CLOSED = "it cannot be read"


@dataclass(frozen=True, slots=True)
class Entry:
    """One path below a folder, with ``/``; ``why`` says more where the machine refused it."""

    name: str
    kind: Kind
    why: str = ""

    @property
    def shown(self) -> str:
        """The path on one line, as UTF-8 can hold it."""
        return file_shown(self.name)

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
    return [one.name for one in entries(root, skipped) if one.kind in readable]


def code_in(folder: Path) -> dict[str, bytes]:
    """The Python files of a folder by path; none where there is no folder, and without those that can't be read."""
    found = {}
    for name in files(folder):
        try:
            if name.endswith(".py"):
                found[name] = read_code(folder / name)
        except OSError:
            continue  # the rewrite of that folder tells it
    return found


def _walked(root: Path, skipped: frozenset[str], closed: list[OSError]) -> Iterator[Entry]:
    real = root.resolve()
    for place, folders, names in os.walk(root, onerror=closed.append):
        folders[:] = [name for name in folders if name not in skipped and not name.startswith(LITTER[1])]
        for name in [*folders, *names]:
            path = Path(place, name)
            kind = _kind(path, real) if not name.startswith(LITTER[1]) else None
            below = _below(root, path)
            if kind is not None:
                yield Entry(below, kind if kind is Kind.FOLDER_LINK or is_object_name(below) else Kind.NAMELESS)


def _kind(path: Path, root: Path) -> Kind | None:
    """None for folders, sockets and links to nothing."""
    if path.is_symlink():
        if path.is_dir():
            return Kind.FOLDER_LINK
        if not path.is_file():
            return None
        return Kind.LINK if path.resolve().is_relative_to(root) else Kind.LINK_OUT
    return Kind.FILE if path.is_file() else None


def _below(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix() if path != root else "."
