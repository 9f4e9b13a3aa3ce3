"""The report for a terminal and for grep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.model.text import unbroken

if TYPE_CHECKING:
    from migrator.report.rewrite.model import Report

_HEADERS = ("rule", "name", "changes", "to review", "for a person", "files")


def as_text(report: Report) -> str:
    """The findings, ``path:line: CODE message``: by rule, what only a person can do first."""
    groups = [*report.person, *report.review]
    lines = (
        (place.file.result.path, place.line, group.rule.code, message)
        for group in groups
        for place, message in sorted(
            ((place, message) for message, places in group.messages for place in places),
            key=lambda found: (found[0].file.number, found[0].line, found[1]),
        )
    )
    return "".join(f"{unbroken(f'{path}:{line}: {code} {message}')}\n" for path, line, code, message in lines)


def as_table(report: Report) -> str:
    """A row a rule that spoke; empty when none did."""
    from migrator.model.table import table as tabulated  # noqa: PLC0415 - lazy, as `migrate --help` is

    rows = [
        (tally.rule.code, tally.rule.title, *map(_number, (tally.changes, tally.review, tally.person, tally.files)))
        for tally in report.tallies
    ]
    if not rows:
        return ""
    alignment = ("left", "left", "right", "right", "right", "right")
    return tabulated(rows, _HEADERS, tablefmt="simple", colalign=alignment) + "\n"


def _number(count: int) -> str:
    return str(count) if count else ""
