"""The rows of a COPY block: a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.inventory.snapshot.heads import copy_head, is_harmless
from migrator.inventory.snapshot.literals import MOST_ROW, Cell, unescape_copy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.inventory.snapshot.lines import Lines

_ENDS = frozenset({"\\.\n", "\\.\r\n"})


class UnendedRowsError(ValueError):
    """The line that ends a block is not there: the next statement begins."""


def copied(lines: Lines, columns: int, *, wanted: bool) -> Iterator[list[Cell] | str]:
    """The cells of each row, or why it is none; nothing where they are not wanted.

    UnendedRowsError, before a line that is no row of several columns and begins something else.
    """
    while (line := _line(lines, keep=wanted)) not in _ENDS:
        if columns > 1 and line and "\t" not in line and (is_harmless(line) or copy_head(line)):
            lines.push([line])
            raise UnendedRowsError
        if wanted and not line:
            yield f"it is longer than {MOST_ROW >> 20} MiB"
        elif wanted:
            text = line[:-2] if line.endswith("\r\n") else line[:-1]
            yield [unescape_copy(cell) for cell in text.split("\t")]


def _line(lines: Lines, *, keep: bool) -> str:
    """A whole line; empty where it is longer than a row may be, or than a block and not to be kept."""
    piece = lines.next()
    if piece.endswith("\n"):
        return piece
    parts, size = [piece], len(piece)
    while not piece.endswith("\n"):
        piece = lines.next()
        size += len(piece)
        if keep and size <= MOST_ROW:
            parts.append(piece)
    return "".join(parts) if keep and size <= MOST_ROW else ""
