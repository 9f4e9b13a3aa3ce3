"""Every command line that the documents show, and those that documents of the program's making show."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from tests import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.j2"))
HOOKS = ROOT / ".pre-commit-hooks.yaml"
SPAN = re.compile(r"``?(migrate [^`]*)``?|<code>(migrate [^<]*)</code>|^(migrate .*)|entry: (migrate .*)", re.MULTILINE)
FILLED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
OPTIONAL = re.compile(r"\s\[[^\]\s]+\]")
SHELL = frozenset({"sh", "bash", "shell", "console"})
SKIPPED = re.compile(r"^(uv run (--no-sync )?|([\d*/,-]+ ){5})")
"""What may stand before a command: the project's own environment, and the five fields of cron."""


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """A command line as the shell takes it: its words, and the document that shows it."""

    words: tuple[str, ...]
    document: str

    @property
    def ours(self) -> bool:
        """Whether it is a command of this program."""
        return self.words[0] == "migrate"

    def __str__(self) -> str:
        return f"{self.document}: {shlex.join(self.words)}"


def lines() -> tuple[Line, ...]:
    """Those of all documents, of templates and of the hooks, each once for a document."""
    found = {line for path in DOCUMENTS for line in of_markdown(path.read_text("utf-8"), _name(path))}
    found |= {line for path in [*TEMPLATES, HOOKS] for line in of_text(path.read_text("utf-8"), _name(path))}
    return tuple(sorted(found))


def blocks(text: str, document: str) -> tuple[tuple[Line, ...], ...]:
    """The lines of each block for a shell, in order."""
    return tuple(
        tuple(line for row in _rows(body) for line in _lines(row, document))
        for language, body in markdown.fences(text)
        if language in SHELL
    )


def of_markdown(text: str, document: str) -> Iterator[Line]:
    """The lines of a document: blocks for a shell in full; elsewhere what begins with this program's name."""
    for block in blocks(text, document):
        yield from block
    others = (row for language, body in markdown.fences(text) if language not in SHELL for row in _rows(body))
    for text_ in (*(row.strip() for row in others), *markdown.codes(text)):
        if SKIPPED.sub("", text_).startswith("migrate "):
            yield from _lines(text_, document)


def of_text(text: str, document: str) -> Iterator[Line]:
    """This program's lines in a text that is no Markdown: between backticks, in code tags, or a line each."""
    for match in SPAN.finditer(FILLED.sub("x", text)):
        yield from _lines(" ".join(next(one for one in match.groups() if one).split()), document)


def _rows(body: str) -> list[str]:
    return body.replace("\\\n", " ").splitlines()


def _lines(row: str, document: str) -> Iterator[Line]:
    """The commands of a row: what a pipe or && joins is several, and so is what a|b spells."""
    for part in re.split(r"\s(?:\|\|?|&&|;)\s", SKIPPED.sub("", row.strip())):
        words = shlex.split(SKIPPED.sub("", OPTIONAL.sub("", part)), comments=True)
        for spelled in product(*(_spelled(word) for word in words)) if words else ():
            yield Line(spelled, document)


def _spelled(word: str) -> list[str]:
    return word.split("|") if re.fullmatch(r"[a-z]+(\|[a-z]+)+", word) else [word]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
