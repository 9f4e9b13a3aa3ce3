"""Read rows of a SQL dump, one at a time: pg_dump's COPY blocks and INSERTs, and what mysqldump writes.

Only the tables that are asked for are taken apart; of the others no more than a block of text is held at once.
"""

from __future__ import annotations

import codecs
import contextlib
import gzip
import re
import zlib
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from migrator.errors import UsageError
from migrator.inventory.snapshot.literals import unescape_copy, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK = 1 << 20
MOST_STATEMENT = 256 << 20
"""The longest statement that is taken apart: a variable may have megabytes, and mysqldump joins many rows."""
_NAME = r'(?:[`"]?\w+[`"]?\.)?[`"]?(\w+)[`"]?'
_COPY = re.compile(rf"COPY {_NAME} \((.*)\) FROM stdin;")
_INSERT = re.compile(rf"INSERT (?:IGNORE )?INTO {_NAME}\s*(?:\(([^()]*)\))?\s*VALUES\s*", re.IGNORECASE)
_CREATE = re.compile(rf"CREATE TABLE {_NAME} \(")
_COLUMN = re.compile(r'\s+[`"]?(\w+)[`"]? ')
_NO_COLUMN = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "KEY", "FOREIGN", "CHECK", "FULLTEXT", "SPATIAL", "INDEX"})
_ENDS = ("-- PostgreSQL database dump complete", "-- Dump completed")
_MARKS = ("-- PostgreSQL database dump", "-- MySQL dump", "-- MariaDB dump", "COPY ", "INSERT INTO", "CREATE TABLE")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its columns as text, None for NULL."""

    table: str
    values: dict[str, str | None]


@dataclass(slots=True)
class Dump:
    """A dump that is being read. After the last row, ``whole`` says whether it came to its own end.

    ``seen`` are the tables that were read, ``cut`` is the one within which a dump that is not whole ends.
    """

    path: Path
    wanted: frozenset[str]
    whole: bool = field(default=False, init=False)
    seen: set[str] = field(default_factory=set, init=False)
    cut: str = field(default="", init=False)
    _columns: dict[str, list[str]] = field(default_factory=dict, init=False)
    _inside: str = field(default="", init=False)

    def rows(self) -> Iterator[Row]:
        """Every row of the wanted tables; UsageError for a file that is no SQL text."""
        with self._opened() as handle:
            lines = self._lines(handle)
            with contextlib.suppress(EOFError, zlib.error, gzip.BadGzipFile):  # it is cut, as ``whole`` says
                yield from self._read(lines)
        self.cut = "" if self.whole else self._inside

    def _opened(self) -> IO[bytes]:
        with self.path.open("rb") as probe:
            start = probe.read(2)
        packed = start == b"\x1f\x8b"
        return gzip.open(self.path, "rb") if packed else self.path.open("rb")  # type: ignore[return-value]

    def _lines(self, handle: IO[bytes]) -> Iterator[str]:
        """Lines; one that is longer than a block comes in pieces, of which only the last ends in a newline."""
        first = handle.readline(BLOCK)
        if first.startswith(b"PGDMP") or b"\0" in first:
            raise UsageError(
                f"{self.path} is no SQL text",
                why="it looks like pg_dump's own format" if first.startswith(b"PGDMP") else "it holds binary data",
                fix=f"pg_restore -f {self.path.stem}.sql {self.path}, and name the folder again",
            )
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        line = first
        while line:
            yield decode(line)
            line = handle.readline(BLOCK)

    @property
    def described(self) -> frozenset[str]:
        """The tables whose columns it tells: in a whole dump, one of them without rows is empty."""
        return frozenset(self._columns)

    def _read(self, lines: Iterator[str]) -> Iterator[Row]:
        for line in lines:
            if line.startswith("COPY ") and (found := _COPY.match(line)):
                yield from self._copied(found[1], _names(found[2]), lines)
            elif line.startswith("INSERT") and (found := _INSERT.match(line)):
                yield from self._inserted(found, line, lines)
            elif line.startswith("CREATE TABLE") and (found := _CREATE.match(line)):
                self._columns[found[1]] = list(_columns(_until(lines, ")")))
            elif line.startswith(_ENDS):
                self.whole = True
                self._inside = ""

    def _copied(self, table: str, columns: list[str], lines: Iterator[str]) -> Iterator[Row]:
        self._inside = table
        self.seen.add(table)
        rest = ""
        for piece in lines:
            if table not in self.wanted:
                if piece == "\\.\n" and not rest:
                    break
                rest = "" if piece.endswith("\n") else "more"
                continue
            line = rest + piece
            rest = "" if piece.endswith("\n") else line
            if rest:
                continue
            if line == "\\.\n":
                break
            yield Row(table, dict(zip(columns, map(unescape_copy, line[:-1].split("\t")), strict=False)))
        else:
            return
        self._inside = ""

    def _inserted(self, found: re.Match[str], line: str, lines: Iterator[str]) -> Iterator[Row]:
        table = found[1]
        self._inside = table
        self.seen.add(table)
        mysql = "`" in found[0]
        if table not in self.wanted and mysql:  # a statement is a line
            while not line.endswith("\n"):
                line = next(lines, "\n")
            return
        columns = _names(found[2]) if found[2] else self._columns.get(table, [])
        for values in values_of(self._whole_statement(line[found.end() :], lines), escapes=mysql):
            if table in self.wanted:
                yield Row(table, dict(zip(columns, values, strict=False)))

    def _whole_statement(self, text: str, lines: Iterator[str]) -> Iterator[str]:
        """The pieces of a statement, as they come; EOFError when the file ends before it does."""
        size = 0
        while True:
            size += len(text)
            if size > MOST_STATEMENT:
                raise EOFError
            yield text
            following = next(lines, None)
            if following is None:
                raise EOFError
            text = following


def _names(text: str) -> list[str]:
    return [name.strip().strip('`"') for name in text.split(",")]


def _columns(lines: Iterator[str]) -> Iterator[str]:
    """The names of a CREATE TABLE, whose columns stand on a line each; a key is none, unless its name is quoted."""
    for line in lines:
        found = _COLUMN.match(line)
        if found and (found[0].lstrip()[0] in '`"' or found[1] not in _NO_COLUMN):
            yield found[1]


def _until(lines: Iterator[str], end: str) -> Iterator[str]:
    for line in lines:
        if line.startswith(end):
            return
        yield line


def looks_like_sql(path: Path) -> bool:
    """Whether the file begins as a dump does."""
    try:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as handle:
            head = handle.read(65_536).decode("utf-8", "replace")
    except (OSError, EOFError, zlib.error):
        return False
    return any(mark in head for mark in _MARKS)
