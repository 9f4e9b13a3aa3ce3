"""The page of a wave as it moves."""

from __future__ import annotations

from migrator.report.scripts import policy, scripts_of
from migrator.report.templates import render, text_of


def as_html(title: str, late: float, silent: float = 45) -> tuple[str, str]:
    """The page, and the policy that lets it ask this server and nobody else.

    A DAG is shown as late after ``late`` seconds in one state; after ``silent`` without a word the page asks anew.
    """
    scripts = scripts_of("live")
    style = "".join(text_of(f"report/{name}.css") for name in ("rewrite", "assess", "site", "live"))
    html = render("report/live.html.j2", title=title, late=late, silent=silent, style=style, scripts=scripts)
    return html, policy(scripts, "connect-src 'self'; ")
