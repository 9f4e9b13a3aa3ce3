"""The assessment as one HTML file: its own style and script, nothing fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.model import Severity
from migrator.model.readiness import Readiness
from migrator.report.assess.groups import UNLISTED, groups_of, hours, mended, place, used
from migrator.report.links import codes_of, links_alone, within
from migrator.report.scripts import policy, scripts_of
from migrator.report.templates import render, text_of

if TYPE_CHECKING:
    from migrator.assess.model import Assessment
    from migrator.report.links import Links

STATES = {
    Readiness.READY: ("done", "nothing changes"),
    Readiness.AUTOMATIC: ("auto", "the rewrite does it"),
    Readiness.UNKNOWN: ("idle", "its file was not read"),
    Readiness.PERSON: ("review", "something is left to one"),
    Readiness.BLOCKED: ("person", "something else comes first"),
}
"""The colour of each readiness, and what it means."""
KINDS = {Severity.ERROR: "person", Severity.WARNING: "unsafe", Severity.NOTE: "safe"}
"""The colour of each severity."""
WIDTH, HEIGHT = 480, 120
"""Of the chart, in its own units."""


def as_html(assessment: Assessment, links: Links | None = None) -> str:
    """The whole page: the findings of all checks and of the rewrite; ``links``: of the site that it is part of."""
    assessment = assessment.whole
    scripts = scripts_of("assess")
    return render(
        "report/assess.html.j2",
        assessment=assessment,
        links=links or links_alone(assessment),
        codes=codes_of(assessment),
        within=within,
        groups=groups_of(assessment),
        readiness=[(one, assessment.of(one), *STATES[one]) for one in Readiness],
        severities=[(one, assessment.severe(one)) for one in Severity],
        states=STATES,
        kinds=KINDS,
        owners=sorted({owner for dag in assessment.dags for owner in dag.owners}, key=str.casefold),
        bars=bars(assessment),
        width=WIDTH,
        height=HEIGHT,
        place=place,
        hours=hours,
        used=used,
        mended=mended,
        waiting=waiting(assessment),
        unlisted=[one for one in assessment.findings if one.code == UNLISTED],
        style=text_of("report/rewrite.css") + text_of("report/assess.css"),
        scripts=scripts,
        policy=policy(scripts),
    )


def waiting(assessment: Assessment) -> int:
    """How many DAGs something is to be done for before they move."""
    return assessment.of(Readiness.PERSON) + assessment.of(Readiness.BLOCKED)


def bars(assessment: Assessment) -> list[tuple[int, int, float, float]]:
    """The hour, its runs, and the place and height of its bar in the chart; none where nothing ran."""
    most = max(hour.runs for hour in assessment.load)
    step = WIDTH / len(assessment.load)
    return [
        (hour.hour, hour.runs, round(hour.hour * step, 1), round(hour.runs / most * HEIGHT, 1))
        for hour in (assessment.load if most else ())
    ]
