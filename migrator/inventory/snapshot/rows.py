"""Where a row of a dump becomes a value: one that can't is a problem by its table and key, and the others are kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from migrator.inventory.snapshot.encodings import undecoded
from migrator.inventory.snapshot.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Row = Mapping[str, str | None]

T = TypeVar("T")
KEYS = {
    "alembic_version": ("version_num",),
    "variable": ("key",),
    "connection": ("conn_id",),
    "slot_pool": ("pool",),
    "dag": ("dag_id",),
    "dag_run": ("dag_id", "run_id"),
    "task_instance": ("dag_id", "task_id"),
    "dag_tag": ("dag_id", "name"),
    "serialized_dag": ("dag_id",),
    "import_error": ("filename",),
    "ab_user": ("username",),
    "ab_role": ("name",),
    "ab_user_role": ("user_id", "role_id"),
    "users": ("username",),
}
"""The columns that name a row."""
UNIQUE = frozenset({"variable", "slot_pool", "dag", "dag_run", "serialized_dag", "ab_user", "users"})
MOST = 1000
"""How many problems are named."""
FIX = "fix that row in the source and save the snapshot again, or carry its content over yourself"
_SWITCHES = dict.fromkeys(("t", "true", "1", "\x01"), True) | dict.fromkeys(("f", "false", "0", "\0"), False)
_SCHEDULED = re.compile(r"(scheduled|backfill)__[0-9T:.+-]+")


class OddCellError(ValueError):
    """A column holds what it can't hold; the message names the column, never the value."""


def each(
    table: str, rows: Iterable[Row], make: Callable[..., T], problems: list[Problem], *, first: int = 1
) -> Iterator[T]:
    """What ``make`` gives for each row; whatever goes wrong with one is a problem, as is a NULL or doubled key.

    ``first`` is the number of the first row in its table.
    """
    seen: set[tuple[str, ...]] = set()
    for position, row in enumerate(rows, first):
        try:
            value = _made(table, row, make, seen)
        except Exception as error:  # noqa: BLE001 - a row may hold anything, and must not cost the others
            note(problems, problem(table, row, position, error))
        else:
            yield value


def note(problems: list[Problem], one: Problem) -> None:
    """Add a problem; past MOST of them, say so once."""
    if len(problems) < MOST:
        problems.append(one)
    elif len(problems) == MOST:
        problems.append(Problem("more rows were left out", f"there are more than {MOST} such problems", FIX))


def _made(table: str, row: Row, make: Callable[..., T], seen: set[tuple[str, ...]]) -> T:
    key = keyed(table, row)
    if table in UNIQUE and key in seen:
        raise OddCellError("there is another row of this key, which was taken")
    seen.add(key)
    return make(row)


def keyed(table: str, row: Row) -> tuple[str, ...]:
    """The key of a row; OddCellError where a part of it is NULL, or not there."""
    for column in KEYS[table]:
        if not row.get(column):
            raise OddCellError(f"{column} is {'NULL' if row.get(column) is None else 'empty'}")
        text(row, column)
    return tuple(str(row[column]) for column in KEYS[table])


def problem(table: str, row: Row, number: int, error: Exception) -> Problem:
    """A row that could not be read, by its table and key."""
    why = str(error) if isinstance(error, OddCellError) else f"it cannot be read ({type(error).__name__})"
    return Problem(f"{table} {_name(table, row, number)} was left out", why, FIX)


def _name(table: str, row: Row, number: int) -> str:
    """The key; of a manual run, whose id may say anything, its number in the table."""
    parts = [str(row.get(column) or "") for column in KEYS[table]]
    if table == "dag_run" and not _SCHEDULED.fullmatch(parts[1]):
        parts[1] = f"of id {row.get('id')}" if str(row.get("id") or "").isdigit() else f"number {number}"
    shown = " ".join(part for part in parts if part)
    return shown.encode("utf-8", "backslashreplace").decode() or f"number {number}"


def text(row: Row, column: str) -> str | None:
    """A text, or NULL; OddCellError for bytes that are no text in the dump's character set."""
    value = row.get(column)
    if undecoded(value):
        raise OddCellError(f"{column} holds bytes that are no text in the dump's character set")
    return value


def switch(row: Row, column: str) -> bool:
    """A boolean as both databases write it; NULL, or a column that is not there, is false."""
    value = (text(row, column) or "f").lower()
    if value not in _SWITCHES:
        raise OddCellError(f"{column} is neither true nor false")
    return _SWITCHES[value]


def number(row: Row, column: str) -> int | None:
    """A whole number as databases have them, or NULL."""
    value = text(row, column)
    if value is None:
        return None
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,19}\s*", value):
        raise OddCellError(f"{column} holds no whole number")
    return int(value)


def moment_in(row: Row, column: str) -> datetime | None:
    """A timestamp as both databases write it, or NULL; MySQL's has no zone and is in UTC."""
    written = text(row, column)
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise OddCellError(f"{column} is no date between the years 1 and 9999") from error
