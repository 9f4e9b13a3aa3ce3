"""How far each DAG is from the target: one verdict, which every part shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class DagReadiness:
    """How far one DAG is: ``why`` names what holds it there, ``sum`` shows how ``minutes`` came to be.

    ``blocked_by``: the places outside its own file that keep it from being loaded, such as ``plugins/x.py:12``.
    """

    dag_id: str
    file: str
    owners: tuple[str, ...]
    readiness: Readiness
    why: tuple[str, ...]
    minutes: int
    sum: str
    blocked_by: tuple[str, ...] = ()
