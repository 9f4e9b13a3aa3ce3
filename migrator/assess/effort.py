"""What is left to do, in minutes of a person, by a formula that is shown with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.model import Effort

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    return Effort(sum(parts.values()), formula, parts)
