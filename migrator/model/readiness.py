"""How far each DAG is from the target: one verdict, which every part shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Readiness(StrEnum):
    """What stands between a DAG and the target, the least first."""

    READY = "ready"
    AUTOMATIC = "automatic"
    UNKNOWN = "unknown"
    PERSON = "needs a person"
    BLOCKED = "blocked"

    @property
    def rank(self) -> int:
        """0 for ready, the highest for blocked."""
        return list(Readiness).index(self)

    @property
    def moves(self) -> bool:
        """Whether nothing is left to a person, as far as is known."""
        return self in {Readiness.READY, Readiness.AUTOMATIC}


HELD = frozenset(one.value for one in Readiness if not one.moves)
"""The words for DAGs that do not move as they are, as files keep them."""


def in_words(readiness: str, blocked_by: Sequence[str], review: int = 0) -> str:
    """The verdict as every command says it, such as ``blocked by plugins/x.py:12`` or ``automatic, 2 to review``."""
    if not blocked_by:
        return f"{readiness}, {review} to review" if review and readiness not in HELD else readiness
    more = f" and {len(blocked_by) - 1} more" if len(blocked_by) > 1 else ""
    return f"{readiness} by {blocked_by[0]}{more}"


@dataclass(frozen=True, slots=True)
class DagReadiness:
    """How far one DAG is: ``why`` names what holds it there, ``sum`` shows how ``minutes`` came to be.

    ``blocked_by``: the places outside its own file that keep it from being loaded, such as ``plugins/x.py:12``.
    ``review``: what a person has to look at though it loads, since it may run otherwise: a line for each code.
    """

    dag_id: str
    file: str
    owners: tuple[str, ...]
    readiness: Readiness
    why: tuple[str, ...]
    minutes: int
    sum: str
    blocked_by: tuple[str, ...] = ()
    review: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether nothing at all is left to a person, as far as is known."""
        return self.readiness.moves and not self.review

    @property
    def verdict(self) -> str:
        """The readiness with the first place that blocks it, or with how much there is to review."""
        return in_words(self.readiness.value, self.blocked_by, len(self.review))
