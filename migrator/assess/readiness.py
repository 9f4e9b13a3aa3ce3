"""How far each DAG is: ready, automatic, unknown, in need of a person, or blocked; and what that takes.

This is the one place where it is decided. All commands show what `readiness_of` says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from migrator.assess.effort import minutes_of
from migrator.model.readiness import DagReadiness, Readiness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from migrator.assess.estate import Estate
    from migrator.assess.model import Finding
    from migrator.assess.view import DagView
    from migrator.workspace.config import EffortSection

NO_FILE = "its file is not in dags/source, so it was not checked: migrate inventory downloads it"
PLACES = 5
"""So many places are named of what blocks a DAG; each has the same cause as a rule, a module that it imports."""


def readiness_of(estate: Estate, findings: Iterable[Finding], effort: EffortSection) -> tuple[DagReadiness, ...]:
    """Each DAG with the gravest thing that holds it, the gravest DAGs first.

    A DAG is as far as its file and all the files that it imports. Ready: nothing changes. Automatic: the rewrite does
    it. Both load; what a person has to look at, since it may run otherwise, is in ``review``. Unknown: its file is not
    there to be read. Needs a person: something is left to one. Blocked: something outside its file has to happen first,
    such as in a module that it imports and that the target can't load.
    """
    holding = held(findings)
    rows = [_row(estate, view, holding.get(view.dag.dag_id, ()), effort) for view in estate.dags]
    return tuple(sorted(rows, key=lambda row: (-row.readiness.rank, -row.minutes, row.dag_id)))


def held(findings: Iterable[Finding]) -> Mapping[str, Sequence[Finding]]:
    """The DAGs of which something is left to a person, each with what is."""
    holding: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.counts:
            for dag_id in finding.dags:
                holding[dag_id].append(finding)
    return holding


def made_of(finding: Finding, own: str) -> Readiness:
    """What a finding makes of a DAG whose own file is ``own``."""
    return Readiness.BLOCKED if finding.stops and finding.file != own else finding.holds


def _row(estate: Estate, view: DagView, holding: Sequence[Finding], effort: EffortSection) -> DagReadiness:
    own = f"dags/{view.dag.file}"
    changed = sum(estate.rewritten[p].changes > 0 for p in estate.reach.get(own, {own}) if p in estate.rewritten)
    alone = _alone(changed, known=view.file is not None)
    readiness = max([alone, *(made_of(finding, own) for finding in holding)], key=lambda one: one.rank)
    gravest = [finding for finding in holding if made_of(finding, own) is readiness and not finding.runs]
    review = tuple(_each([finding for finding in holding if finding.runs]))
    why = tuple(_why(gravest, own)) or (*_without_findings(readiness, changed), *(f"look at {one}" for one in review))
    minutes, total = minutes_of(holding, changed, effort)
    return DagReadiness(
        view.dag.dag_id,
        own,
        view.dag.owned_by,
        readiness,
        why,
        minutes,
        total,
        tuple(dict.fromkeys(f.place for f in gravest if _elsewhere(f, own))) if readiness is Readiness.BLOCKED else (),
        review,
    )


def _alone(changed: int, *, known: bool) -> Readiness:
    if not known:
        return Readiness.UNKNOWN
    return Readiness.AUTOMATIC if changed else Readiness.READY


def _elsewhere(finding: Finding, own: str) -> bool:
    return bool(finding.file) and finding.file != own


def _why(gravest: Sequence[Finding], own: str) -> Iterator[str]:
    """What stands in other files by its place, at most `PLACES` of them; then the rest by code, each with a message."""
    away = [finding for finding in gravest if _elsewhere(finding, own) and finding.stops]
    for one in sorted(away, key=lambda one: (one.file, one.line, one.code))[:PLACES]:
        yield f"blocked by {one.place}: {one.code} {one.message}"
    if len(away) > PLACES:
        yield f"and {len(away) - PLACES} more such places"
    rest = [finding for finding in gravest if not (_elsewhere(finding, own) and finding.stops)]
    yield from _each(rest)


def _each(findings: Sequence[Finding]) -> Iterator[str]:
    """One line a code: its first place and message, and how many more there are."""
    counts, first = Counter(f.code for f in findings), {f.code: f for f in reversed(findings)}
    for code, count in sorted(counts.items()):
        place = f"{first[code].place}: " if first[code].place else ""
        yield f"{place}{code} {first[code].message}" + (f" (and {count - 1} more)" if count > 1 else "")


def _without_findings(readiness: Readiness, changed: int) -> tuple[str, ...]:
    if readiness is Readiness.UNKNOWN:
        return (NO_FILE,)
    return (f"{changed} {'file' if changed == 1 else 'files'} rewritten",) if changed else ()
