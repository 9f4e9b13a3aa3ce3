"""Whether a dump came to its own end: the line that its tool writes last, with nothing behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from migrator.inventory.snapshot.heads import is_harmless

_MYSQL = re.compile(r"-- Dump completed(?: on +\d{4}-\d\d-\d\d(?: +\d?\d:\d\d:\d\d)?)?+(?:[ \t\r]*+\n|(?<=:\d\d)$)")
_POSTGRES = re.compile(r"-- PostgreSQL database dump complete\r?\n")
_HEADERS = ("-- MySQL dump", "-- MariaDB dump", "-- PostgreSQL database dump")


@dataclass(slots=True)
class Ending:
    """``headed``: it has the comment with which dumps begin, so it should have the one with which they end."""

    headed: bool = False
    _ended: bool = False
    _closing: bool = False
    _restricted: str = ""

    @property
    def whole(self) -> bool:
        """Whether the end was reached."""
        return self._ended and not self._restricted

    def look(self, line: str) -> None:
        """Look at a line that is no row."""
        if self._closing:
            self._ended, self._closing = line.startswith("--"), False
        if _MYSQL.match(line):
            self._ended = True
        elif _POSTGRES.fullmatch(line):
            self._ended, self._closing = False, True
        elif line.startswith(_HEADERS):
            self.headed, self._ended = True, False
        elif not is_harmless(line):
            self._ended = False
        if line.startswith("\\restrict "):
            self._restricted = line.rsplit(maxsplit=1)[-1]
        elif line[:200].split() == ["\\unrestrict", self._restricted]:
            self._restricted = ""
