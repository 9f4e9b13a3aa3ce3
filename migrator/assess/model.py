"""What an assessment says: plain values in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from migrator.model.readiness import DagReadiness
    from migrator.model.selection import Selection
    from migrator.model.usage import User


class Severity(StrEnum):
    """How much a finding matters: an error breaks something, a warning will, a note is to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check says of its subject; a place or DAGs that it does not name are those of the subject.

    ``file`` is a path of the bucket, such as ``dags/team/a.py``; ``line`` counts from 1.
    """

    message: str
    line: int = 0
    file: str = ""
    dags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One problem of one check. ``dags`` are the DAGs that it touches, ``line`` is 0 where no line is meant.

    ``holds``: what it makes of those DAGs; ``minutes``: what a person needs for it, as a rule; ``stops``: the target
    can't load the file until it is mended, nor any file that imports it; ``runs``: it loads, and a person has to look
    at how it runs.
    """

    code: str
    file: str
    line: int
    dags: tuple[str, ...]
    message: str
    severity: Severity = field(compare=False)
    holds: Readiness = field(compare=False, default=Readiness.READY)
    minutes: int = field(compare=False, default=0)
    stops: bool = field(compare=False, default=False)
    runs: bool = field(compare=False, default=False)

    @property
    def counts(self) -> bool:
        """Whether it leaves something to a person, before a DAG loads or after."""
        return self.runs or self.holds is not Readiness.READY

    @property
    def place(self) -> str:
        """Where it is, as ``path:line``; empty where no file says it."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding that somebody answers for until a day."""

    finding: Finding
    reason: str
    expires: date


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the order in which to fix: ``frees`` DAGs need nothing else of a person's.

    ``file``: the module that is meant, with all that keeps it from being loaded (``codes``); empty where it is a code.
    """

    code: str
    findings: int
    dags: int
    frees: int
    minutes: int
    holds: Readiness
    file: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of the day, UTC: runs that started in it, in all the days of the inventory, and their seconds."""

    hour: int
    runs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Shared:
    """What several DAGs need and is done once: ``file`` is empty for what is of no file, ``dags`` counts them."""

    file: str
    dags: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Effort:
    """What is left to do in minutes of a person, and the formula with its numbers filled in.

    ``own`` is what each DAG takes by itself; with what is ``shared``, each once, it comes to ``minutes``.
    """

    minutes: int
    formula: str
    parts: Mapping[str, int]
    own: Mapping[str, int] = field(default_factory=dict)
    shared: tuple[Shared, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that was found. ``skipped``: what was not checked, and why; ``users``: who may do what, and did.

    ``left``: what the rewrite leaves to a person, which counts in all that is reckoned here. ``selection``: the DAGs
    that all of it is of; None where it is of the whole estate.
    """

    source: str
    target: str
    findings: tuple[Finding, ...]
    waived: tuple[Waived, ...]
    dags: tuple[DagReadiness, ...]
    order: tuple[Step, ...]
    effort: Effort
    load: tuple[Hour, ...]
    checks: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    users: tuple[User, ...] = ()
    left: tuple[Finding, ...] = ()
    selection: Selection | None = None
    starts: Mapping[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> Assessment:
        """The same with what the rewrite leaves to a person among the findings, as a page shows them."""
        return replace(self, findings=tuple(sorted({*self.findings, *self.left})), left=())

    def narrowed(self, codes: frozenset[str]) -> Assessment:
        """The same with the findings of these codes (or beginnings) only; readiness and effort stay those of all."""
        if not codes:
            return self
        begins = tuple(codes)
        return replace(
            self,
            findings=tuple(one for one in self.findings if one.code.startswith(begins)),
            left=tuple(one for one in self.left if one.code.startswith(begins)),
            waived=tuple(one for one in self.waived if one.finding.code.startswith(begins)),
            checks=tuple(code for code in self.checks if code.startswith(begins)),
        )

    @property
    def failing(self) -> bool:
        """Whether ``--check`` fails: something graver than a note is not waived."""
        return any(finding.severity is not Severity.NOTE for finding in self.findings)

    def of(self, readiness: Readiness) -> int:
        """How many DAGs are so far."""
        return sum(dag.readiness is readiness for dag in self.dags)

    def severe(self, severity: Severity) -> int:
        """How many findings are of that severity."""
        return sum(finding.severity is severity for finding in self.findings)
