"""Mutants of real dumps, and which rows of theirs a mutation touched."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from tests.inventory.snapshot.make_real import REAL, ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

FORMS = (
    "mysql_binary", "mysql_complete", "mysql_default", "mysql_hex", "mysql_ignore", "mysql_latin1",
    "mysql_no_create_complete", "mysql_no_quotes", "mysql_one_line", "mysql_replace", "mysql_rows", "mysql_skip_opt",
    "postgres_column_inserts", "postgres_conflict", "postgres_default", "postgres_inserts", "postgres_latin1",
    "postgres_quoted", "postgres_rows", "postgres_unescaped",
)  # fmt: skip
_SIGNS = b"'\"\\(),;\n\t`-/*$.:0N \r\0"
_JUNK = (b"'", b"''", b"\\", b"\n", b"\\.\n", b"');\n", b"-- ", b"--\n", b"/*", b"*/", b"$$", b"\0", b"INSERT INTO",
         b"COPY public.x (a) FROM stdin;\n", b"\xff", b"\xc3", b"(1,2,3),\n", b"),(", b";\n", b"NULL", b"\t", b"\\N",
         b"CREATE TABLE `x` (\n", b"DELIMITER ;;\n", b"SET NAMES latin1;\n", b"-- Dump completed\n", b"\x80\x81",
         b"E'", b"_binary '", b"0x", b"(" * 500, b"9" * 5000, b"'" * 999, b"\\" * 999, b" " * 20_000)  # fmt: skip
_TOKEN = re.compile(rb"[A-Za-z0-9_]+|'[^'\n]*'|[^\sA-Za-z0-9_]")
_INSERT = re.compile(rb'(?:INSERT (?:IGNORE )?|REPLACE )INTO (?:"?public"?\.)?[`"]?(\w+)[`"]?(?: \([^)\n]*\))? VALUES')
_COPY = re.compile(rb'COPY "?public"?\."?(\w+)"? \(.*\) FROM stdin;\n')
_CREATE = re.compile(rb'CREATE TABLE (?:"?public"?\.)?[`"]?(\w+)[`"]? \(\n')
_SETTING = re.compile(rb"NAMES|client_encoding|TIME_ZONE=|SQL_MODE=|standard_conforming_strings")
ALL, EACH = "*", -1
"""In place of a table, of a row: what a mutation touched says how all of them are read."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """``touched`` are the rows that a mutation changed, by table and place in it; EACH for all of the table."""

    form: str
    kind: str
    data: bytes
    touched: frozenset[tuple[str, int]]

    def spared(self, *rows: tuple[str, int]) -> bool:
        """Whether rows were left as they were, and all that says how they are read."""
        return self.touched.isdisjoint({(ALL, EACH), *rows, *((table, EACH) for table, _ in rows)})


@dataclass(frozen=True, slots=True)
class Span:
    """Where a row lies, or with EACH what says how those of a table are read."""

    start: int
    end: int
    table: str
    place: int

    def is_hit(self, start: int, end: int, new: bytes) -> bool:
        """Whether putting ``new`` in place of what lies there changes it."""
        if start == end:
            return self.start < start < self.end or (start == self.start and not new.endswith(b"\n"))
        return (start < self.end and self.start < end) or (end == self.start and not new.endswith(b"\n"))


def mutant(rng: Random) -> Mutant:
    """A mutated dump."""
    form, kind = rng.choice(FORMS), rng.choice(sorted(_KINDS))
    data = (REAL / f"{form}.sql").read_bytes()
    edits = _KINDS[kind](data, rng)
    if edits is None:
        return Mutant(form, kind, _as_a_whole(data, rng), frozenset({(ALL, EACH)}))
    if any(_SETTING.search(new) for _, _, new in edits):
        return Mutant(form, kind, _edited(data, edits), frozenset({(ALL, EACH)}))
    hit = frozenset((one.table, one.place) for one in spans(form) if any(one.is_hit(*edit) for edit in edits))
    return Mutant(form, kind, _edited(data, edits), hit)


def _edited(data: bytes, edits: Edits) -> bytes:
    for start, end, new in sorted(edits, reverse=True):
        data = data[:start] + new + data[end:]
    return data


@cache
def spans(form: str) -> tuple[Span, ...]:
    """What of a dump is which row."""
    found = list(_found((REAL / f"{form}.sql").read_bytes()))
    counts = {table: len({one.place for one in found if one.table == table} - {EACH}) for table in ROWS}
    odd = {table for table, rows in ROWS.items() if counts[table] != len(rows)}  # several on a line
    assert form == "mysql_one_line" or not odd, (form, odd)
    return tuple(replace(one, place=EACH) if one.table in odd else one for one in found)


def _found(data: bytes) -> Iterator[Span]:
    at, table, mode, counts, row = 0, "", "", Counter[str](), None
    for line in data.splitlines(keepends=True):
        end = at + len(line)
        head = None if b"planted" in line[:60] else _INSERT.match(line) or _CREATE.match(line)
        if mode != "insert":
            head = head or _COPY.match(line)
        begins = mode == "copy" and line != b"\\.\n"
        if head:
            table = head[1].decode()
            mode = {b"CO": "copy", b"CR": "create"}.get(line[:2], "insert")
            yield Span(at, at + head.end(), table, EACH)
            begins = mode == "insert" and bool(line[head.end() :].strip())
        elif mode == "create" or (mode == "copy" and not begins):
            yield Span(at, end, table, EACH)
            mode = "" if line == b"\\.\n" or (mode == "create" and line[:1] == b")") else mode
        elif mode == "insert":
            begins = line.startswith((b"(", b"\t("))
        if begins:
            row = Span(at, end, table, counts[table])
            counts[table] += 1
            yield row
        elif row and mode == "insert" and not line.startswith((b"\n", b"--", b"/*", b"UNLOCK", b"ALTER", b"INSERT")):
            yield (row := replace(row, end=end))
        elif _SETTING.search(line[:200]):
            yield Span(at, end, ALL, EACH)
        at = end


Edits = list[tuple[int, int, bytes]]


def _cut(data: bytes, rng: Random) -> Edits:
    return [(rng.randrange(len(data)), len(data), b"")]


def _flip(data: bytes, rng: Random) -> Edits:
    places = [rng.randrange(len(data)) for _ in range(rng.choice((1, 1, 1, 2, 5)))]
    return [(place, place + 1, bytes([rng.randrange(256)])) for place in dict.fromkeys(places)]


def _sign(data: bytes, rng: Random) -> Edits:
    places = [place for place, sign in enumerate(data) if sign in _SIGNS]
    place = rng.choice(places)
    return [(place, place + 1, rng.choice((b"", bytes([rng.choice(_SIGNS)]), data[place : place + 1] * 2)))]


def _tokens(data: bytes, rng: Random) -> Edits:
    """Two tokens of a line change places."""
    lines = _lines(data)
    for _ in range(50):
        start, end = rng.choice(lines)
        found = list(_TOKEN.finditer(data, start, end))
        if len(found) > 1:
            first, second = sorted(rng.sample(found, 2), key=lambda one: one.start())
            between = data[first.end() : second.start()]
            return [(first.start(), second.end(), second[0] + between + first[0])]
    return []


def _junk(data: bytes, rng: Random) -> Edits:
    place = rng.choice([rng.randrange(len(data)), rng.choice(_lines(data))[0]])
    return [(place, place, rng.choice((*_JUNK, rng.randbytes(rng.randrange(1, 40)))))]


def _doubled(data: bytes, rng: Random) -> Edits:
    start, end = rng.choice(_lines(data))
    return [(end, end, data[start:end] * rng.choice((1, 1, 3, 200)))]


def _left_out(data: bytes, rng: Random) -> Edits:
    lines = _lines(data)
    first = rng.randrange(len(lines))
    last = min(first + rng.choice((0, 0, 1, 8)), len(lines) - 1)
    return [(lines[first][0], lines[last][1], b"")]


def _swapped(data: bytes, rng: Random) -> Edits:
    first, second = sorted(rng.sample(_lines(data), 2))
    return [(*first, data[slice(*second)]), (*second, data[slice(*first)])]


def _recoded(data: bytes, rng: Random) -> Edits:
    """A few lines in another character set."""
    lines = _lines(data)
    first = rng.randrange(len(lines))
    start, end = lines[first][0], lines[min(first + rng.randrange(30), len(lines) - 1)][1]
    text = data[start:end].decode("utf-8", "replace")
    return [
        (start, end, text.encode(rng.choice(("latin-1", "utf-16", "utf-16-le", "cp037", "sjis", "utf-7")), "replace"))
    ]


def _lines(data: bytes) -> list[tuple[int, int]]:
    ends = [one.end() for one in re.finditer(rb"[^\n]*\n", data)]
    return list(zip([0, *ends], ends, strict=False))


def _as_a_whole(data: bytes, rng: Random) -> bytes:
    """The file packed and damaged, in another character set, or after another."""
    packed = bytearray(gzip.compress(data))
    packed[rng.randrange(len(packed))] ^= 1 << rng.randrange(8)
    text = data.decode("latin-1")
    return rng.choice(
        (bytes(packed), bytes(packed[: rng.randrange(len(packed))]), text.encode("utf-16"), text.encode("utf-32"),
         text.encode("utf-7"), data[::-1], data + data, data.replace(b"\n", b"\r"), data.upper(), data.lower(), b"")
    )  # fmt: skip


_KINDS = {
    "cut": _cut, "bytes": _flip, "signs": _sign, "tokens": _tokens, "junk": _junk, "doubled": _doubled,
    "left out": _left_out, "swapped": _swapped, "recoded": _recoded, "whole file": lambda *_: None,
}  # fmt: skip
