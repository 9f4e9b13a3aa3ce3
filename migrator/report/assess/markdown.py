"""The assessment as Markdown that a pull request or a ticket can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.model import Severity
from migrator.model.readiness import Readiness
from migrator.report.assess.groups import groups_of, hours, mended, place, used
from migrator.report.templates import render

if TYPE_CHECKING:
    from migrator.assess.model import Assessment

PLACES = 10
"""How many findings of a check are listed, and ten times as many DAGs: a comment on GitHub holds 65,536 characters."""


def as_markdown(assessment: Assessment) -> str:
    """The page: the numbers, the checks with places and fixes, the DAGs that are not ready, the order, the effort."""
    assessment = assessment.whole
    held = [dag for dag in assessment.dags if not dag.readiness.moves]
    return render(
        "report/assess.md.j2",
        assessment=assessment,
        readiness=[(one.value, assessment.of(one)) for one in Readiness],
        severities=[(one.value, assessment.severe(one)) for one in Severity],
        groups=groups_of(assessment),
        held=held[: 10 * PLACES],
        left_out=max(0, len(held) - 10 * PLACES),
        places=PLACES,
        place=place,
        hours=hours,
        used=used,
        mended=mended,
    )
