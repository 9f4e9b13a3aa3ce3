"""What each DAG's owners have to do before it moves: what the checks found, and what the rewrite leaves to a person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.engine.registry import unknown_codes
from migrator.assess.check import GROUPS
from migrator.assess.model import Severity
from migrator.provision.policies.snippets import snippet
from migrator.report.assess.checks import check_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrator.assess.model import Finding
    from migrator.model.dag import Dag
    from migrator.report.assess.checks import CheckText
    from migrator.report.site.model import Line, Site

NOBODY = "nobody"
TEAM = "TEAM"


@dataclass(frozen=True, slots=True, order=True)
class Todo:
    """One thing to do; ``must``: the DAG does not move, or does not keep the rules, without it."""

    code: str
    where: str
    message: str
    must: bool
    title: str
    fix: str
    snippet: str
    link: str


@dataclass(frozen=True, slots=True)
class Work:
    """One DAG with what is to be done for it."""

    line: Line
    todos: tuple[Todo, ...]

    @property
    def dag(self) -> Dag:
        """The DAG."""
        return self.line.dag

    @property
    def must(self) -> tuple[Todo, ...]:
        """What cannot wait."""
        return tuple(one for one in self.todos if one.must)

    @property
    def before(self) -> str:
        """Until when, in words."""
        return "in no wave" if self.line.wave is None else f"before wave {self.line.wave}"

    @property
    def minutes(self) -> int:
        """What it takes, as `migrate assess` reckons."""
        return self.line.readiness.minutes if self.line.readiness else 0

    @property
    def readiness(self) -> str:
        """How far it is, in words, with the first place that blocks it."""
        return self.line.readiness.verdict if self.line.readiness else "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Wide:
    """What is to be done once for many DAGs, or for none: whoever runs the environment does it."""

    todo: Todo
    dags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Module:
    """A file that DAGs import and that the target can't load: mended once, for all of them.

    ``wave``: the first of theirs, None where none is in a wave; ``owners``: theirs.
    """

    file: str
    dags: tuple[str, ...]
    owners: tuple[str, ...]
    wave: int | None
    minutes: int
    todos: tuple[Todo, ...]


def modules_of(site: Site) -> tuple[Module, ...]:
    """What is mended once for many DAGs, in the assessment's order: what most DAGs import first."""
    lines = {line.dag.dag_id: line for line in site.lines}
    found: list[Module] = []
    for step in site.assessment.order:
        findings = [one for one in _all(site) if step.file and one.file == step.file and one.stops]
        dags = sorted({dag_id for one in findings for dag_id in one.dags if dag_id in lines})
        if dags:
            waves = [wave for dag_id in dags if (wave := lines[dag_id].wave) is not None]
            owners = tuple(sorted({owner for dag_id in dags for owner in lines[dag_id].dag.owned_by}))
            todos = tuple(sorted({_todo(one) for one in findings}))
            found.append(Module(step.file, tuple(dags), owners, min(waves, default=None), step.minutes, todos))
    return tuple(found)


def work_of(site: Site) -> tuple[Work, ...]:
    """Every DAG, those of the first wave first."""
    found: defaultdict[str, set[Todo]] = defaultdict(set)
    for dag_id, todo in _of_dags(site):
        found[dag_id].add(todo)
    works = (Work(line, tuple(sorted(found[line.dag.dag_id]))) for line in site.lines)
    return tuple(sorted(works, key=lambda work: (_wave(work), work.dag.dag_id)))


def wide_of(site: Site) -> tuple[Wide, ...]:
    """What no DAG's list has, what must be done first."""
    known = {dag.dag_id for dag in site.inventory.dags}
    found = {Wide(_todo(one), one.dags) for one in _all(site) if _is_wide(one, known)}
    return tuple(sorted(found, key=lambda one: (not one.todo.must, one)))


def by_owner(works: tuple[Work, ...]) -> Mapping[str, tuple[Work, ...]]:
    """The DAGs of each owner, by name; one of two owners is in both lists."""
    found: defaultdict[str, list[Work]] = defaultdict(list)
    for work in works:
        for owner in work.dag.owned_by or (NOBODY,):
            found[owner].append(work)
    return {owner: tuple(found[owner]) for owner in sorted(found, key=str.casefold)}


def _wave(work: Work) -> int:
    return 1_000_000 if work.line.wave is None else work.line.wave


def _of_dags(site: Site) -> Iterator[tuple[str, Todo]]:
    """What is of a file, its DAGs' own or one that they import, or of one DAG."""
    known = {dag.dag_id for dag in site.inventory.dags}
    for one in _all(site):
        if not _is_wide(one, known):
            yield from ((dag_id, _todo(one)) for dag_id in one.dags)


def _all(site: Site) -> tuple[Finding, ...]:
    return (*site.assessment.findings, *site.assessment.left)


def _is_wide(one: Finding, known: set[str]) -> bool:
    """Whether it is of many DAGs together, or of none that is there."""
    return (not one.file and len(one.dags) > 1) or known.isdisjoint(one.dags)


def _todo(one: Finding) -> Todo:
    text, must = check_text(one.code), one.severity is not Severity.NOTE
    return Todo(one.code, one.place, one.message, must, text.title, _fix(text), snippet(one.code, TEAM, ()), text.link)


def _fix(text: CheckText) -> str:
    if text.group != GROUPS["CM"]:
        return text.fix
    if unknown_codes(frozenset({text.code})):  # what the engine itself says
        return "Fix it yourself: the rewrite leaves such a file unchanged."
    return f"Change that line: migrate explain {text.code} shows how."
