"""Read rows of a SQL dump, one at a time: pg_dump's COPY blocks and INSERTs, and what mysqldump writes.

Only the tables that are asked for are taken apart; of the others no more than a block of text is held at once. What is
no row in the grammar of dumps is a fault of its table, and the rest is read.
"""

from __future__ import annotations

import contextlib
import gzip
import re
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.inventory.snapshot.copying import UnendedRowsError, copied
from migrator.inventory.snapshot.ending import Ending
from migrator.inventory.snapshot.heads import (
    Head,
    column_of,
    copy_head,
    create_head,
    insert_head,
    is_harmless,
    is_known,
    is_mysql_insert,
)
from migrator.inventory.snapshot.lines import Lines, opened
from migrator.inventory.snapshot.literals import BadRowError, Cell, Literals, Long
from migrator.inventory.snapshot.marks import settings_in, tables_in
from migrator.inventory.snapshot.session import WORDS, Session
from migrator.inventory.snapshot.statements import UnendedError, skip, skip_comment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_FAULTS = 20
"""How many faults of a table are told one by one."""
_CHARSET = re.compile(r"CHARSET=(\w+)")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its columns as text, None for NULL. ``number`` counts the table's; ``fault``: why it is none."""

    table: str
    values: dict[str, str | None]
    number: int = 0
    fault: str = ""


@dataclass(slots=True)
class Dump:
    """A dump that is being read. After the last row, ``whole`` says whether it came to its own end.

    ``seen`` are the tables that were read, ``cut`` is the one within which a dump that is not whole ends. ``faults``
    are what could not be read, by table (empty: of none that is known); ``unnamed`` the tables whose columns it does
    not name, ``local`` those whose times are of no known zone. ``damaged``: it could not be unpacked to its end.
    """

    path: Path
    wanted: frozenset[str]
    session: Session = field(default_factory=Session, init=False)
    ending: Ending = field(default_factory=Ending, init=False)
    seen: set[str] = field(default_factory=set, init=False)
    faults: dict[str, list[str]] = field(default_factory=dict, init=False)
    unnamed: set[str] = field(default_factory=set, init=False)
    local: set[str] = field(default_factory=set, init=False)
    damaged: bool = field(default=False, init=False)
    _places: dict[str, tuple[str, str]] = field(default_factory=dict, init=False)
    _counts: Counter[str] = field(default_factory=Counter, init=False)
    _inside: str = field(default="", init=False)
    _tried: int = field(default=0, init=False)
    _unsure: bool = field(default=False, init=False)

    @property
    def whole(self) -> bool:
        """Whether it came to its own end."""
        return self.ending.whole and not self.damaged

    @property
    def cut(self) -> str:
        """The table within which it ends; empty where that is none. After an INSERT there may have been another."""
        return "" if self.whole else self._inside

    @property
    def described(self) -> frozenset[str]:
        """The tables of which it says that they are there: in a whole dump, one of them without rows is empty.

        Where it announces the rows of each table, one that is not announced was lost.
        """
        return frozenset(self.session.announced or self.session.columns)

    def rows(self) -> Iterator[Row]:
        """Every row of the wanted tables; UsageError for a file that is no SQL text."""
        with opened(self.path) as handle:
            lines = Lines(self.path, handle)
            with contextlib.suppress(EOFError, gzip.BadGzipFile, zlib.error):
                while True:
                    yield from self._statement(lines.next(), lines)
            try:
                handle.read(1)  # what is packed and cut fails again
            except (EOFError, gzip.BadGzipFile, zlib.error):
                self.damaged = True

    def _statement(self, line: str, lines: Lines) -> Iterator[Row]:
        lines.marks.clear()
        self._unsure = True
        yield from self._read(line, lines)
        for passed in lines.marks if self._unsure else ():
            self._passed(passed, lines)
            self.session.leave(passed)

    def _passed(self, text: str, lines: Lines, *, own: str = "") -> None:
        """Name what a text says that is read over: whose rows it has, and how those behind it are to be read."""
        for table in self.wanted.intersection(tables_in(text)) - {own}:
            self._fault(table, f"rows of it stand where none can be read (line {lines.number})")
        for name, value in settings_in(text):
            if self.session.doubt(name, value):
                lines.decode(None)
                self._fault("", f"the {WORDS[name]} is set where nothing can be read (line {lines.number})")

    def _read(self, line: str, lines: Lines) -> Iterator[Row]:
        if self.session.look(line):
            self._inside = self.session.section
        self.ending.look(line)
        if line.startswith("/*"):
            self._set(line, lines)
            self._comment(line, lines)
        elif self.session.mysql is not True and (head := copy_head(line)):
            yield from self._copied(head, lines)
        elif head := insert_head(line):
            yield from self._inserted(head, line, lines)
        elif head := create_head(line):
            self._create(head, lines)
        elif is_harmless(line):
            self._passed(line[1:], lines)
            lines.finish(line)
        elif is_known(line):
            self._set(line, lines)
            self._other(line, lines)
        else:
            self._fault(self.session.section, f"line {lines.number} begins no statement that dumps have")
            self._passed(line, lines)
            lines.finish(line)

    def _fault(self, table: str, why: str) -> None:
        known = table in self.wanted
        self._unsure = True
        found = self.faults.setdefault(table if known else "", [])
        why = why if known or not table else f"{why} (in the part of {table})"
        if len(found) < MOST_FAULTS:
            found.append(why)
        elif len(found) == MOST_FAULTS:
            found.append("and more")

    def _set(self, line: str, lines: Lines) -> None:
        if self.session.settings(line):
            encoding = self.session.encoding()
            lines.decode(encoding if encoding.embeds else None)
        self._passed(line[1:], lines)

    def _other(self, line: str, lines: Lines) -> None:
        """Skip a statement without rows; behind one that has no end, each line is taken for one."""
        number = lines.number
        if number <= self._tried and not line.rstrip().endswith(";"):
            self._fault(self.session.section, f"line {number} begins no statement that dumps have")
            lines.finish(line)
            return
        try:
            skip(line, lines, escapes=self.session.dialect().escapes is not False)
        except UnendedError as error:
            self._tried = error.tried
            self._fault(self.session.section, f"the statement of line {number} has no end")

    def _comment(self, line: str, lines: Lines) -> None:
        number = lines.number
        try:
            skip_comment(line, lines)
        except UnendedError:
            self._fault(self.session.section, f"the comment of line {number} has no end")

    def _begin(self, head: Head) -> bool:
        """Note that a table's rows begin; whether they are wanted."""
        section, self._inside = self.session.section, head.table
        if self.session.is_misplaced(head.table):
            self._fault(section, "rows of another table stand in its part")
            self._fault(head.table, f"rows of it stand in the part of {section or 'no table'}")
            return False
        self.session.section = head.table
        self.seen.add(head.table)
        place = (self.session.database, head.schema)
        if self._places.setdefault(head.table, place) == place:
            return head.table in self.wanted
        self._fault(head.table, "the dump holds this table of more than one database or schema, the first was taken")
        return False

    def _create(self, head: Head, lines: Lines) -> None:
        """The columns of a table, which stand on a line each."""
        self.session.section = self._inside = head.table
        columns: dict[str, str] = {}
        while not (line := lines.next()).startswith(")"):
            if not line[0].isspace() or not line.strip():
                self._fault(head.table, f"its columns have no end (line {lines.number})")
                lines.push([line])
                break
            if found := column_of(line):
                columns.setdefault(*found)
            self._passed(line, lines)
            lines.finish(line)
        else:
            self.session.look(line)
            if charset := _CHARSET.search(line):
                self.session.charsets[head.table] = charset[1]
            self._passed(line, lines)
            lines.finish(line)
        self.session.columns.setdefault(head.table, columns)

    def _names(self, head: Head) -> tuple[str, ...] | None:
        """The columns of a head; None where they are not given, or not those of the table."""
        made = tuple(self.session.columns.get(head.table, ()))
        if head.columns is None:
            if not made:
                self.unnamed.add(head.table)
            return made or None
        own = tuple(name for name in made or dict.fromkeys(head.columns) if name in head.columns)
        if own == head.columns:
            return own
        self._fault(head.table, "its columns are not those of its CREATE TABLE")
        return None

    def _row(self, table: str, names: tuple[str, ...], cells: list[Cell]) -> Row:
        self._counts[table] += 1
        number = self._counts[table]
        if len(cells) != len(names):
            self._unsure = True
            return Row(table, {}, number, f"it has {len(cells)} columns where the table has {len(names)}")
        known = {name: cell for name, cell in zip(names, cells, strict=True) if not isinstance(cell, Long)}
        long = ", ".join(name for name in names if name not in known)
        return Row(table, self.session.values(table, known), number, f"{long} is {Long.VALUE.value}" if long else "")

    def _copied(self, head: Head, lines: Lines) -> Iterator[Row]:
        names = self._names(head) if self._begin(head) else None
        try:
            for cells in copied(lines, len(head.columns or ()), wanted=names is not None):
                yield self._row(head.table, names or (), cells)
        except UnendedRowsError:
            self._fault(head.table, f"its rows have no end (line {lines.number})")
        self._inside = ""

    def _inserted(self, head: Head, line: str, lines: Lines) -> Iterator[Row]:
        text = line[head.end :]
        if self.session.mysql is None:
            self.session.mysql = is_mysql_insert(head, text or lines.peek())
        names = self._names(head) if self._begin(head) else None
        if names is not None and self.session.is_local(head.table):
            self.local.add(head.table)
        self._unsure = self.session.dialect().lines
        yield from self._literals(head.table, names, text, lines)

    def _literals(self, table: str, names: tuple[str, ...] | None, text: str, lines: Lines) -> Iterator[Row]:
        """The rows of an INSERT; behind one that is none, those of the lines that begin with one."""
        while True:
            found = Literals(text, lines, self.session.dialect())
            try:
                yield from self._until_end(table, names, found)
                text = found.rest
                break
            except BadRowError as error:
                self._unsure = True
                self._passed(lines.last, lines, own=table)
                self._passed(text, lines, own=table)
                self._fault(table, f"from its row {self._counts[table] + 1} on (line {lines.number}) {error}")
                text = self._behind(found.rest, lines)
            if not text.startswith("("):
                break
        lines.push([text] if text.strip() else [])

    def _until_end(self, table: str, names: tuple[str, ...] | None, found: Literals) -> Iterator[Row]:
        if names is None:
            found.skip()
            return
        while (cells := found.row()) is not None:
            yield self._row(table, names, cells)

    def _behind(self, rest: str, lines: Lines) -> str:
        """The next line that begins a row or statement: MySQL's all do; in Postgres's a text may go over lines."""
        if rest and not rest.endswith("\n"):
            lines.finish(rest)
        line = lines.next()
        while not self.session.mysql and not line.startswith("-- "):
            lines.finish(line)
            line = lines.next()
        return line
