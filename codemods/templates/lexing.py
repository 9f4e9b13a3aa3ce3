"""Find the names in a Jinja template, at their places in the text as it is written."""

from __future__ import annotations

import re
from bisect import bisect_left
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment
from jinja2.exceptions import TemplateSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import nodes

_NEWLINE = re.compile(r"\r\n|\r")


class UnreadableTemplateError(Exception):
    """A text that Jinja can't read: ``line`` (from 1) and why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line
        self.why = why


@dataclass(frozen=True, slots=True)
class Word:
    """A name inside ``{{ }}`` or ``{% %}``: its place in the text, and its line (from 1)."""

    value: str
    start: int
    end: int
    line: int


@cache
def _environment() -> Environment:
    """Jinja as an operator uses it (``do`` as in airflow-1.10.15 models/dag.py get_template_env)."""
    return Environment(keep_trailing_newline=True, extensions=["jinja2.ext.do"])  # noqa: S701 - nothing is rendered


def parse(text: str) -> nodes.Template:
    """The syntax tree. Raises UnreadableTemplateError."""
    with _readable():
        return _environment().parse(text)


def words(text: str) -> list[Word]:
    """The names in the expressions of a template, in order. Raises UnreadableTemplateError."""
    with _readable():
        found = list(_words(_NEWLINE.sub("\n", text)))
    wide = [at - number for number, at in enumerate(m.start() for m in re.finditer("\r\n", text))]
    if not wide:
        return found
    return [replace(w, start=w.start + bisect_left(wide, w.start), end=w.end + bisect_left(wide, w.end)) for w in found]


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except TemplateSyntaxError as error:
        raise UnreadableTemplateError(error.lineno, error.message or "") from error
    except (RecursionError, ValueError) as error:
        raise UnreadableTemplateError(1, str(error)) from error


def _words(text: str) -> Iterator[Word]:
    """The lexer leaves the whitespace before ``{%-`` out of its stream: it is skipped here."""
    at = 0
    for line, kind, value in _environment().lexer.tokeniter(text, None):
        while not text.startswith(value, at) and at < len(text) and text[at].isspace():
            at += 1
        if not text.startswith(value, at):
            raise TemplateSyntaxError("its tokens can't be found in the text", line)
        if kind == "name":
            yield Word(value, at, at + len(value), line)
        at += len(value)
