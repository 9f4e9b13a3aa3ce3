"""What `migrate rewrite` leaves to a person, and what the target's interpreter said, beside what the checks find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.engine.report import IMPORT_FAILED
from codemods.engine.report import Finding as Left
from migrator.assess.model import Finding, Severity
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate

MISSING_PROVIDER = "CM904"


def rewrite_findings(estate: Estate) -> Iterator[Finding]:
    """A finding for each of the rewrite's; minutes are 0 here, they are those of ``[assess.effort]``.

    Where `--verify-import` loaded a file and all that it imports as they are now, its result counts: nothing stops a
    file that was loaded, and one that was not has a finding of its own.
    """
    for path, file in estate.rewritten.items():
        loaded = _loaded(path, estate)
        for one in file.findings:
            yield _finding(one, path, estate, stops=one.stops and loaded is not True)
        if loaded is False:
            yield _finding(Left(file.line, IMPORT_FAILED, file.error), path, estate, stops=True)


def _loaded(path: str, estate: Estate) -> bool | None:
    """Whether the target's interpreter loaded a file, None where what it said is of other texts than there are now."""
    reached = estate.reach.get(path, frozenset({path})) & estate.rewritten.keys()
    current = all(estate.rewritten[one].loaded is not None for one in reached)
    return estate.rewritten[path].loaded if current else None


def _finding(one: Left, path: str, estate: Estate, *, stops: bool) -> Finding:
    holds = Readiness.BLOCKED if one.code == MISSING_PROVIDER else Readiness.PERSON
    severity = Severity.ERROR if stops else Severity.NOTE if one.unsafe else Severity.WARNING
    return Finding(one.code, path, one.line, estate.dags_of.get(path, ()), one.message, severity, holds, stops=stops)
