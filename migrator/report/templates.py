"""Find the templates, in a wheel or a checkout, and fill them in."""

from __future__ import annotations

from pathlib import Path

import jinja2

_PACKAGE = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """``migrator/_templates`` in a wheel, ``templates`` beside the package in a checkout."""
    installed = _PACKAGE / "_templates"
    return installed if installed.is_dir() else _PACKAGE.parent / "templates"


def render(template: str, **values: object) -> str:
    """The text of a template, such as ``report/rewrite.md.j2``; a value it lacks is an error."""
    environment = jinja2.Environment(  # noqa: S701 - Markdown and configuration files, not HTML
        loader=jinja2.FileSystemLoader(folder()),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values)
