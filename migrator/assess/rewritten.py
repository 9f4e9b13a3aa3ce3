"""What `migrate rewrite` leaves to a person, as findings beside those of the checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.model import Finding, Severity
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate

MISSING_PROVIDER = "CM904"


def rewrite_findings(estate: Estate) -> Iterator[Finding]:
    """A finding for each of the rewrite's; minutes are 0 here, they are those of ``[assess.effort]``."""
    for path, file in estate.rewritten.items():
        for one in file.findings:
            holds = Readiness.BLOCKED if one.code == MISSING_PROVIDER else Readiness.PERSON
            severity = Severity.ERROR if one.stops else Severity.NOTE if one.unsafe else Severity.WARNING
            dags = estate.dags_of.get(path, ())
            yield Finding(one.code, path, one.line, dags, one.message, severity, holds, stops=one.stops)
