"""What the database of a snapshot holds, gathered in one pass; runs are kept only as far as they count."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from migrator.inventory.snapshot.dump import Dump, Row
from migrator.inventory.snapshot.past import Past
from migrator.inventory.snapshot.revisions import AIRFLOW
from migrator.inventory.snapshot.rows import OddCellError, each, moment_in, note, problem
from migrator.inventory.snapshot.serialized import Stored, stored_of
from migrator.inventory.snapshot.users import COLUMNS, kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from migrator.inventory.snapshot.problems import Problem

Values = dict[str, str | None]
TASKS = "task_instance"
NEEDED = {
    "variable": {"key", "val", "is_encrypted"},
    "connection": {"conn_id", "conn_type", "host", "login", "password", "port", "extra", "is_encrypted"},
    "slot_pool": {"pool", "slots", "description"},
    "dag": {"dag_id", "is_paused", "is_active", "fileloc"},
    "dag_run": {"dag_id", "run_id", "execution_date", "state", "external_trigger"},
}
"""The tables, and the columns without which one cannot be read."""
OPTIONAL = frozenset({"alembic_version", "dag_tag", "import_error", "serialized_dag", TASKS, *COLUMNS})
SINCE = {"import_error": (1, 10, 0), "serialized_dag": (1, 10, 7), "dag_tag": (1, 10, 8)}
"""Which Airflow has a table first: a damaged dump without it has lost it."""


@dataclass(slots=True)
class Contents:
    """Rows by table. ``odd``: tables without a column that is needed; ``missing``: those that were not, or half, read.

    ``dump`` is what was read, which says whether it came to its end and what of it is damaged.
    """

    dump: Dump

    tables: defaultdict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    stored: dict[str, Stored] = field(default_factory=dict)
    runs: dict[str, list[tuple[datetime, int, Values]]] = field(default_factory=dict)
    past: Past = field(default_factory=Past)
    odd: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether the dump came to its own end."""
        return self.dump.whole

    @property
    def revision(self) -> str:
        """The revision of the database's form."""
        rows = self.tables["alembic_version"]
        return str(rows[0].get("version_num") or "") if rows else ""

    def is_lost(self, table: str) -> bool:
        """Whether rows of a table were lost that nobody can name."""
        return table in {*self.missing, *self.odd, *self.dump.unnamed, *self.dump.faults} or "" in self.dump.faults

    def is_damaged(self, table: str) -> bool:
        """Whether rows of a table were lost."""
        lost = {*self.missing, *self.odd, *self.dump.unnamed, *self.dump.faults}
        return table in lost or any(one.what.startswith(f"{table} ") for one in self.problems)

    def keep_stored(self, values: Values) -> None:
        """Keep the stored form of a DAG; OddCellError where it can't be read, or the DAG has one already."""
        form = stored_of(values)
        if form.dag_id in self.stored:
            raise OddCellError("there is another row of this key, which was taken")
        self.stored[form.dag_id] = form


def read_contents(path: Path, *, since: datetime, most_runs: int) -> Contents:
    """Read the dump at ``path``; of each DAG the newest ``most_runs`` runs since then are kept."""
    dump = Dump(path, frozenset(NEEDED) | OPTIONAL)
    found = Contents(dump)
    for row in dump.rows():
        lacking = NEEDED.get(row.table, set()) - row.values.keys()
        if row.fault:
            found.past.doubtful |= {""} if row.table == "dag_run" else set()
            note(found.problems, problem(row.table, row.values, row.number, OddCellError(row.fault)))
        elif lacking:
            found.odd.setdefault(row.table, ", ".join(sorted(lacking)))
        elif row.table == "dag_run":
            taken = _take(found, row, partial(_keep_run, found, number=row.number, since=since, most=most_runs))
            found.past.doubtful |= set() if taken else {row.values["dag_id"] or ""}
        elif row.table == TASKS:
            _take(found, row, found.past.keep_task)
        elif row.table == "serialized_dag":
            _take(found, row, found.keep_stored)
        else:
            found.tables[row.table].append(kept(row.table, row.values) if row.table in COLUMNS else row.values)
    lost = _lost(dump, found)
    for table in lost:
        found.tables.pop(table, None)
        if table == "dag_run":
            found.runs.clear()
            found.past.clear()
        elif table == "serialized_dag":
            found.stored.clear()
    left = lost - dump.unnamed - dump.local
    _read_tasks_again(found)
    found.missing = (*sorted(left & {*NEEDED, dump.cut}), *sorted(left - {*NEEDED, dump.cut}))
    return found


def _take(found: Contents, row: Row, keep: Callable[[Values], None]) -> bool:
    """Whether the row was taken; else it is a problem."""
    return bool(list(each(row.table, (row.values,), keep, found.problems, first=row.number)))


def _read_tasks_again(found: Contents) -> None:
    """Where tasks stand before the runs they belong to, as no program writes them."""
    if found.past.again:
        found.past.forget_tasks()
        for row in Dump(found.dump.path, frozenset({TASKS})).rows():
            list(each(TASKS, (row.values,), found.past.keep_task, []))


def _lost(dump: Dump, found: Contents) -> set[str]:
    """The tables of which nothing, or not all, could be read."""
    empty = dump.described if dump.whole else frozenset()
    release = tuple(map(int, AIRFLOW.get(found.revision, "2.10.5").split(".")))
    known = {name for name, first in SINCE.items() if first <= release}
    damaged = known if dump.faults or not dump.whole else set()
    lost = ({*NEEDED, *damaged} - dump.seen - empty) | dump.unnamed | (dump.local & {"dag_run"})
    return (lost | {dump.cut}) & (set(NEEDED) | OPTIONAL)


def _keep_run(found: Contents, values: Values, number: int, since: datetime, most: int) -> None:
    """The newest of each DAG, as the agent answers them."""
    moment = moment_in(values, "execution_date")
    if moment is None:
        raise OddCellError("execution_date is NULL")
    found.past.keep_run(values, moment, number)
    if moment < since:
        return
    heap = found.runs.setdefault(str(values["dag_id"]), [])
    if len(heap) < most:
        heapq.heappush(heap, (moment, number, values))
    else:
        heapq.heappushpop(heap, (moment, number, values))
