"""A ticket for each DAG with work to do, and for each module that blocks DAGs: Markdown files, or CSV for a tracker."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.model.readiness import Readiness
from migrator.provision.docs.todo import NOBODY
from migrator.report.templates import render

if TYPE_CHECKING:
    from migrator.provision.docs.todo import Module, Work

COLUMNS = ("Summary", "Owner", "Wave", "Readiness", "Minutes", "Labels", "Description")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of a cell that a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection"""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket; ``name`` is the DAG or the module that it is about, ``body`` is Markdown."""

    name: str
    summary: str
    owner: str
    wave: int | None
    readiness: str
    minutes: int
    codes: tuple[str, ...]
    body: str


def tickets(works: tuple[Work, ...], modules: tuple[Module, ...] = ()) -> tuple[Ticket, ...]:
    """Those of modules that many DAGs wait for, then of DAGs that have something to do and are not in v2 already."""
    asked = (work for work in works if work.todos and work.line.place != "v2")
    return (*map(_of_module, modules), *map(_of_dag, asked))


def _of_dag(work: Work) -> Ticket:
    return Ticket(
        work.dag.dag_id,
        f"{work.dag.dag_id}: {len(work.must) or len(work.todos)} to do {work.before}",
        ", ".join(work.dag.owned_by) or NOBODY,
        work.line.wave,
        work.readiness,
        work.minutes,
        tuple(sorted({todo.code for todo in work.todos})),
        render("docs/ticket.md.j2", work=work),
    )


def _of_module(module: Module) -> Ticket:
    count = len(module.dags)
    return Ticket(
        module.file,
        f"{module.file}: {len(module.todos)} to do, {count} {'DAG waits' if count == 1 else 'DAGs wait'} for it",
        ", ".join(module.owners) or NOBODY,
        module.wave,
        Readiness.BLOCKED.value,
        module.minutes,
        tuple(sorted({todo.code for todo in module.todos})),
        render("docs/module.md.j2", module=module),
    )


def as_csv(found: tuple[Ticket, ...]) -> str:
    """One row a ticket."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in found:
        wave = "" if one.wave is None else str(one.wave)
        labels = " ".join(sorted({"composer-migration", *one.codes}))
        row = (one.summary, one.owner, wave, one.readiness, str(one.minutes), labels, one.body)
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return out.getvalue()
