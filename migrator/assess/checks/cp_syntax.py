"""CP205: files that are no Python 3.11."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_file
from migrator.assess.examples import added
from migrator.assess.model import Problem, Severity
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile


@of_file(
    "CP205",
    Severity.ERROR,
    fix="Correct the file so that Python 3.11 reads it: python3.11 -m py_compile FILE.",
    link="https://docs.python.org/3/howto/pyporting.html",
    holds=Readiness.PERSON,
    stops=True,
    minutes=60,
    examples=(
        Example("Python 2's print", 1, added("\nprint 'loaded'\n")),
        Example("A name that became a keyword", 1, added("\nasync = True\n")),
        Example("An argument twice", 1, added("\nf(a=1, a=2)\n")),
        Example("Python 3"),
        Example("With syntax that came later than v1's Python", files=added("\nmatch 1:\n    case _:\n        pass\n")),
    ),
)
def syntax_of_another_python(file: SourceFile) -> Iterator[Problem]:
    """Tell which files Python 3.11 cannot read.

    Python 2 code runs on some v1 environments still; the rewrite leaves such files alone.
    """
    if file.error:
        yield Problem(f"Python 3.11 cannot read it: {file.error}", file.error_line)
