"""One model of the report that every format shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from codemods.engine.report import Safety
from migrator.report.rewrite.owner import owner_of
from migrator.report.rewrite.rules import RuleText, rule_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemods.engine.report import Finding
    from migrator.model.selection import Selection
    from migrator.rewrite.result import FileResult, TreeResult


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file with its number in the report (from 1) and its owner."""

    number: int
    result: FileResult
    owner: str

    @property
    def state(self) -> str:
        """What is left to do: "person", "review" (of a fix, waiting or made), "done" (changed) or "idle"."""
        if any(not finding.unsafe for finding in self.result.findings):
            return "person"
        if self.result.findings or any(change.safety is Safety.UNSAFE for change in self.result.changes):
            return "review"
        return "done" if self.result.changed else "idle"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is."""

    file: ReportFile
    line: int


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one rule: each message with its places; ``files`` counts each file once."""

    rule: RuleText
    messages: tuple[tuple[str, tuple[Place, ...]], ...]
    files: int

    @property
    def count(self) -> int:
        """How many findings."""
        return sum(len(places) for _, places in self.messages)


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one rule spoke: changes made, findings for a person, fixes that wait for --unsafe, files."""

    rule: RuleText
    changes: int
    person: int
    review: int
    files: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers at the top."""

    files: int
    changed: int
    safe: int
    unsafe: int
    person: int
    review: int
    states: dict[str, int]


@dataclass(frozen=True)
class Report:
    """A result as readers see it; ``root`` is where the paths start, for tools that need paths of the repository.

    ``selection``: the DAGs whose files they are; None of a whole tree.
    """

    result: TreeResult
    target: str | None = None
    dry_run: bool = False
    root: str = ""
    selection: Selection | None = None

    @cached_property
    def files(self) -> tuple[ReportFile, ...]:
        """Every file that was read."""
        return tuple(ReportFile(n, f, owner_of(f.before)) for n, f in enumerate(self.result.files, start=1))

    @property
    def shown(self) -> list[ReportFile]:
        """The files that there is something to say of."""
        return [file for file in self.files if file.state != "idle"]

    @cached_property
    def summary(self) -> Summary:
        """The numbers."""
        safeties = Counter(change.safety for file in self.result.files for change in file.changes)
        waiting = Counter(finding.unsafe for file in self.result.files for finding in file.findings)
        states = Counter(file.state for file in self.files)
        return Summary(
            files=len(self.files),
            changed=len(self.result.changed),
            safe=safeties[Safety.SAFE],
            unsafe=safeties[Safety.UNSAFE],
            person=waiting[False],
            review=waiting[True],
            states={state: states[state] for state in ("person", "review", "done", "idle")},
        )

    @cached_property
    def person(self) -> list[Group]:
        """What only a person can do, the rule with most files first."""
        return self._groups(unsafe=False)

    @cached_property
    def review(self) -> list[Group]:
        """What --unsafe would do, the rule with most files first."""
        return self._groups(unsafe=True)

    @cached_property
    def tallies(self) -> list[Tally]:
        """A row a rule that spoke, by code."""
        rows: dict[str, Counter[str]] = defaultdict(Counter)
        for file in self.result.files:
            for change in file.changes:
                rows[change.code]["changes"] += 1
            for finding in file.findings:
                rows[finding.code]["review" if finding.unsafe else "person"] += 1
            for code in {change.code for change in file.changes} | {finding.code for finding in file.findings}:
                rows[code]["files"] += 1
        return [
            Tally(rule_text(code), row["changes"], row["person"], row["review"], row["files"])
            for code, row in sorted(rows.items())
        ]

    def _groups(self, *, unsafe: bool) -> list[Group]:
        by_code: dict[str, list[tuple[Finding, ReportFile]]] = defaultdict(list)
        for file in self.files:
            for finding in file.result.findings:
                if finding.unsafe == unsafe:
                    by_code[finding.code].append((finding, file))
        groups = [_group(code, found) for code, found in by_code.items()]
        return sorted(groups, key=lambda group: (-group.files, group.rule.code))


def _group(code: str, found: Iterable[tuple[Finding, ReportFile]]) -> Group:
    places: dict[str, list[Place]] = defaultdict(list)
    for finding, file in found:
        places[finding.message].append(Place(file, finding.line))
    messages = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
    files = {place.file.number for where in places.values() for place in where}
    return Group(rule_text(code), tuple((text, tuple(where)) for text, where in messages), len(files))
