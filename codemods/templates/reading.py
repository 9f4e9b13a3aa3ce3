"""Read a template: every place where a variable of 1.10 stands, and what to write there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from codemods.engine.report import Safety
from codemods.templates.lexing import UnreadableTemplateError, parse, words
from codemods.templates.locals import undeclared
from codemods.templates.sites import Marked, expression, spliced
from codemods.templates.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jinja2 import nodes

    from codemods.templates.lexing import Word
    from codemods.templates.variables import Variable

_FORMAT = "format: a date's format() takes other directives since Pendulum 2; strftime() takes those of 1.10"
_DEFAULT = "default_var: the fallback of var.value.get is called default in Airflow 2"
_BOTH = "{}: it is both a variable of Airflow and one of this template: give the template's own another name"


@dataclass(frozen=True, slots=True)
class Site:
    """One place of a template: ``text[start:end]`` should be ``new``; ``new`` None: a person must decide."""

    start: int
    end: int
    line: int
    new: str | None
    safety: Safety
    message: str


@dataclass(frozen=True, slots=True)
class Template:
    """What was found in a text, in order; ``trouble``: its line and why Jinja can't read it."""

    sites: tuple[Site, ...] = ()
    trouble: tuple[int, str] | None = None


def read(text: str, known: Mapping[str, Variable] | None = None) -> Template:
    """Every site of a template. A text without ``{{`` or ``{%`` has none.

    ``known``: the variables to look for, instead of those of 1.10.
    """
    if "{{" not in text and "{%" not in text:
        return Template()
    return _of_1_10(text) if known is None else _read(text, _Table(known))


@lru_cache(4096)
def _of_1_10(text: str) -> Template:
    """A text is read to find its sites, again to write each kind of them, and again where its pieces are joined."""
    return _read(text, _Table(None))


def _read(text: str, table: _Table) -> Template:
    try:
        return Template(tuple(_sites(text, table)))
    except UnreadableTemplateError as error:
        return Template(trouble=(error.line, error.why))


class _Table:
    """The variables that are looked for, and whether what 1.10 called otherwise is too."""

    def __init__(self, known: Mapping[str, Variable] | None) -> None:
        self.variables = variables() if known is None else known
        self.words = frozenset({"format", "default_var"}) if known is None else frozenset[str]()


def _sites(text: str, table: _Table) -> list[Site]:
    names = words(text)
    wanted = [word for word, before in zip(names, [None, *names], strict=False) if _in_question(word, before, table)]
    if not wanted:
        parse(text)
        return []
    marked = Marked(text, wanted)
    new, notes = _decided(marked, text, table)
    found = [*_written(text, marked, new), *notes]
    return sorted(found, key=lambda site: site.start)


def _in_question(word: Word, before: Word | None, table: _Table) -> bool:
    """Whether a name may have to change; the two names of a block must stay alike, so they are passed over."""
    block = before is not None and before.value in {"block", "endblock"}
    return not block and (word.value in table.variables or word.value in table.words)


def _decided(marked: Marked, text: str, table: _Table) -> tuple[dict[str, tuple[str, Safety, str]], list[Site]]:
    """What each mark becomes, and the places that are left to a person."""
    new: dict[str, tuple[str, Safety, str]] = {}
    notes: list[Site] = []
    bound = marked.bound()
    outside = undeclared(text) if bound else frozenset[str]()
    for mark, name in marked.loads().items():
        word = marked.words[mark]
        known = table.variables.get(word.value)
        if known is None or (word.value in bound and word.value not in outside):
            continue
        if word.value in bound:
            notes.append(_note(word, _BOTH.format(word.value)))
        elif known.safety is Safety.FLAG:
            notes.append(_note(word, known.message))
        else:
            new[mark] = (known.printed if marked.printed(name) else known.new, known.safety, known.message)
    new |= {mark: ("strftime", Safety.SAFE, _FORMAT) for mark in marked.formats() if _was(marked, mark, "format")}
    new |= {m: ("default", Safety.SAFE, _DEFAULT) for m in marked.defaults() if _was(marked, m, "default_var")}
    return new, notes


def _was(marked: Marked, mark: str, name: str) -> bool:
    return mark in marked.words and marked.words[mark].value == name


def _note(word: Word, message: str) -> Site:
    return Site(word.start, word.end, word.line, None, Safety.FLAG, message)


def _written(text: str, marked: Marked, new: dict[str, tuple[str, Safety, str]]) -> Iterator[Site]:
    """Each site with its new text, in parentheses where it would mean something else without."""
    plain = {mark: what for mark, (what, _, _) in new.items()}
    together = _means(text, marked, plain, plain)
    for mark, (what, safety, message) in new.items():
        word = marked.words[mark]
        bare = together or _means(text, marked, {mark: what}, {mark: what})
        yield Site(word.start, word.end, word.line, what if bare else f"({what})", safety, message)


def _means(text: str, marked: Marked, written: dict[str, str], meant: dict[str, str]) -> bool:
    """Whether the text with these words in it has the syntax tree that is meant."""
    edits = [(marked.words[mark].start, marked.words[mark].end, what) for mark, what in written.items()]
    try:
        tree: nodes.Template = parse(spliced(text, sorted(edits)))
    except UnreadableTemplateError:
        return False
    return tree == marked.replaced(meant)


def apply(text: str, sites: Iterable[Site]) -> str:
    """The text with these sites rewritten."""
    return spliced(text, [(site.start, site.end, site.new) for site in sites if site.new is not None])


__all__ = ["Site", "Template", "apply", "expression", "read"]
