"""A ticket for each DAG that something is to be done for, as Markdown files or as CSV that a tracker imports."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.provision.docs.todo import NOBODY
from migrator.report.templates import render

if TYPE_CHECKING:
    from migrator.provision.docs.todo import Work

COLUMNS = ("Summary", "Owner", "Wave", "Readiness", "Minutes", "Labels", "Description")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of a cell that a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection"""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket; ``body`` is Markdown."""

    work: Work
    summary: str
    owner: str
    body: str


def tickets(works: tuple[Work, ...]) -> tuple[Ticket, ...]:
    """Those of DAGs that have something to do, and are not in v2 already."""
    return tuple(
        Ticket(
            work,
            f"{work.dag.dag_id}: {len(work.must) or len(work.todos)} to do {work.before}",
            ", ".join(work.dag.owned_by) or NOBODY,
            render("docs/ticket.md.j2", work=work),
        )
        for work in works
        if work.todos and work.line.place != "v2"
    )


def as_csv(found: tuple[Ticket, ...]) -> str:
    """One row a ticket."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in found:
        wave = "" if one.work.line.wave is None else str(one.work.line.wave)
        labels = " ".join(sorted({"composer-migration", *(todo.code for todo in one.work.todos)}))
        row = (one.summary, one.owner, wave, one.work.readiness, str(one.work.minutes), labels, one.body)
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return out.getvalue()
