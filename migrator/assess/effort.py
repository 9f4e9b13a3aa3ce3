"""What is left to do, in minutes of a person, by a formula that is shown with its numbers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from migrator.assess.model import Effort, Shared

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from migrator.assess.estate import Estate
    from migrator.assess.model import Finding
    from migrator.model.readiness import DagReadiness
    from migrator.workspace.config import EffortSection


def minutes_of(holding: Sequence[Finding], changed: int, effort: EffortSection) -> tuple[int, str]:
    """What one DAG takes, shared files counted in full, and the sum written out."""
    terms = [(effort.test, f"{effort.test} to test")]
    if changed:
        terms.append((effort.review * changed, f"{effort.review} x {changed} to review"))
    terms += [(weight(finding, effort), f"{weight(finding, effort)} {finding.code}") for finding in holding]
    return sum(minutes for minutes, _ in terms), " + ".join(text for _, text in terms)


def weight(finding: Finding, effort: EffortSection) -> int:
    """What one finding takes: as its check says; of the rewrite's, a fix to confirm takes less than one to write."""
    if finding.minutes:
        return finding.minutes
    return effort.confirm if finding.severity == "note" else effort.person


def effort_of(
    estate: Estate,
    dags: Sequence[DagReadiness],
    findings: Iterable[Finding],
    effort: EffortSection,
    *,
    selected: bool = False,
) -> Effort:
    """What the migration takes: every DAG is tested, each rewritten file read and each finding mended once.

    ``selected``: only the files count that these DAGs are made of, not all that were rewritten.
    """
    holding = [finding for finding in findings if finding.counts or not finding.dags]
    read = {path for dag in dags for path in estate.reach.get(dag.file, {dag.file})} if selected else estate.rewritten
    changed = sum(file.changes > 0 for path, file in estate.rewritten.items() if path in read)
    parts = {
        "test": effort.test * len(dags),
        "review": effort.review * changed,
        "mend": sum(weight(finding, effort) for finding in holding),
    }
    formula = (
        f"{effort.test} min x {len(dags)} DAGs to test + {effort.review} min x {changed} rewritten files to review "
        f"+ {parts['mend']} min for {len(holding)} findings that block"
    )
    own, shared = _shares(estate, dags, holding, read, effort)
    return Effort(sum(parts.values()), formula, parts, own, shared)


def _shares(
    estate: Estate,
    dags: Sequence[DagReadiness],
    holding: Iterable[Finding],
    read: Container[str],
    effort: EffortSection,
) -> tuple[dict[str, int], tuple[Shared, ...]]:
    """What each DAG takes by itself, and what several share, or none has: by file, the most first."""
    own = {dag.dag_id: effort.test for dag in dags}
    shared: defaultdict[str, int] = defaultdict(int)
    changed = (path for path, file in estate.rewritten.items() if file.changes and path in read)
    terms = [(path, estate.dags_of.get(path, ()), effort.review) for path in changed]
    terms += [(one.file, one.dags, weight(one, effort)) for one in holding]
    for file, dag_ids, minutes in terms:
        known = own.keys() & set(dag_ids)
        if len(known) == 1:
            own[known.pop()] += minutes
        else:
            shared[file] += minutes
    rows = (Shared(file, len(own.keys() & set(estate.dags_of.get(file, ()))), n) for file, n in shared.items())
    return own, tuple(sorted(rows, key=lambda row: (-row.minutes, row.file)))
