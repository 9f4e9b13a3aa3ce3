"""The report as Markdown that a pull request can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.model.table import table as tabulated
from migrator.report.escape import Markdown, code, escaped, fenced, html, link
from migrator.report.templates import render
from migrator.rewrite.show import diff

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrator.report.rewrite.model import Group, Report, Tally

# A comment on GitHub holds 65,536 characters. Findings are never left out, so diffs get what is left of this.
_ROOM = 60_000


def as_markdown(report: Report) -> str:
    """The page: the numbers, what needs a person, what waits for a review, the changes by rule, the diffs that fit."""
    values = {
        "report": report,
        "summary": report.summary,
        "numbers": Markdown(_numbers(report)),
        "findings": [(title, [_group(g) for g in groups]) for title, groups in _sections(report) if groups],
        "changes": _changes(report),
    }
    page = render("report/rewrite.md.j2", **values, diffs=[], left_out=0)
    diffs, left_out = _fitting(report, _ROOM - len(page))
    return render("report/rewrite.md.j2", **values, diffs=diffs, left_out=left_out)


def _sections(report: Report) -> list[tuple[str, list[Group]]]:
    return [("Needs a person", report.person), ("Waits for a review: a fix behind --unsafe", report.review)]


def _numbers(report: Report) -> str:
    summary = report.summary
    rows = [
        ("Files read", summary.files),
        ("Files changed", summary.changed),
        ("Safe changes", summary.safe),
        ("Unsafe changes, to review", summary.unsafe),
        ("Findings for a person", summary.person),
        ("Findings with a fix behind `--unsafe`", summary.review),
    ]
    cells = [(name, f"{count:,}") for name, count in rows]
    return tabulated(cells, ("What", "Count"), tablefmt="github", colalign=("left", "right"))


def _group(group: Group) -> dict[str, object]:
    rows = sorted(
        (place.file.number, place.line, place.file.result.path, message)
        for message, places in group.messages
        for place in places
    )
    table = _table([(code(path), str(line), escaped(text)) for _, line, path, text in rows], ("File", "Line", "To do"))
    rule = group.rule
    title = f"{rule.code} {rule.title}: {group.count} in {group.files} {'file' if group.files == 1 else 'files'}"
    return {"title": title, "about": rule.summary.replace("``", ""), "url": rule.url, "table": table}


def _changes(report: Report) -> str:
    rows = [
        (link(t.rule.code, t.rule.url), escaped(t.rule.title), t.rule.safety, str(t.changes), _example(report, t))
        for t in report.tallies
        if t.changes
    ]
    return _table(rows, ("Rule", "Name", "Safety", "Changes", "For example"))


def _example(report: Report, tally: Tally) -> str:
    """What the rule said of its first change."""
    for file in report.result.files:
        for change in file.changes:
            if change.code == tally.rule.code:
                return f"{code(f'{file.path}:{change.line}')} {escaped(change.message)}"
    return ""


def _fitting(report: Report, room: int) -> tuple[list[dict[str, Markdown]], int]:
    """The diffs that there is room for, those with findings first; and how many are left out."""
    files = sorted((f for f in report.files if f.result.changed), key=lambda f: (not f.result.findings, f.number))
    diffs: list[dict[str, Markdown]] = []
    for file in files:
        text = "".join(diff(file.result))
        codes = ", ".join(sorted({change.code for change in file.result.changes}))
        shown = {"path": html(file.result.path), "codes": html(codes), "text": fenced(text, "diff")}
        room -= sum(map(len, shown.values())) + 80
        if room < 0:
            break
        diffs.append(shown)
    return diffs, len(files) - len(diffs)


def _table(rows: Iterable[Sequence[str]], headers: Sequence[str]) -> Markdown:
    """A table whose cells are not padded: one long message must not make every row as long."""
    body = ["| " + " | ".join(row) + " |" for row in rows]
    return Markdown("\n".join(["| " + " | ".join(headers) + " |", "|---" * len(headers) + "|", *body]) if body else "")
