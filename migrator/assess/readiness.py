"""How far each DAG is: ready, automatic, in need of a person, or blocked; and what that takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from migrator.assess.effort import minutes_of
from migrator.assess.model import DagReadiness, Readiness

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrator.assess.estate import Estate
    from migrator.assess.model import Finding
    from migrator.assess.view import DagView
    from migrator.workspace.config import EffortSection


def readiness_of(estate: Estate, findings: Iterable[Finding], effort: EffortSection) -> tuple[DagReadiness, ...]:
    """Each DAG with the gravest thing that holds it, the gravest DAGs first.

    A DAG is as far as its file and all the files that it imports. Ready: nothing changes. Automatic: the rewrite does
    it. Needs a person: something is left to one. Blocked: something outside its file has to happen first.
    """
    holding: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.holds is not Readiness.READY:
            for dag_id in finding.dags:
                holding[dag_id].append(finding)
    rows = [_row(estate, view, holding[view.dag.dag_id], effort) for view in estate.dags]
    return tuple(sorted(rows, key=lambda row: (-row.readiness.rank, -row.minutes, row.dag_id)))


def _row(estate: Estate, view: DagView, holding: Sequence[Finding], effort: EffortSection) -> DagReadiness:
    own = f"dags/{view.dag.file}"
    changed = sum(estate.rewritten[p].changes > 0 for p in estate.reach.get(own, {own}) if p in estate.rewritten)
    readiness = max([finding.holds for finding in holding], key=lambda one: one.rank, default=_alone(changed))
    minutes, total = minutes_of(holding, changed, effort)
    return DagReadiness(
        view.dag.dag_id, own, view.dag.owned_by, readiness, _why(holding, readiness, changed), minutes, total
    )


def _alone(changed: int) -> Readiness:
    return Readiness.AUTOMATIC if changed else Readiness.READY


def _why(holding: Sequence[Finding], readiness: Readiness, changed: int) -> tuple[str, ...]:
    """The gravest findings by code, each with one of its messages."""
    gravest = [finding for finding in holding if finding.holds is readiness]
    counts, first = Counter(f.code for f in gravest), {f.code: f.message for f in reversed(gravest)}
    told = [
        f"{code} {first[code]}" + (f" (and {count - 1} more)" if count > 1 else "")
        for code, count in sorted(counts.items())
    ]
    return tuple(told) or ((f"{changed} {'file' if changed == 1 else 'files'} rewritten",) if changed else ())
