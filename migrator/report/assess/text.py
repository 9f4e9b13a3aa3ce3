"""The assessment for a terminal and for grep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.model.readiness import Readiness
from migrator.model.table import table as tabulated
from migrator.model.text import unbroken
from migrator.report.assess.groups import groups_of, hours, mended, place, used

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrator.assess.model import Assessment, Finding

PLACES = 10
"""How many findings of one check are listed; JSON has them all."""
BAR = 40
LONG = 100


def as_text(assessment: Assessment) -> str:
    """Where the findings are, then what they come to: checks, DAGs, the order, the effort, the load."""
    return "\n\n".join(_parts(assessment)) + "\n"


def _parts(assessment: Assessment) -> Iterator[str]:
    yield from _places(assessment)
    only = f"\nonly {assessment.selection}" if assessment.selection else ""
    yield f"{unbroken(assessment.source)}\nfor {unbroken(assessment.target)}{only}"
    if assessment.findings:
        yield _grid(_by_check(assessment), ("check", "severity", "findings", "DAGs", "what"))
    yield "readiness\n" + _grid([(one.value, str(assessment.of(one))) for one in Readiness], ("DAGs are", "count"))
    if held := [dag for dag in assessment.dags if not dag.readiness.moves]:
        rows = [
            (d.dag_id, d.readiness.value, ", ".join(d.owners), hours(d.minutes), _cut("; ".join(d.why))) for d in held
        ]
        yield "not ready\n" + _grid(rows, ("DAG", "status", "owner", "effort", "reason"))
    if assessment.order:
        steps = [
            (str(n), codes, str(s.findings), str(s.dags), str(s.frees), hours(s.minutes), what)
            for n, s in enumerate(assessment.order, 1)
            for codes, what in [mended(s)]
        ]
        yield "fix in this order\n" + _grid(steps, ("", "code", "findings", "DAGs", "frees", "effort", "what"))
    yield f"effort: {hours(assessment.effort.minutes)}\n= {assessment.effort.formula}"
    yield from _load(assessment)
    if assessment.users:
        rights = [
            (user.email or user.name, ", ".join(user.roles), "yes" if user.active else "no", used(user))
            for user in assessment.users
        ]
        yield "rights\n" + _grid(rights, ("who", "roles", "can log in", "used"))
    if assessment.waived:
        waived = [
            (w.finding.code, ", ".join(w.finding.dags) or w.finding.file, str(w.expires), w.reason)
            for w in assessment.waived
        ]
        yield "waived\n" + _grid(waived, ("check", "where", "until", "reason"))
    yield from (unbroken(f"not checked: {why}") for why in assessment.skipped)


def _places(assessment: Assessment) -> Iterator[str]:
    for group in groups_of(assessment):
        code, found = group.check.code, group.findings
        lines = [f"{place(one)}: {code} {_subject(one)}{one.message}" for one in found[:PLACES]]
        lines += [f"... and {len(found) - PLACES} more of {code}"] if len(found) > PLACES else []
        yield "\n".join([*map(unbroken, lines), f"  fix: {group.check.fix}"])


def _subject(finding: Finding) -> str:
    """The DAG, where the finding is of one; a helper's findings are of many."""
    return f"{finding.dags[0]}: " if len(finding.dags) == 1 else ""


def _by_check(assessment: Assessment) -> list[tuple[str, ...]]:
    groups = sorted(groups_of(assessment), key=lambda group: group.check.code)
    return [(g.check.code, g.severity.value, str(len(g.findings)), str(g.dags), g.check.title) for g in groups]


def _load(assessment: Assessment) -> Iterator[str]:
    most = max(hour.runs for hour in assessment.load)
    if most:
        rows = [f"{h.hour:02}:00 {h.runs:>6} {'#' * round(BAR * h.runs / most)}" for h in assessment.load]
        yield "\n".join(["runs that began in each hour (UTC)", *(row.rstrip() for row in rows)])


def _cut(text: str) -> str:
    return text if len(text) <= LONG else f"{text[: LONG - 3]}..."


def _grid(rows: Sequence[tuple[str, ...]], headers: tuple[str, ...]) -> str:
    return tabulated(rows, headers=headers)
