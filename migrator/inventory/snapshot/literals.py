"""Values as SQL dumps write them: COPY's escapes, and the literals of INSERT in both dialects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COPY_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0", "Z": "\x1a"}
_STOP = re.compile(r"['\\]")
_PLAIN = re.compile(r"[^,()'\s]+")


def unescape_copy(text: str) -> str | None:
    r"""A column of a COPY block; ``\N`` is NULL."""
    if text == "\\N":
        return None
    return _COPY_ESCAPE.sub(_copied, text) if "\\" in text else text


def _copied(found: re.Match[str]) -> str:
    octal, hexadecimal, letter = found.groups()
    if octal:
        return chr(int(octal, 8))
    if hexadecimal:
        return chr(int(hexadecimal, 16))
    return _LETTERS.get(letter, letter) if letter not in {"0", "Z"} else letter


def values_of(pieces: Iterator[str], *, escapes: bool) -> Iterator[list[str | None]]:
    """The rows of ``(..), (..), ...;`` whose text comes in pieces; no more than one row and a piece are held.

    ``escapes``: a backslash in a plain literal escapes, as MySQL has it; Postgres says ``E'..'`` for that.
    """
    source = _Source(pieces, escapes=escapes)
    while True:
        mark = source.next_sign()
        if mark == ";":
            return
        if mark == "(":
            yield _row(source)


def _row(source: _Source) -> list[str | None]:
    values: list[str | None] = []
    while True:
        values.append(_value(source))
        if source.next_sign() == ")":
            return values


def _value(source: _Source) -> str | None:
    """One literal: ``NULL``, a number, a word, ``'..'``, ``E'..'``, ``_binary '..'``, ``0x..``."""
    word = source.word()
    if source.peek() != "'":
        return None if word.upper() == "NULL" else word
    return source.quoted(backslashes=word.upper() == "E" or source.escapes)


class _Source:
    """Text that comes in pieces, read from its front."""

    def __init__(self, pieces: Iterator[str], *, escapes: bool) -> None:
        self._pieces, self._text, self._at = pieces, "", 0
        self.escapes = escapes

    def _more(self) -> None:
        self._text, self._at = self._text[self._at :] + next(self._pieces), 0

    def peek(self) -> str:
        """The next sign that is no space."""
        while True:
            while self._at < len(self._text):
                if not self._text[self._at].isspace():
                    return self._text[self._at]
                self._at += 1
            self._more()

    def next_sign(self) -> str:
        sign = self.peek()
        self._at += 1
        return sign

    def word(self) -> str:
        """What stands before a comma, a bracket, a space or a quote; empty before a quote."""
        self.peek()
        while True:
            found = _PLAIN.match(self._text, self._at)
            if found is None:
                return ""
            if found.end() < len(self._text):
                self._at = found.end()
                return found[0]
            self._more()

    def quoted(self, *, backslashes: bool) -> str:
        """A literal in quotes; a doubled quote stands for one."""
        self._at += 1
        parts: list[str] = []
        while True:
            found = _STOP.search(self._text, self._at)
            if found is None or found.end() >= len(self._text):
                keep = len(self._text) if found is None else found.start()
                parts.append(self._text[self._at : keep])
                self._at = keep
                self._more()
                continue
            parts.append(self._text[self._at : found.start()])
            following = self._text[found.end()]
            self._at = found.end() + 1
            if found[0] == "'" and following != "'":
                self._at = found.end()
                return "".join(parts)
            if found[0] == "'":
                parts.append("'")
            elif backslashes:
                parts.append(_LETTERS.get(following, following))
            else:
                parts.append("\\")
                self._at = found.end()
