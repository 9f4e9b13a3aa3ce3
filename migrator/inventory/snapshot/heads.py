"""What the lines of a dump outside of rows say: heads of statements, settings, marks of the tool and of its end."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_HEAD = 1 << 16
"""The longest head of a statement."""
_NAME = r'(?:[`"]?([\w$-]+)[`"]?\.)?[`"]?([\w$-]+)[`"]?'
_COPY = re.compile(rf"COPY\s++{_NAME}\s*+\(([^()]*+)\)\s++FROM\s++stdin;\s*+$", re.IGNORECASE)
_INSERT = re.compile(
    rf"(?:INSERT|REPLACE)\s++(?:(?:IGNORE|DELAYED|LOW_PRIORITY|HIGH_PRIORITY)\s++)*+INTO\s++{_NAME}"
    r"\s*+(?:\(([^()]*+)\)\s*+)?(?:OVERRIDING\s++(?:SYSTEM|USER)\s++VALUE\s++)?VALUES\s*+",
    re.IGNORECASE,
)
_CREATE = re.compile(rf"CREATE TABLE\s++(?:IF NOT EXISTS\s++)?{_NAME}\s*+\(\s*+$", re.IGNORECASE)
_COLUMN = re.compile(r'\s++(?:`([^`]+)`|"([^"]+)"|([\w$]+))\s++"?([a-zA-Z]+)')
_NO_COLUMN = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "KEY", "FOREIGN", "CHECK", "FULLTEXT", "SPATIAL", "INDEX"})
_SECTION = re.compile(
    rf"-- Data for Name: (?P<postgres>[^;]+); Type: TABLE DATA|-- Dumping data for table {_NAME}\s*+$"
    rf"|LOCK TABLES {_NAME} WRITE;"
)
_KNOWN = re.compile(
    r"(?:ALTER|ANALYZE|BEGIN|CALL|CHANGE|COMMENT|COMMIT|CREATE|DELETE|DELIMITER|DO|DROP|END|FLUSH|GRANT|LOCK|REFRESH"
    r"|RESET|REVOKE|ROLLBACK|SAVEPOINT|SECURITY|SELECT|SET|START|TRUNCATE|UNLOCK|UPDATE|USE|WITH)\b",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"\s*+(?:;\s*+)?$|--|#|\\(?!\.)|mysqldump: |mariadb-dump: |Warning: ")
_MYSQL_SIGN = re.compile(r"-- MySQL dump|-- MariaDB dump|/\*M?!|LOCK TABLES|\) ENGINE=|UNLOCK TABLES")
_POSTGRES_SIGN = re.compile(
    r"-- PostgreSQL database dump|-- Dumped (?:from|by)|SET (?:statement_timeout|client_encoding|standard_conforming_"
    r"strings|search_path|row_security)|SELECT pg_catalog|\\(?:connect|restrict)|ALTER TABLE ONLY|-- Data for Name:"
)
SETTINGS = {
    "encoding": re.compile(r"\bNAMES\s*+'?(\w+)'?|\bclient_encoding\s*+(?:=|TO)\s*+'?([\w-]+)'?", re.IGNORECASE),
    "zone": re.compile(r"(?<![@\w])TIME_ZONE\s*+=\s*+'([^']+)'", re.IGNORECASE),
    "mode": re.compile(r"(?<![@\w])SQL_MODE\s*+=\s*+'([^']*)'", re.IGNORECASE),
    "strings": re.compile(r"\bstandard_conforming_strings\s*+=\s*+'?(on|off)\b", re.IGNORECASE),
}
_SET = re.compile(r"(?:/\*M?!\d*+ )?\s*+SET\b", re.IGNORECASE)
_USE = re.compile(r'(?:USE|\\connect)\s++(?:-reuse-previous=on\s++)?[`"]?([\w$-]+)', re.IGNORECASE)
_TIGHT = re.compile(r"\s*+\(\s*+(?:[^'\"(),]++|'[^'\\]*+'),(\s?)")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of COPY, INSERT or CREATE TABLE. ``columns`` is None where it names none; ``end``: where rows begin."""

    table: str
    schema: str
    columns: tuple[str, ...] | None
    end: int
    text: str


def copy_head(line: str) -> Head | None:
    """The head of a COPY block."""
    return _head(_COPY.match(line)) if line[:4].upper() == "COPY" else None


def insert_head(text: str) -> Head | None:
    """The head of an INSERT or REPLACE, whose rows begin at its end."""
    return _head(_INSERT.match(text, 0, MOST_HEAD)) if text[:7].upper().startswith(("INSERT", "REPLACE")) else None


def create_head(line: str) -> Head | None:
    """The head of a CREATE TABLE that has a column a line."""
    found = _CREATE.match(line)
    return Head(found[2], found[1] or "", None, found.end(), found[0]) if found else None


def _head(found: re.Match[str] | None) -> Head | None:
    if found is None:
        return None
    columns = tuple(name.strip().strip('`"') for name in found[3].split(",")) if found[3] is not None else None
    return Head(found[2], found[1] or "", columns, found.end(), found[0])


def column_of(line: str) -> tuple[str, str] | None:
    """The name and type of a column in a CREATE TABLE; a key is none, unless its name is quoted."""
    found = _COLUMN.match(line)
    if found is None or (found[3] and found[3] in _NO_COLUMN):
        return None
    return found[1] or found[2] or found[3], found[4].lower()


def section_of(line: str) -> str:
    """The table whose rows, if it has any, come next; empty where the line does not say."""
    found = _SECTION.match(line)
    return str(found["postgres"] or found[3] or found[5]) if found else ""


def settings_of(line: str) -> dict[str, str]:
    """Character set, time zone and the like that a line sets."""
    if not _SET.match(line):
        return {}
    found = {name: pattern.search(line, 0, MOST_HEAD) for name, pattern in SETTINGS.items()}
    return {name: next(one for one in match.groups() if one is not None) for name, match in found.items() if match}


def database_of(line: str) -> str:
    """The database that a line goes to; empty where it does not."""
    found = _USE.match(line)
    return found[1] if found else ""


def is_mysql(line: str) -> bool | None:
    """Which database's tool wrote this line; None where it does not tell."""
    if _MYSQL_SIGN.match(line):
        return True
    return False if _POSTGRES_SIGN.match(line) else None


def is_mysql_insert(head: Head, rows: str) -> bool | None:
    """Which database's tool writes an INSERT so: mysqldump has no space between values; None where nothing tells."""
    if "`" in head.text or head.text[:7].upper() == "REPLACE" or " IGNORE " in head.text.upper():
        return True
    if head.schema:
        return False
    found = _TIGHT.match(rows, 0, MOST_HEAD)
    return not found[1] if found else None


def is_known(line: str) -> bool:
    """Whether a line begins a statement that dumps have beside rows."""
    return _KNOWN.match(line) is not None


def is_harmless(line: str) -> bool:
    """Whether a line holds nothing: it is empty, a comment or a command to psql."""
    return _HARMLESS.match(line) is not None
