"""Find the templates, in a wheel or a checkout, and fill them in."""

from __future__ import annotations

import shlex
from pathlib import Path

import jinja2

from migrator.model.text import one_line

_PACKAGE = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """``migrator/_templates`` in a wheel, ``templates`` beside the package in a checkout."""
    installed = _PACKAGE / "_templates"
    return installed if installed.is_dir() else _PACKAGE.parent / "templates"


def render(template: str, **values: object) -> str:
    """The text of a template, such as ``report/rewrite.md.j2``; a value it lacks is an error."""
    return environment(html=False).get_template(template).render(**values)


def render_html(template: str, **values: object) -> str:
    """As `render`, with every value escaped for HTML unless it is `Markup`."""
    return environment(html=True).get_template(template).render(**values)


def text_of(name: str) -> str:
    """A file of the templates as it is, such as ``report/rewrite.css``."""
    return (folder() / name).read_text(encoding="utf-8")


def environment(*, html: bool) -> jinja2.Environment:
    """Where templates are found; a value that one lacks is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder()),
        undefined=jinja2.StrictUndefined,
        autoescape=html,  # noqa: S701 - Markdown and configuration files are not HTML
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"line": one_line, "quoted": shlex.quote}
    return made
