"""The rows of a COPY block: a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.inventory.snapshot.heads import copy_head, is_harmless
from migrator.inventory.snapshot.literals import MOST_COLUMNS, MOST_VALUE, Cell, Long, unescape_copy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.inventory.snapshot.lines import Lines

_ENDS = frozenset({"\\.\n", "\\.\r\n"})


class UnendedRowsError(ValueError):
    """The line that ends a block is not there: the next statement begins."""


def copied(lines: Lines, columns: int, *, wanted: bool) -> Iterator[list[Cell]]:
    """The cells of each row; nothing where they are not wanted.

    UnendedRowsError, before a line that is no row of several columns and begins something else.
    """
    while (line := lines.next()) not in _ENDS:
        if columns > 1 and "\t" not in line and (is_harmless(line) or copy_head(line)):
            lines.push([line])
            raise UnendedRowsError
        if not wanted:
            lines.finish(line)
        elif line.endswith("\n"):
            yield [unescape_copy(cell) for cell in _without_end(line).split("\t")]
        else:
            yield _long(line, lines)


def _long(piece: str, lines: Lines) -> list[Cell]:
    """The cells of a line that comes in pieces, of which this is the first."""
    cells: list[Cell] = []
    parts: list[str] = []
    size = 0
    while True:
        *whole, rest = piece.split("\t")
        for text in whole:
            parts.append(text)
            cells.append(_joined(parts, size + len(text)))
            size = 0
        del cells[MOST_COLUMNS + 1 :]
        size += len(rest)
        if size > MOST_VALUE:
            parts.clear()
        parts.append(rest)
        if rest.endswith("\n"):
            cells.append(_joined([_without_end("".join(parts))], size))
            return cells[: MOST_COLUMNS + 1]
        piece = lines.next()


def _joined(parts: list[str], size: int) -> Cell:
    """The cell of these parts, which are given up."""
    text = "".join(parts)
    parts.clear()
    return unescape_copy(text) if size <= MOST_VALUE else Long.VALUE


def _without_end(line: str) -> str:
    return line[:-2] if line.endswith("\r\n") else line[:-1]
