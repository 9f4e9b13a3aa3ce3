"""What a Markdown document holds: headings with their anchors, links, and blocks of code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 to 6, its text, and the anchor that GitHub gives it."""

    level: int
    text: str
    anchor: str


def headings(text: str) -> tuple[Heading, ...]:
    """All headings in order; the second of one text has the anchor with -1, as GitHub counts."""
    return tuple(_headings(text))


def _headings(text: str) -> Iterator[Heading]:
    seen: dict[str, int] = {}
    tokens = _parsed(text)
    for before, inline in pairwise(tokens):
        if before.type == "heading_open":
            anchor = _anchor(inline)
            count = seen[anchor] = seen.get(anchor, -1) + 1
            yield Heading(int(before.tag[1]), inline.content, f"{anchor}-{count}" if count else anchor)


def links(text: str) -> tuple[str, ...]:
    """The targets of all links and pictures, in order."""
    inner = (child for token in _parsed(text) for child in token.children or ())
    return tuple(str(child.attrs[key]) for child in inner for key in ("href", "src") if key in child.attrs)


def codes(text: str) -> tuple[str, ...]:
    """What stands between backticks within sentences and tables, in order."""
    inner = (child for token in _parsed(text) for child in token.children or ())
    return tuple(child.content for child in inner if child.type == "code_inline")


def fences(text: str) -> tuple[tuple[str, str], ...]:
    """Each block of code with its language, which may be empty."""
    return tuple((token.info.strip(), token.content) for token in _parsed(text) if token.type == "fence")


def _parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def _anchor(heading: Token) -> str:
    shown = "".join(child.content for child in heading.children or ())
    return re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
