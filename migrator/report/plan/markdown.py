"""The plan as Markdown that a pull request or a ticket can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.plan.planner import cut_edges
from migrator.plan.sound import waves_of
from migrator.plan.told import why_there
from migrator.report.templates import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.model.plan import Plan, PlannedDag

MOST = 100
"""How many rows a table has at most: a comment on GitHub holds 65,536 characters."""


def as_markdown(plan: Plan, schedules: Mapping[str, str]) -> str:
    """The waves with their DAGs, what lowers the confidence, what is cut, left out and unknown."""
    return render(
        "report/plan.md.j2",
        plan=plan,
        schedules=schedules,
        cut=cut_edges(plan),
        where=waves_of(plan),
        most=MOST,
        why=_why,
    )


def _why(dag: PlannedDag) -> str:
    """The first reason, which says how it came into its wave, without its explanation."""
    return (why_there(dag, ()) or [""])[0].partition("; ")[0]
