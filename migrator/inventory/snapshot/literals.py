"""Values as SQL dumps write them: COPY's escapes, and the literals of INSERT in both dialects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.inventory.snapshot.lines import Lines

MOST_VALUE = 32 << 20
"""The longest value that is kept, as it is written: MySQL's MEDIUMTEXT has 16 MiB, and each sign may be escaped."""
MOST_COLUMNS = 4096
"""The most that a table may have, in MySQL."""
_PART = re.compile(r"(?:[^\\]++|\\(?:[0-7]{1,3}+|x[0-9a-fA-F]{1,2}+|.)|\\\Z){1,4096}+", re.DOTALL)
_COPY_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0", "Z": "\x1a"}
_INSIDE = {
    ("'", True): re.compile(r"[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+", re.DOTALL),
    ("'", False): re.compile(r"[^']*+(?:''[^']*+)*+"),
    ('"', True): re.compile(r'[^"\\]*+(?:(?:\\.|"")[^"\\]*+)*+', re.DOTALL),
    ('"', False): re.compile(r'[^"]*+(?:""[^"]*+)*+'),
}
_ESCAPE = {
    "'": re.compile(r"\\(.)|''", re.DOTALL),
    '"': re.compile(r'\\(.)|""', re.DOTALL),
}
_SPACE = re.compile(r"\s*+")
_WORD = re.compile(r"[^,()'\"\s;\\]*+")
_VALUE = re.compile(r"[-+]?[0-9]++(?:\.[0-9]*+)?(?:[eE][-+]?[0-9]++)?|true|false|null", re.IGNORECASE)
_HEX = re.compile(r"0x((?:[0-9a-fA-F]{2})*+)")
_STATEMENT = re.compile(r"[^\s(),\w.+-]|(?:INTO|SET)\s", re.IGNORECASE)
_REST = {True: re.compile(r"[^'\";]*+"), False: re.compile(r"[^';]*+")}


class Long(Enum):
    """In place of a value that is longer than MOST_VALUE."""

    VALUE = f"longer than {MOST_VALUE >> 20} MiB"


Cell = str | bytes | Long | None


class BadRowError(ValueError):
    """A row that is none in the grammar of dumps; the message says why, never what it holds."""


@dataclass(frozen=True, slots=True)
class Dialect:
    r"""How literals are written.

    ``escapes``: a backslash in a plain literal escapes (None: unknown); ``doubles``: ``".."`` is a literal;
    ``lines``: no literal goes over the end of a line, since the tool writes ``\n`` for it.
    """

    escapes: bool | None
    doubles: bool = False
    lines: bool = False


def unescape_copy(text: str) -> str | None:
    r"""A column of a COPY block; ``\N`` is NULL."""
    if text == "\\N":
        return None
    return _by_parts(_COPY_ESCAPE, _copied, text) if "\\" in text else text


def _by_parts(escape: re.Pattern[str], plain: Callable[[re.Match[str]], str], text: str) -> str:
    """The text with its escapes replaced; as many at a time as take little memory."""
    return "".join(escape.sub(plain, part[0]) for part in _PART.finditer(text))


def _copied(found: re.Match[str]) -> str:
    octal, hexadecimal, letter = found.groups()
    if octal:
        return chr(int(octal, 8) & 0xFF)
    if hexadecimal:
        return chr(int(hexadecimal, 16))
    return _LETTERS.get(letter, letter) if letter not in {"0", "Z"} else letter


class Literals:
    """The text of ``(..), (..), ...;``, read from its front; no more than a row and a piece of it are held."""

    def __init__(self, text: str, lines: Lines, dialect: Dialect) -> None:
        self._text, self._at, self._lines, self._dialect = text, 0, lines, dialect
        self._size, self._keep = 0, True

    @property
    def rest(self) -> str:
        """What was read of the file and not used."""
        return self._text[self._at :]

    def row(self) -> list[Cell] | None:
        """The next row, None at the statement's end; BadRowError for anything else, EOFError for the file's end."""
        sign = self._sign()
        if sign == ",":
            sign = self._sign()
        elif sign not in "(;":
            self._at -= 1
            sign = self._conflict()
        if sign == ";":
            return None
        if sign != "(":
            raise BadRowError("a row begins with no bracket")
        return self._values()

    def _conflict(self) -> str:
        """Go behind the clause with which pg_dump ends an INSERT; the sign that follows."""
        for word in ("ON", "CONFLICT", "DO", "NOTHING"):
            if self._word().upper() != word:
                raise BadRowError("a row begins with no bracket")
        if self._sign() != ";":
            raise BadRowError("its last clause has no end")
        return ";"

    def _values(self) -> list[Cell]:
        values: list[Cell] = []
        while True:
            value = self._value()
            if len(values) <= MOST_COLUMNS:
                values.append(value)
            sign = self._sign()
            if sign == ")":
                return values
            if sign != ",":
                raise BadRowError("a value ends with neither comma nor bracket")

    def skip(self) -> None:
        """Go to the end of the statement; where a text may go over lines, only by rows that are right."""
        self._keep = False
        if not self._dialect.lines:
            while self.row() is not None:
                pass
            return
        self._to_end()

    def _to_end(self) -> None:
        inside = _REST[self._dialect.doubles]
        while True:
            found = inside.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if found and _STATEMENT.search(found[0]):
                raise BadRowError("another statement begins in it")
            if self._at == len(self._text):
                self._more()
                continue
            sign, self._at = self._text[self._at], self._at + 1
            if sign == ";":
                return
            self._quoted(sign, escapes=self._dialect.escapes)

    def _more(self) -> None:
        self._text, self._at = self._text[self._at :] + self._lines.next(), 0

    def _sign(self) -> str:
        """The next sign that is no space."""
        self._spaces()
        self._at += 1
        return self._text[self._at - 1]

    def _spaces(self) -> None:
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return
            self._more()

    def _word(self) -> str:
        """What stands before a comma, a bracket, a space or a quote; empty before a quote."""
        self._spaces()
        parts: list[str] = []
        while True:
            found = _WORD.match(self._text, self._at)
            self._at = found.end() if found else self._at
            part = found[0] if found else ""
            self._size += len(part)
            if self._size <= MOST_VALUE or not self._keep:
                parts.append(part if self._keep else part[:8])
            if self._at < len(self._text):
                return "".join(parts)
            self._more()

    def _value(self) -> Cell:
        """One literal: ``NULL``, a number, ``'..'``, ``E'..'``, ``_binary '..'``, ``0x..``, ``x'..'``."""
        self._size = 0
        word = self._word()
        if self._size > MOST_VALUE and self._keep:
            return Long.VALUE
        kind = word.lower()
        if kind in {"_binary", "n"}:
            self._spaces()
        sign = self._text[self._at]
        if sign == "'" or (sign == '"' and self._dialect.doubles):
            return self._literal(kind, sign)
        if _VALUE.fullmatch(word):
            return None if kind == "null" else word
        if found := _HEX.fullmatch(word):
            return bytes.fromhex(found[1])
        raise BadRowError("a value is neither number, text, NULL, true nor false")

    def _literal(self, kind: str, sign: str) -> Cell:
        self._at += 1
        text = self._quoted(sign, escapes=True if kind == "e" else self._dialect.escapes)
        if kind in {"", "e", "n", "_binary"} or isinstance(text, Long):
            return text
        if kind == "x" and re.fullmatch(r"(?:[0-9a-fA-F]{2})*+", text):
            return bytes.fromhex(text)
        if kind == "b" and re.fullmatch(r"[01]{1,64}", text):
            return str(int(text, 2))
        raise BadRowError("a value is of a form that dumps do not have")

    def _quoted(self, sign: str, *, escapes: bool | None) -> str | Long:
        """What stands up to the closing quote; a doubled quote stands for one."""
        inside, parts = _INSIDE[sign, escapes is not False], []
        while True:
            found = inside.match(self._text, self._at)
            part = found[0] if found else ""
            self._at += len(part)
            self._size += len(part)
            if self._keep and self._size <= MOST_VALUE:
                parts.append(self._plain(part, sign, escapes=escapes))
            if self._at + 1 < len(self._text):
                self._at += 1
                return "".join(parts) if self._size <= MOST_VALUE else Long.VALUE
            if self._dialect.lines and self._text.endswith("\n"):
                raise BadRowError("a text does not end on its line")
            self._more()

    def _plain(self, part: str, sign: str, *, escapes: bool | None) -> str:
        if "\\" in part and escapes is None:
            raise BadRowError("a backslash may stand for itself or for the sign behind it, and nothing tells which")
        if "\\" not in part or not escapes:
            return part.replace(sign * 2, sign)
        return _by_parts(_ESCAPE[sign], lambda found: _LETTERS.get(found[1], found[1]) if found[1] else sign, part)
