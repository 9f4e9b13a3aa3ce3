"""CM103: star imports from modules of 1.10."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import dotted_text
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File


class StarImports(Rule):
    """Find star imports from modules that moved: in Airflow 2 they import nothing, or fail."""

    code = "CM103"
    name = "star-imports"
    stops = True
    safety = Safety.FLAG
    watches = (cst.ImportFrom,)
    examples = (
        Example("a moved module", "from airflow.operators.bash_operator import *\n", flagged=True),
        Example("contrib", "from airflow.contrib.hooks.fs_hook import *\n", flagged=True),
        Example("a module that stays", "from airflow.models import *\n"),
        Example("named imports", "from airflow.operators.bash_operator import BashOperator\n"),
    )

    def check(self, node: cst.ImportFrom, file: File) -> Iterator[Flag]:
        """Flag a star import from an old module."""
        module = dotted_text(node.module)
        old = module in file.names.modules and module not in file.names.stay
        moved = old or module.startswith("airflow.contrib")
        if isinstance(node.names, cst.ImportStar) and not node.relative and moved:
            yield Flag(node, f"import the names you need from {module} one by one, then rewrite again")
