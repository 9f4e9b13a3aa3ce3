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
from migrator.rewrite.estate import in_bucket

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
        return "it is in no wave" if self.line.wave is None else f"before wave {self.line.wave}"

    @property
    def minutes(self) -> int:
        """What it takes, as `migrate assess` reckons."""
        return self.line.readiness.minutes if self.line.readiness else 0

    @property
    def readiness(self) -> str:
        """How far it is, in words."""
        return self.line.readiness.readiness.value if self.line.readiness else "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Wide:
    """What is to be done once for many DAGs, or for none: whoever runs the environment does it."""

    todo: Todo
    dags: tuple[str, ...]


def work_of(site: Site) -> tuple[Work, ...]:
    """Every DAG, those of the first wave first."""
    found: defaultdict[str, set[Todo]] = defaultdict(set)
    for dag_id, todo in [*_checked(site), *_rewritten(site)]:
        found[dag_id].add(todo)
    works = (Work(line, tuple(sorted(found[line.dag.dag_id]))) for line in site.lines)
    return tuple(sorted(works, key=lambda work: (_wave(work), work.dag.dag_id)))


def wide_of(site: Site) -> tuple[Wide, ...]:
    """What no DAG's list has, what must be done first."""
    known = {dag.dag_id for dag in site.inventory.dags}
    found = {
        Wide(_todo(one.code, _where(one), one.message, must=one.severity is not Severity.NOTE), one.dags)
        for one in site.assessment.findings
        if _is_wide(one, known)
    }
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


def _checked(site: Site) -> Iterator[tuple[str, Todo]]:
    """What is of a file or of one DAG."""
    known = {dag.dag_id for dag in site.inventory.dags}
    for one in site.assessment.findings:
        if not _is_wide(one, known):
            todo = _todo(one.code, _where(one), one.message, must=one.severity is not Severity.NOTE)
            yield from ((dag_id, todo) for dag_id in one.dags)


def _is_wide(one: Finding, known: set[str]) -> bool:
    """Whether it is of many DAGs together, or of none that is there."""
    return (not one.file and len(one.dags) > 1) or known.isdisjoint(one.dags)


def _where(one: Finding) -> str:
    return f"{one.file}:{one.line}" if one.line else one.file


def _rewritten(site: Site) -> Iterator[tuple[str, Todo]]:
    dags: defaultdict[str, list[str]] = defaultdict(list)
    for dag in site.inventory.dags:
        dags[dag.file].append(dag.dag_id)
    for file in site.rewrite.result.files:
        for one in file.findings:
            todo = _todo(one.code, f"{in_bucket(file.path)}:{one.line}", one.message, must=not one.unsafe)
            yield from ((dag_id, todo) for dag_id in dags.get(file.path, ()))


def _todo(code: str, where: str, message: str, *, must: bool) -> Todo:
    text = check_text(code)
    return Todo(code, where, message, must, text.title, _fix(text), snippet(code, TEAM, ()), text.link)


def _fix(text: CheckText) -> str:
    if text.group != GROUPS["CM"]:
        return text.fix
    if unknown_codes(frozenset({text.code})):  # what the engine itself says
        return "Mend it by hand: the rewrite leaves such a file as it is."
    return f"Change that line: migrate explain {text.code} shows how."
