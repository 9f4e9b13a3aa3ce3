"""What of an inventory could not be read or written, each with its fix; the rest is done all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.errors import ItemsFailedError
from migrator.model.text import listed

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that failed: what, why, and what a person does about it."""

    what: str
    why: str
    fix: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


def as_error(problems: Sequence[Problem]) -> ItemsFailedError:
    """One error for all of them (exit 3)."""
    first, *others = problems
    why = listed([first.why, *(str(other) for other in others)])
    fix = listed(dict.fromkeys(one.fix for one in problems))
    return ItemsFailedError(f"{first.what}; the rest was done", why=why, fix=fix)
