"""What an inventory remembers of changes in the source since the one before, as the site shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.inventory.drift import FORM, UNKNOWN, Drift

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Changed:
    """One object that is new, gone or changed in the source; ``who`` and ``when`` are empty where nobody knows."""

    kind: str
    name: str
    what: str
    waves: tuple[int, ...] = ()
    who: str = ""
    when: str = ""


def changes_in(path: Path) -> tuple[Changed, ...]:
    """The changes of that record; none without one. Raises WorkspaceError for one that can't be read."""
    return tuple(map(_changed, FORM.load(path).changes)) if path.exists() else ()


def _changed(one: Drift) -> Changed:
    who, when = ("" if told == UNKNOWN else told for told in (one.who, one.when))
    return Changed(one.kind, one.name, one.what, one.waves, who, when)
