"""Find the templates, in a wheel or a checkout, and fill them in."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from migrator.model.text import one_line
from migrator.report.escape import code, codes, fenced, link, markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FINALIZE = {"md": markdown}
"""What each value of a template goes through."""
_PACKAGE = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """``migrator/_templates`` in a wheel, ``templates`` beside the package in a checkout."""
    installed = _PACKAGE / "_templates"
    return installed if installed.is_dir() else _PACKAGE.parent / "templates"


def render(template: str, filters: Mapping[str, Callable[..., object]] | None = None, /, **values: object) -> str:
    """The text of a template, such as ``report/rewrite.md.j2``; a value it lacks is an error.

    Every value is escaped for the language that the name says: HTML unless it is `Markup`, Markdown unless it is
    `Markdown`.
    """
    made = environment(language_of(template))
    made.filters |= filters or {}
    return made.get_template(template).render(**values)


def text_of(name: str) -> str:
    """A file of the templates as it is, such as ``report/rewrite.css``."""
    return (folder() / name).read_text(encoding="utf-8")


def language_of(template: str) -> str:
    """What a template makes: ``md`` of ``report/rewrite.md.j2``."""
    return template.removesuffix(".j2").rpartition(".")[2]


def environment(language: str) -> jinja2.Environment:
    """Where templates of a language are found, with its escapes; a value that one lacks is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder()),
        undefined=jinja2.StrictUndefined,
        autoescape=language == "html",  # noqa: S701 - the other languages have escapes of their own
        finalize=FINALIZE.get(language),
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"line": one_line, "quoted": shlex.quote}
    if language == "md":
        made.globals |= {"code": code, "codes": codes, "link": link, "fenced": fenced}
    return made
