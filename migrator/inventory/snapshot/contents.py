"""What the database of a snapshot holds, gathered in one pass; runs are kept only as far as they count."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from migrator.inventory.snapshot.dump import Dump
from migrator.inventory.snapshot.rows import OddCellError, each, text
from migrator.inventory.snapshot.serialized import Stored, stored_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from migrator.inventory.snapshot.problems import Problem

Values = dict[str, str | None]
NEEDED = {
    "variable": {"key", "val", "is_encrypted"},
    "connection": {"conn_id", "conn_type", "host", "login", "password", "port", "extra", "is_encrypted"},
    "slot_pool": {"pool", "slots", "description"},
    "dag": {"dag_id", "is_paused", "is_active", "fileloc"},
    "dag_run": {"dag_id", "run_id", "execution_date", "state", "external_trigger"},
}
"""The tables, and the columns without which one cannot be read."""
OPTIONAL = frozenset({"alembic_version", "dag_tag", "import_error", "serialized_dag"})


@dataclass(slots=True)
class Contents:
    """Rows by table. ``odd``: tables without a column that is needed; ``missing``: those that were not, or half, read.

    ``whole`` says whether the dump came to its end.
    """

    tables: defaultdict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    stored: dict[str, Stored] = field(default_factory=dict)
    runs: dict[str, list[tuple[datetime, int, Values]]] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    whole: bool = True
    problems: list[Problem] = field(default_factory=list)

    @property
    def revision(self) -> str:
        """The revision of the database's form."""
        rows = self.tables["alembic_version"]
        return str(rows[0].get("version_num") or "") if rows else ""

    def keep_stored(self, values: Values) -> None:
        """Keep the stored form of a DAG; OddCellError where it can't be read, or the DAG has one already."""
        form = stored_of(values)
        if form.dag_id in self.stored:
            raise OddCellError("there is another row of this key, which was taken")
        self.stored[form.dag_id] = form


def read_contents(path: Path, *, since: datetime, most_runs: int) -> Contents:
    """Read the dump at ``path``; of each DAG the newest ``most_runs`` runs since then are kept."""
    dump, found = Dump(path, frozenset(NEEDED) | OPTIONAL), Contents()
    for number, row in enumerate(dump.rows()):
        lacking = NEEDED.get(row.table, set()) - row.values.keys()
        if lacking:
            found.odd.setdefault(row.table, ", ".join(sorted(lacking)))
        elif row.table == "dag_run":
            one = (row.values,)
            list(each("dag_run", one, lambda it, n=number: _keep_run(found, it, n, since, most_runs), found.problems))
        elif row.table == "serialized_dag":
            list(each("serialized_dag", (row.values,), found.keep_stored, found.problems))
        else:
            found.tables[row.table].append(row.values)
    found.whole = dump.whole
    empty = dump.described if dump.whole else frozenset()
    lost = ({dump.cut} if dump.cut else set()) | (set(NEEDED) - dump.seen - empty)
    for table in lost:
        found.tables.pop(table, None)
        if table == "dag_run":
            found.runs.clear()
    found.missing = tuple(sorted(lost & (set(NEEDED) | OPTIONAL)))
    return found


def _keep_run(found: Contents, values: Values, number: int, since: datetime, most: int) -> None:
    """The newest of each DAG, as the agent answers them."""
    moment = moment_in(values, "execution_date")
    if moment is None:
        raise OddCellError("execution_date is NULL")
    if moment < since:
        return
    heap = found.runs.setdefault(str(values["dag_id"]), [])
    if len(heap) < most:
        heapq.heappush(heap, (moment, number, values))
    else:
        heapq.heappushpop(heap, (moment, number, values))


def moment_in(values: Mapping[str, str | None], column: str) -> datetime | None:
    """A timestamp as both databases write it, or NULL; MySQL's has no zone and is in UTC."""
    written = text(values, column)
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise OddCellError(f"{column} is no date between the years 1 and 9999") from error


def flag(value: str | None) -> bool:
    """A switch as both databases write it."""
    return (value or "").lower() in {"t", "true", "1"}
