"""The site as HTML files that need nothing but each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.model.readiness import Readiness
from migrator.report.assess import page as assessment
from migrator.report.links import links_of, within
from migrator.report.rewrite.page import as_html as changes
from migrator.report.scripts import policy, scripts_of
from migrator.report.site.model import PLACES
from migrator.report.templates import render, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.report.links import Links
    from migrator.report.site.model import Site

WIDTH = 440
ROW = 22
LABEL = 170
COLOURS = {"v1": "idle", "between": "review", "v2": "done", "person": "person"}


def pages(site: Site) -> dict[str, str]:
    """The text of each file of the site, by name; the first is where to begin."""
    links = links_of(site.inventory.dags, site.rewrite)
    return {
        "index.html": as_html(site, links),
        "readiness.html": assessment.as_html(site.assessment, links),
        "changes.html": changes(site.rewrite, links),
    }


def as_html(site: Site, links: Links) -> str:
    """The first page."""
    scripts = scripts_of("site")
    return render(
        "report/site.html.j2",
        site=site,
        links=links,
        within=within,
        places=PLACES,
        colours=COLOURS,
        readiness=[(one, site.assessment.of(one), *assessment.STATES[one]) for one in Readiness],
        states=assessment.STATES,
        waiting=assessment.waiting(site.assessment),
        charts=[
            ("schedules", "DAGs by schedule", rows(site.schedules)),
            ("operators", "Tasks by operator", rows(site.operators)),
            ("owners", "DAGs by owner", rows(site.owners)),
        ],
        bars=assessment.bars(site.assessment),
        width=assessment.WIDTH,
        height=assessment.HEIGHT,
        chart=(WIDTH, ROW, LABEL),
        style="".join(text_of(f"report/{name}.css") for name in ("rewrite", "assess", "site")),
        scripts=scripts,
        policy=policy(scripts),
    )


def rows(values: Sequence[tuple[str, int]]) -> list[tuple[str, int, int, float]]:
    """The label, the number, and the place and length of its bar in a chart of horizontal bars."""
    most = max((count for _, count in values), default=1)
    room = WIDTH - LABEL - 50
    return [(label, count, n * ROW, round(count / most * room, 1)) for n, (label, count) in enumerate(values)]
