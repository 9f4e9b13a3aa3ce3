"""Tables of text for a terminal: a row is one line where it fits, and no line is wider than the terminal."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from migrator.model.text import one_line
from migrator.model.width import width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

GAP = 2
"""Characters between two columns of the forms that fit a terminal, and after the head of one."""
FITTED = frozenset({"simple", "plain"})
NARROWEST = 12
"""A column of prose gets no narrower: below that a row is shown as a block, a line or more for each of its cells."""


def table(rows: Iterable[Sequence[object] | Mapping[str, object]], headers: Any = (), **layout: Any) -> str:  # noqa: ANN401 - as tabulate takes them
    """The rows below their headers, as ``tabulate`` lays them out; a text with line breaks is one line of its cell.

    Numbers stay as they are written (a DAG called 00123 keeps its zeros). ``headers`` may be ``"keys"`` for mappings.
    Where the terminal is narrower (``width.within``), prose is wrapped in its column; where not even that
    fits, each row is a block of lines.
    """
    from tabulate import tabulate  # noqa: PLC0415 - lazy, as `migrate --help` is

    flat = [_flat(row) for row in rows]
    text = tabulate(flat, headers, disable_numparse=True, **layout)
    most = width()
    if most is None or layout.get("tablefmt", "simple") not in FITTED or _widest(text) <= most:
        return text
    heads, cells = _texts(flat, headers)
    columns = _columns(heads, cells, most)
    if columns is None:
        return _blocks(heads, cells, most)
    layout |= {"maxcolwidths": columns, "maxheadercolwidths": columns, "break_on_hyphens": False}
    return tabulate(cells, heads, disable_numparse=True, **layout)


def _flat(row: Sequence[object] | Mapping[str, object]) -> Any:  # noqa: ANN401
    if isinstance(row, dict):
        return {name: _cell(value) for name, value in row.items()}
    return [_cell(value) for value in row]


def _cell(value: object) -> object:
    return one_line(value) if isinstance(value, str) and len(value.splitlines()) > 1 else value


def _texts(rows: list[Any], headers: Any) -> tuple[list[str], list[list[str]]]:  # noqa: ANN401
    """The headers and the cells as texts."""
    if rows and isinstance(rows[0], dict):
        headers, rows = list(rows[0]), [list(row.values()) for row in rows]
    return [str(head) for head in headers], [["" if cell is None else str(cell) for cell in row] for row in rows]


def _columns(heads: list[str], rows: list[list[str]], most: int) -> list[int] | None:
    """How wide each column may be, the widest made narrower first and no word of any broken; None: there is no way."""
    padded = [f"{head}{' ' * GAP}" for head in heads]
    columns = list(zip(*([padded] if heads else []), *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    least = [min(wide, _least(column, headed=bool(heads))) for wide, column in zip(widths, columns, strict=True)]
    room = most - GAP * (len(columns) - 1)
    if sum(least) > room:
        return None
    while sum(widths) > room:
        slack = [wide - low for wide, low in zip(widths, least, strict=True)]
        widest = max((n for n, left in enumerate(slack) if left), key=lambda n: widths[n])
        widths[widest] -= 1
    return widths


def _least(column: Sequence[str], *, headed: bool) -> int:
    """How narrow a column may be: no word of it is broken, and its head is one line."""
    longest = max((len(word) for cell in column for word in cell.split()), default=0)
    return max(NARROWEST, len(column[0]) if headed else 0, longest)


def _blocks(heads: list[str], rows: list[list[str]], most: int) -> str:
    """Each row as lines of ``head  cell``, a blank line between two rows."""
    indent = max(map(len, heads), default=0) + GAP if heads else 0
    return "\n\n".join("\n".join(_block(heads or [""] * len(row), row, indent, most)) for row in rows)


def _block(heads: Sequence[str], row: Sequence[str], indent: int, most: int) -> Iterator[str]:
    for head, cell in zip(heads, row, strict=True):
        lines = wrap(cell, max(most - indent, NARROWEST), break_on_hyphens=False)
        yield from (f"{name:<{indent}}{line}" for name, line in zip([head, *[""] * len(lines)], lines, strict=False))


def _widest(text: str) -> int:
    return max(map(len, text.splitlines()), default=0)
