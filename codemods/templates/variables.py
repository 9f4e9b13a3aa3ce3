"""The context variables that changed, from ``codemods/tables/template_variables.csv``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from codemods.engine.report import Safety
from codemods.tables import rows


@dataclass(frozen=True, slots=True)
class Variable:
    """What became of one variable.

    ``new`` is a Jinja expression, ``printed`` the one for ``{{ old }}`` alone, ``python`` a key of the context or an
    expression in which ``{}`` is the context. All are empty where a person must decide.
    """

    old: str
    new: str
    printed: str
    python: str
    safety: Safety
    reason: str

    @property
    def message(self) -> str:
        """What is said about a use of it in a template."""
        return f"{self.old}: {self.reason}"


@cache
def variables() -> dict[str, Variable]:
    """Every changed variable by its old name."""
    return {row["old"]: as_variable(row) for row in rows("template_variables")}


def as_variable(row: dict[str, str]) -> Variable:
    """One row of a table of variables."""
    new, printed = row["new"], row["printed"] or row["new"]
    return Variable(row["old"], new, printed, row["python"], Safety(row["safety"]), row["reason"])


def mentions(text: str) -> bool:
    """Whether a text has the name of a changed variable anywhere."""
    return _NAMES().search(text) is not None


@cache
def _NAMES() -> re.Pattern[str]:  # noqa: N802
    return re.compile(rf"\b({'|'.join(variables())})\b")
