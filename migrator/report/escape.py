"""What a value becomes in a file of each language, so that a template cannot forget to escape one.

A template is of the language that its name says. Plain text is escaped where it is filled in; what is of the language
by intent is made here and marked. Joining marked text with other text gives plain text, which is escaped again: a
mistake is seen on the page and opens nothing.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote, urlsplit

from migrator.model.text import one_line, visible

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&$]|(?<=:)/(?=/)|(?<=\b[wW]{3})\.)")
_AT_THE_START = re.compile(r"^( ?\d{0,9})([-+=:]|(?<=\d)[.)])")
_BETWEEN = re.compile(r"\s+")
_SCHEMES = frozenset({"http", "https"})
_UNQUOTED = "!#$%&'*+,/:;=?@[]~"


class Markdown(str):
    """Text that is Markdown by intent."""

    __slots__ = ()


def markdown(value: object) -> str:
    """The value as Markdown: escaped unless it is `Markdown`."""
    return value if isinstance(value, Markdown) else escaped(str(value))


def escaped(text: object) -> Markdown:
    """Text in which nothing is Markdown, HTML or an address that becomes a link, on one line."""
    line = visible(" ".join(_BETWEEN.split(str(text))))
    return Markdown(_AT_THE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", line)))


def code(text: object) -> Markdown:
    """A code span on one line, in a table or not, whatever is in it; one that no span can hold is text."""
    line = one_line(text)
    if "\\|" in line or not line:
        return escaped(line)
    ticks = "`" * (max(map(len, re.findall("`*", line))) + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return Markdown(f"{ticks}{space}{line.replace('|', chr(92) + '|')}{space}{ticks}")


def codes(texts: object, separator: str = ", ") -> Markdown:
    """A code span for each of these, with the separator between them."""
    return Markdown(separator.join(map(code, texts)))  # type: ignore[call-overload]


def link(text: object, url: str) -> Markdown:
    """A link to a page of the web; only the text where the address is none."""
    if urlsplit(url).scheme.lower() not in _SCHEMES:
        return escaped(text)
    return Markdown(f"[{escaped(text)}]({quote(url, safe=_UNQUOTED)})")


def fenced(text: str, language: str = "") -> Markdown:
    """A block of code, whatever is in it."""
    ticks = "`" * (max(2, *map(len, re.findall("`*", text)), 2) + 1)
    end = "" if text.endswith("\n") else "\n"
    return Markdown(f"{ticks}{language}\n{visible(text)}{end}{ticks}")


def html(text: object) -> Markdown:
    """Text for a line of HTML in Markdown."""
    return Markdown(escape(one_line(text)))
