"""The report as one HTML file: its own style and script, nothing fetched, nothing that source code can break out of."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.report.rewrite.diff import Diff, diff, lines
from migrator.report.scripts import policy, scripts_of
from migrator.report.templates import render, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.report.links import Links
    from migrator.report.rewrite.model import Report, ReportFile

KINDS = {
    "person": "Needs a person",
    "review": "Fix waits for review",
    "unsafe": "Unsafe change made",
    "safe": "Safe change made",
}
_LONG = 140
_LITERAL = re.compile(r"``(.+?)``")


@dataclass(frozen=True, slots=True)
class Note:
    """One finding or change of a file; ``anchor`` is the id of the first note of its line, else empty."""

    kind: str
    line: int
    code: str
    message: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the page."""

    file: ReportFile
    notes: tuple[Note, ...]
    diff: Diff

    @property
    def tokens(self) -> str:
        """What the filters ask: each rule with the kind of its notes."""
        return " ".join(sorted({f"{note.code}:{note.kind}" for note in self.notes}))

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many notes of each kind, what needs a person first."""
        found = [(kind, sum(note.kind == kind for note in self.notes)) for kind in KINDS]
        return [(kind, count) for kind, count in found if count]

    @property
    def data(self) -> str:
        """What the script draws the two sides from, beside the diff itself: pairs with their marks, and gaps."""
        pairs = [[pair.old, pair.new, pair.old_marks, pair.new_marks] for pair in self.diff.pairs]
        return in_script({"pairs": pairs, "gaps": self.diff.gaps})


def as_html(report: Report, links: Links | None = None) -> str:
    """The whole page; ``links``: of the site that it is part of."""
    parts = [_part(file) for file in report.shown]
    scripts = scripts_of("rewrite")
    return render(
        "report/rewrite.html.j2",
        report=report,
        links=links,
        summary=report.summary,
        parts=parts,
        kinds=KINDS,
        owners=sorted({part.file.owner for part in parts}, key=str.casefold),
        idle=[file for file in report.files if file.state == "idle"],
        code_at=_code_at,
        prose=prose,
        style=text_of("report/rewrite.css"),
        scripts=scripts,
        policy=policy(scripts),
    )


def prose(text: str) -> list[list[tuple[bool, str]]]:
    """A rule's explanation as paragraphs, its first line apart; each in pieces: whether it is code, its text."""
    first, _, rest = text.partition("\n")
    blocks = [first, *(" ".join(block.split()) for block in rest.split("\n\n"))]
    return [[(index % 2 == 1, piece) for index, piece in enumerate(_LITERAL.split(block))] for block in blocks if block]


def in_script(data: object) -> str:
    """JSON that may stand in a script element: no character of it can end the element or open a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _part(file: ReportFile) -> Part:
    notes = tuple(_anchored(file, sorted(_notes(file))))
    result = file.result
    return Part(file, notes, diff(result.before, result.after, keep=[note.line for note in notes]))


def _notes(file: ReportFile) -> Iterator[tuple[int, str, str, str]]:
    for finding in file.result.findings:
        yield finding.line, "review" if finding.unsafe else "person", finding.code, finding.message
    for change in file.result.changes:
        yield change.line, change.safety.value, change.code, change.message


def _anchored(file: ReportFile, notes: list[tuple[int, str, str, str]]) -> Iterator[Note]:
    named: set[int] = set()
    for line, kind, code, message in notes:
        yield Note(kind, line, code, message, "" if line in named else f"f{file.number}-{line}")
        named.add(line)


def _code_at(file: ReportFile, line: int) -> str:
    """A line of the file as it was, cut to fit; empty for a line it does not have."""
    text = lines(file.result.before)
    found = text[line - 1].strip() if 0 < line <= len(text) else ""
    return found if len(found) <= _LONG else f"{found[: _LONG - 1]}…"
