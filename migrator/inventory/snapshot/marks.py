"""What a text that is read over says of what follows in a dump: whose rows come, and how they are to be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migrator.inventory.snapshot.heads import MOST_HEAD, SETTINGS, section_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = r"(?:[`\"]?[\w$-]+[`\"]?\.)?[`\"]?([\w$-]+)"
_INTO = r"(?:INSERT|REPLACE)\s(?:[A-Z_]{1,20}\s){0,4}INTO"
_ROWS = re.compile(
    rf"(?:{_INTO}|COPY|CREATE TABLE(?: IF NOT EXISTS)?|-- Data for Name:|-- Dumping data for table|LOCK TABLES)"
    rf"\s{{1,9}}{_NAME}",
    re.IGNORECASE,
)
_HEAD = re.compile(rf"{_INTO} |COPY [^\n]+ FROM stdin;|CREATE TABLE |LOCK TABLES |USE [`\"]|\\connect ", re.IGNORECASE)
_SET = re.compile(r"(?:/\*M?!\d*+ )?\s?SET\s", re.IGNORECASE)
_ANY_SET = re.compile(r"SET\s[^;\n]{0,400}+", re.IGNORECASE)
_SIGNS = frozenset("IiRrCcLlUuSs\\-/")


def is_mark(line: str) -> bool:
    """Whether a line, read over, would change what follows: it begins rows, or sets how they are to be read."""
    if line[:1] not in _SIGNS:
        return False
    return bool(_HEAD.match(line, 0, MOST_HEAD) or section_of(line) or (_SET.match(line) and dict(settings_in(line))))


def tables_in(text: str) -> Iterator[str]:
    """The tables whose rows, or columns, a text says to follow, wherever in it."""
    for found in _ROWS.finditer(text):
        yield found[1]


def settings_in(text: str) -> Iterator[tuple[str, str]]:
    """Each setting of a text and its value, wherever in it."""
    for part in _ANY_SET.finditer(text):
        for name, pattern in SETTINGS.items():
            if found := pattern.search(part[0]):
                yield name, next(one for one in found.groups() if one is not None)
