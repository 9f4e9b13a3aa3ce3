"""What a comparison of two environments says."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ACCEPTED = "accepted"
"""The rule of a difference that ``[verify.accept]`` of migrate.toml answers for."""


class Verdict(StrEnum):
    """Equal; other, but by a known rule; or other."""

    EQUAL = "equal"
    EXPLAINED = "explained"
    DIFFERENT = "different"


class About(StrEnum):
    """What a verdict is about."""

    DAG = "dag"
    VARIABLE = "variable"
    CONNECTION = "connection"
    POOL = "pool"
    USER = "user"
    OVERRIDE = "override"
    ENV = "env"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is other in v2: ``field`` of an object, as v1 and v2 have it; a secret shows neither.

    ``rule``: the code that explains it, or nothing; ``why``: what that rule says, or what to do.
    """

    field: str
    v1: str
    v2: str
    rule: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One object and what is other about it; ``left_out``: fields that could not be compared, each with why."""

    about: About
    name: str
    differences: tuple[Difference, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Different when one difference has no rule."""
        if not self.differences:
            return Verdict.EQUAL
        return Verdict.EXPLAINED if all(one.rule for one in self.differences) else Verdict.DIFFERENT

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """The differences that no rule made."""
        return tuple(one for one in self.differences if not one.rule)


@dataclass(frozen=True, slots=True)
class Parity:
    """Everything that was compared, by kind and name; ``only_in_v2``: DAGs that v1 does not have."""

    objects: tuple[Compared, ...]
    only_in_v2: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    @property
    def different(self) -> tuple[Compared, ...]:
        """The objects that are other without a rule."""
        return tuple(one for one in self.objects if one.verdict is Verdict.DIFFERENT)

    def of(self, about: About) -> tuple[Compared, ...]:
        """The objects of one kind."""
        return tuple(one for one in self.objects if one.about is about)


def accepted(objects: Iterable[Compared], reasons: Mapping[str, str]) -> list[Compared]:
    """The same, where differences that a pattern names, such as ``dag etl: task load: retries``, are answered for.

    A pattern that fits ``dag etl`` as a whole answers for everything about it.
    """
    return [Compared(one.about, one.name, _accept(one, reasons), one.left_out) for one in objects]


def _accept(one: Compared, reasons: Mapping[str, str]) -> tuple[Difference, ...]:
    whole = f"{one.about} {one.name}"
    found = []
    for difference in one.differences:
        names = (whole, f"{whole}: {difference.field}")
        reason = next((why for pattern, why in reasons.items() if any(fnmatchcase(n, pattern) for n in names)), None)
        taken = reason is not None and not difference.rule
        found.append(
            Difference(difference.field, difference.v1, difference.v2, ACCEPTED, reason or "") if taken else difference
        )
    return tuple(found)
