"""In which order to fix: what frees most DAGs for its time first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from migrator.assess.effort import weight
from migrator.assess.model import Finding, Readiness, Severity, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrator.assess.model import DagReadiness
    from migrator.workspace.config import EffortSection


def in_order(findings: Iterable[Finding], dags: Sequence[DagReadiness], effort: EffortSection) -> tuple[Step, ...]:
    """One step a code: those that stand in the way before those that do not, then by DAGs freed an hour.

    A DAG is freed by a code when nothing of another code holds it.
    """
    by_code: defaultdict[str, list[Finding]] = defaultdict(list)
    holders: dict[str, set[str]] = {dag.dag_id: set() for dag in dags}
    for finding in findings:
        by_code[finding.code].append(finding)
        for dag_id in finding.dags if finding.holds is not Readiness.READY else ():
            holders.setdefault(dag_id, set()).add(finding.code)
    steps = [_step(code, found, holders, effort) for code, found in by_code.items()]
    return tuple(sorted(steps, key=lambda step: (*_rank(step, by_code[step.code]), step.code)))


def _step(code: str, found: list[Finding], holders: dict[str, set[str]], effort: EffortSection) -> Step:
    touched = {dag_id for finding in found for dag_id in finding.dags}
    frees = sum(holders.get(dag_id) == {code} for dag_id in touched)
    minutes = sum(weight(finding, effort) for finding in found)
    gravest = max((finding.holds for finding in found), key=lambda one: one.rank)
    return Step(code, len(found), len(touched), frees, minutes, gravest)


def _rank(step: Step, found: list[Finding]) -> tuple[int, int, float, float]:
    """Smaller is sooner."""
    severity = min(list(Severity).index(finding.severity) for finding in found)
    hours = max(step.minutes, 1) / 60
    return -step.holds.rank, severity, -step.frees / hours, -step.dags / hours
