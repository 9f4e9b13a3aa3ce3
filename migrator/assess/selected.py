"""What of an assessment is of some DAGs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrator.assess.model import Finding
    from migrator.assess.waivers import Ruled
    from migrator.model.readiness import DagReadiness
    from migrator.model.selection import Selection


def only_of(only: Selection, ruled: Ruled, dags: tuple[DagReadiness, ...]) -> tuple[Ruled, tuple[DagReadiness, ...]]:
    """The findings that touch these DAGs, each with no others, and the readiness of these; what is of none goes."""
    found = tuple(_narrowed(one, only) for one in ruled.findings if not only.dag_ids.isdisjoint(one.dags))
    waived = tuple(
        replace(one, finding=_narrowed(one.finding, only))
        for one in ruled.waived
        if not only.dag_ids.isdisjoint(one.finding.dags)
    )
    return replace(ruled, findings=found, waived=waived), tuple(one for one in dags if one.dag_id in only)


def _narrowed(finding: Finding, only: Selection) -> Finding:
    return replace(finding, dags=tuple(dag_id for dag_id in finding.dags if dag_id in only))
