"""CP204: names that Python 3.11 no longer has."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_file
from migrator.assess.examples import added
from migrator.assess.model import Problem, Severity
from migrator.assess.tables import rows
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile


@of_file(
    "CP204",
    Severity.ERROR,
    fix="Use what took its place; most of them are in Python 3.8 too, so v1 can have it first.",
    link="https://docs.python.org/3.11/whatsnew/3.10.html#removed",
    holds=Readiness.PERSON,
    stops=True,
    minutes=15,
    examples=(
        Example("An abstract class of collections", 1, added("\nfrom collections import Mapping\n")),
        Example("The same as an attribute", 1, added("\nimport collections\ncollections.Iterable\n")),
        Example("A module that is gone", 1, added("\nimport formatter\n")),
        Example("A function that is gone", 1, added("\nimport inspect\ninspect.getargspec(print)\n")),
        Example(
            "Where it is now",
            files=added("\nfrom collections.abc import Mapping\nfrom collections import OrderedDict\n"),
        ),
        Example(
            "A try that has the answer",
            files=added(
                "\ntry:\n    from collections.abc import Set\nexcept ImportError:\n    from collections import Set\n"
            ),
        ),
    ),
)
def python_name_gone(file: SourceFile) -> Iterator[Problem]:
    """Tell which names of the standard library the target's Python 3.11 no longer has.

    v1 runs Python 3.8 or older; what was deprecated there is gone.
    """
    gone = {row["name"]: row for row in rows("removed_python")}
    spared = file.guarded
    for name, line in sorted({*_used(file)}, key=lambda found: found[::-1]):
        if name in gone and line not in spared:
            instead = gone[name]["instead"]
            yield Problem(
                f"{name} is gone since Python {gone[name]['since']}" + (f": use {instead}" if instead else ""), line
            )


def _used(file: SourceFile) -> Iterator[tuple[str, int]]:
    yield from file.imports
    yield from (
        (name, node.lineno)
        for node in file.nodes
        if isinstance(node, ast.Import)
        for name in [a.name for a in node.names]
    )
    for node in file.nodes:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
        elif isinstance(node, ast.Attribute) and (name := file.dotted(node)):
            yield name, node.lineno
