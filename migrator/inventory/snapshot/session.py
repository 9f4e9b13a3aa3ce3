"""What a dump has said up to a line: whose it is, its settings and its tables; and what its literals mean by that."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.inventory.snapshot.encodings import BINARY, Encoding, encoding_of, kept, undecoded
from migrator.inventory.snapshot.heads import database_of, is_mysql, section_of, settings_of
from migrator.inventory.snapshot.literals import Cell, Dialect, Long

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "unknown"
"""A setting that is said in a part which could not be read. Of a set of that name only ASCII is text."""
WORDS = {"encoding": "character set", "zone": "time zone", "mode": "SQL mode", "strings": "meaning of backslashes"}
_UNSAID = {"encoding": "utf8", "strings": "on"}
BYTES = frozenset({"conf", "data_compressed"})
"""Columns that hold bytes; MySQL's become ``0x..``, as Postgres's are ``\\x..``."""
_OFFSET = re.compile(r"[+-]\d\d:\d\d")
_UTC = frozenset({"UTC", "GMT", "Etc/UTC", "+00:00", "-00:00"})


@dataclass(slots=True)
class Session:
    """``mysql`` is None while nothing tells which database wrote it; ``section`` is the table whose rows come next.

    ``columns`` are the types of each table's columns, by name. ``announced`` are the tables whose rows it announces.
    """

    mysql: bool | None = None
    section: str = ""
    database: str = ""
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    charsets: dict[str, str] = field(default_factory=dict)
    announced: set[str] = field(default_factory=set)
    _set: dict[str, str] = field(default_factory=dict)
    _signed: bool = False

    def look(self, line: str) -> bool:
        """Learn whose dump it is, and whose rows come next, from a line that holds none; whether those are others."""
        if self.mysql is None:
            self.mysql = is_mysql(line)
            self._signed = self.mysql is not None
        if table := section_of(line):
            self.section = table
            self.announced.add(table)
        self.database = database_of(line) or self.database
        return bool(table)

    def is_misplaced(self, table: str) -> bool:
        """Whether rows of a table come where those of another are announced, or of one that was not created."""
        if self.announced:
            return table != self.section
        return bool(self.columns) and table not in self.columns

    def settings(self, line: str) -> bool:
        """Learn what a line sets; whether that is the character set."""
        found = settings_of(line)
        self._set |= found
        return "encoding" in found

    def leave(self, line: str) -> None:
        """Hold the database for another one where a line that was read over goes to one."""
        if database := database_of(line):
            self.database = f"{database}, or {self.database}"

    def doubt(self, name: str, value: str) -> bool:
        """Hold a setting for unknown, since a part that was read over sets it; False where that changes nothing."""
        if self._set.get(name, _UNSAID.get(name, "")).lower() == value.lower():
            return False
        self._set[name] = UNKNOWN
        return True

    def encoding(self, table: str = "") -> Encoding:
        """The character set of what follows; mysqldump and pg_dump write UTF-8 where they do not say."""
        name = self._set.get("encoding", "utf8").lower()
        if name == BINARY:
            name = self.charsets.get(table, "utf8mb4")
        return encoding_of(name, mysql=self.mysql is not False)

    @property
    def lossy(self) -> str:
        """The character set for whose lack of signs MySQL wrote ``?``; empty where it has all that are common."""
        encoding = self.encoding()
        if "encoding" not in self._set and "ANSI" in self._set.get("mode", "").upper():
            return "latin1"  # mysqldump --compatible writes it without a word
        return encoding.name if self.mysql and not encoding.holds_all else ""

    def dialect(self) -> Dialect:
        """How literals are written."""
        if not self.mysql:
            strings = self._set.get("strings")
            unsaid = None if self.mysql is None else False
            return Dialect({None: unsaid, "off": True, "on": False}.get(strings and strings.lower()))
        mode = self._set.get("mode", "").upper()
        escapes = None if mode == UNKNOWN.upper() else "NO_BACKSLASH_ESCAPES" not in mode
        return Dialect(escapes, doubles="ANSI" not in mode, lines=bool(escapes) and self._signed)

    def is_local(self, table: str) -> bool:
        """Whether a table's times are of no known zone: MySQL writes those of a TIMESTAMP as the session has it."""
        zone, types = self._set.get("zone", ""), self.columns.get(table)
        told = zone in _UTC or _OFFSET.fullmatch(zone)
        return bool(self.mysql) and not told and (types is None or "timestamp" in types.values())

    def values(self, table: str, cells: Mapping[str, Cell]) -> dict[str, str | None]:
        """The columns of a row as text."""
        encoding, types = self.encoding(table), self.columns.get(table, {})
        return {name: self._text(name, cell, encoding, types.get(name, "")) for name, cell in cells.items()}

    def _text(self, name: str, cell: Cell, encoding: Encoding, kind: str) -> str | None:
        if cell is None or isinstance(cell, Long):
            return None
        if name in BYTES and (self.mysql or isinstance(cell, bytes)):
            return f"0x{_bytes(cell, encoding).hex()}"
        if isinstance(cell, bytes):
            return encoding.text(cell)
        if self.mysql and kind == "timestamp" and _OFFSET.fullmatch(zone := self._set.get("zone", "")):
            return cell + zone
        return cell if cell.isascii() else self._decoded(cell, encoding)

    def _decoded(self, cell: str, encoding: Encoding) -> str:
        if not encoding.embeds:
            return encoding.text(cell.encode("latin-1"))
        if undecoded(cell):
            return kept(encoding.data(cell))
        # MySQL's sjis has the backslash at the place of the wide one
        return cell.replace("\uff3c", "\\") if self.mysql and encoding.name == "sjis" else cell


def _bytes(cell: str | bytes, encoding: Encoding) -> bytes:
    if isinstance(cell, bytes):
        return cell
    return encoding.data(cell) if encoding.embeds else cell.encode("latin-1")
