"""What `migrate rewrite` leaves to a person, and what the target's interpreter said, beside what the checks find."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codemods.engine.report import IMPORT_FAILED
from codemods.engine.report import Finding as Left
from migrator.assess.model import Finding, Severity
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate

MISSING_PROVIDER = "CM904"
UNDONE = frozenset({"CM001", "CM002"})
"""The rewrite could do nothing about the file, so that nobody knows whether it loads."""


def rewrite_findings(estate: Estate) -> Iterator[Finding]:
    """A finding for each of the rewrite's; minutes are 0 here, they are those of ``[assess.effort]``.

    What keeps no file from being loaded is about how it runs. A file that `--verify-import` could not load has a
    finding of its own.
    """
    for path, file in estate.rewritten.items():
        for one in file.findings:
            yield _finding(one, path, estate, stops=one.stops)
        if _loaded(path, estate) is False:
            yield _finding(Left(file.line, IMPORT_FAILED, file.error), path, estate, stops=True)


def as_loaded(finding: Finding, estate: Estate) -> Finding:
    """The finding of a check or of the rewrite; nothing stops a file that the target's interpreter loaded."""
    if not finding.stops or finding.file not in estate.rewritten or not _loaded(finding.file, estate):
        return finding
    return replace(finding, stops=False, holds=Readiness.READY, runs=True)


def _loaded(path: str, estate: Estate) -> bool | None:
    """Whether the target's interpreter loaded a file, None where what it said is of other texts than there are now."""
    reached = estate.reach.get(path, frozenset({path})) & estate.rewritten.keys()
    current = all(estate.rewritten[one].loaded is not None for one in reached)
    return estate.rewritten[path].loaded if current else None


def _finding(one: Left, path: str, estate: Estate, *, stops: bool) -> Finding:
    severity = Severity.ERROR if stops else Severity.NOTE if one.unsafe else Severity.WARNING
    dags = estate.dags_using(path, one.line) if stops else estate.dags_of.get(path, ())
    found = Finding(one.code, path, one.line, dags, one.message, severity, stops=stops)
    if not stops and one.code not in UNDONE:
        return replace(found, runs=True)
    return replace(found, holds=Readiness.BLOCKED if one.code == MISSING_PROVIDER else Readiness.PERSON)
