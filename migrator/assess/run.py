"""Run the checks over an estate, and make an assessment of what they say. Nothing is read or written here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrator.assess import waivers
from migrator.assess.check import GROUPS, Subject
from migrator.assess.effort import effort_of
from migrator.assess.load import load_by_hour
from migrator.assess.model import Assessment, Finding, Problem
from migrator.assess.options import options_of
from migrator.assess.order import in_order
from migrator.assess.readiness import readiness_of
from migrator.assess.rewritten import as_loaded, rewrite_findings
from migrator.assess.selected import only_of
from migrator.assess.suppressed import not_ignored
from migrator.model.parts import unknown_of
from migrator.workspace.config import AssessSection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from migrator.assess.check import Check
    from migrator.assess.estate import Estate
    from migrator.assess.view import DagView
    from migrator.model.selection import Selection


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides: ``section`` is ``[assess]`` of migrate.toml, ``today`` judges the waivers.

    ``only``: the DAGs that are told of, and that the totals are of; the checks look at the whole estate all the same.
    """

    today: date
    section: AssessSection = field(default_factory=AssessSection)
    target: str = ""
    skipped: tuple[str, ...] = ()
    only: Selection | None = None


def assess(estate: Estate, checks: Sequence[Check], settings: Settings) -> Assessment:
    """What these checks find, less what is waived; how far each DAG is, what it takes, and in which order."""
    options = {check.code: options_of(check, settings.section.options) for check in checks}
    found = {one for check in checks for one in findings_of(check, estate, options[check.code])}
    said = not_ignored({as_loaded(one, estate) for one in (*found, *rewrite_findings(estate))}, estate)
    ruled = waivers.apply(said, settings.section.waivers, settings.today)
    dags = readiness_of(estate, ruled.findings, settings.section.effort)
    if settings.only:
        ruled, dags = only_of(settings.only, ruled, dags)
    weighed = ruled.findings
    return Assessment(
        source=estate.inventory.environment.name,
        target=settings.target or estate.target.name,
        findings=tuple(one for one in ruled.findings if not _of_rewrite(one)),
        waived=ruled.waived,
        dags=dags,
        order=in_order(weighed, dags, settings.section.effort),
        effort=effort_of(estate, dags, weighed, settings.section.effort, selected=settings.only is not None),
        load=load_by_hour(estate.inventory, settings.only),
        checks=tuple(check.code for check in checks),
        skipped=settings.skipped,
        users=estate.inventory.usage.users if estate.inventory.usage and not settings.only else (),
        left=tuple(one for one in ruled.findings if _of_rewrite(one)),
        selection=settings.only,
    )


def _of_rewrite(finding: Finding) -> bool:
    return GROUPS[finding.code[:2]] == GROUPS["CM"]


def findings_of(check: Check, estate: Estate, options: dict[str, Any]) -> Iterator[Finding]:
    """What one check finds, each at its place and with the DAGs that it touches."""
    if unknown_of(estate.inventory) & set(check.needs):
        return
    for subject, problem in _problems(check, estate, options):
        dag_ids = problem.dags or subject.dags
        if dag_ids and (estate.asked.of(dag_ids) or estate.lacks(dag_ids, check.needs)):
            continue  # it judges by a fact that is unknown: ES314 names it
        yield Finding(
            code=check.code,
            file=problem.file or subject.file,
            line=problem.line or subject.line,
            dags=problem.dags or subject.dags or _dags_of(estate, problem.file),
            message=problem.message,
            severity=check.severity,
            holds=check.holds,
            minutes=check.minutes,
            stops=check.stops,
            runs=check.runs,
        )


def _problems(check: Check, estate: Estate, options: dict[str, Any]) -> Iterator[tuple[Problem, Problem]]:
    """Each problem, beside one that says where its subject is."""
    match check.subject:
        case Subject.DAG:
            subjects: Iterable[tuple[Any, Problem]] = ((view, _place(view)) for view in estate.dags)
        case Subject.FILE:
            of = estate.dags_of
            subjects = ((file, Problem("", 0, path, of.get(path, ()))) for path, file in estate.files.items())
        case Subject.ESTATE:
            subjects = ((estate, Problem("")),)
    for subject, place in subjects:
        estate.asked.forget()
        for said in check.look(subject, **options):
            yield place, said if isinstance(said, Problem) else Problem(said)


def _place(view: DagView) -> Problem:
    return Problem("", view.line, f"dags/{view.dag.file}", (view.dag.dag_id,))


def _dags_of(estate: Estate, path: str) -> tuple[str, ...]:
    return estate.dags_of.get(path, ()) if path else ()
