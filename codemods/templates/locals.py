"""Which variables a template takes from outside, its own ``set``, loops and macros respected."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment
from jinja2.exceptions import TemplateError
from jinja2.meta import find_undeclared_variables


class _Every(dict[str, Any]):
    """Has every filter and test: which ones there are is known only on the target."""

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401, ARG002 - as dict.get
        return str


@cache
def _environment() -> Environment:
    environment = Environment(extensions=["jinja2.ext.do"])  # noqa: S701 - nothing is rendered
    environment.filters, environment.tests = _Every(), _Every()
    return environment


def undeclared(text: str) -> frozenset[str]:
    """The variables that a readable template takes from outside."""
    environment = _environment()
    try:
        return frozenset(find_undeclared_variables(environment.parse(text)))
    except TemplateError:
        return frozenset()
