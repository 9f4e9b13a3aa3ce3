"""In which order to fix: modules that keep many DAGs from loading, then what frees most DAGs for its time."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from migrator.assess.effort import weight
from migrator.assess.model import Finding, Severity, Step
from migrator.assess.readiness import made_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrator.model.readiness import DagReadiness
    from migrator.workspace.config import EffortSection

Key = tuple[str, str]
"""A module with no code, or a code with no module."""


def in_order(findings: Iterable[Finding], dags: Sequence[DagReadiness], effort: EffortSection) -> tuple[Step, ...]:
    """One step a module that DAGs import and that the target can't load, the most imported first; then one a code.

    Steps that stand in the way come before those that do not, then by DAGs freed an hour. A DAG is freed by a step
    when nothing of another step holds it.
    """
    own = {dag.dag_id: dag.file for dag in dags}
    steps: defaultdict[Key, list[Finding]] = defaultdict(list)
    holders: dict[str, set[Key]] = {dag.dag_id: set() for dag in dags}
    for finding in findings:
        key = _key(finding, own)
        steps[key].append(finding)
        for dag_id in finding.dags if finding.counts else ():
            holders.setdefault(dag_id, set()).add(key)
    made = {key: _step(key, found, holders, own, effort) for key, found in steps.items()}
    ranked = sorted(made, key=lambda key: (*_rank(made[key], steps[key]), key))
    return tuple(made[key] for key in ranked)


def _key(finding: Finding, own: dict[str, str]) -> Key:
    imported = any(own.get(dag_id, finding.file) != finding.file for dag_id in finding.dags)
    return (finding.file, "") if finding.stops and imported else ("", finding.code)


def _step(
    key: Key, found: list[Finding], holders: dict[str, set[Key]], own: dict[str, str], effort: EffortSection
) -> Step:
    touched = {dag_id for finding in found for dag_id in finding.dags}
    frees = sum(holders.get(dag_id) == {key} for dag_id in touched)
    minutes = sum(weight(finding, effort) for finding in found)
    made = [made_of(f, own.get(dag_id, f.file)) for f in found for dag_id in f.dags] + [f.holds for f in found]
    codes = tuple(sorted({finding.code for finding in found}))
    gravest = max(made, key=lambda one: one.rank)
    return Step(codes[0], len(found), len(touched), frees, minutes, gravest, key[0], codes)


def _rank(step: Step, found: list[Finding]) -> tuple[float, ...]:
    """Smaller is sooner."""
    severity = min(list(Severity).index(finding.severity) for finding in found)
    hours = max(step.minutes, 1) / 60
    imported = step.dags if step.file else 0
    return -step.holds.rank, severity, -imported, -step.frees / hours, -step.dags / hours
