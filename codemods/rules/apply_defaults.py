"""CM104: the decorator that Airflow 2 applies by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Edit, Fix, Flag, ImportEdit
from codemods.engine.rule import Example, Rule
from codemods.tables import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.engine.scopes import Import

TARGET = "airflow.utils.decorators.apply_defaults"


class ApplyDefaults(Rule):
    """Delete ``@apply_defaults`` and its import: every operator of Airflow 2 does what it did."""

    code = "CM104"
    name = "apply-defaults"
    rebuilds = True  # it takes the import, which then moves nowhere
    needles = (b"apply_defaults",)
    watches = (cst.Module,)
    examples = (
        Example(
            "from where 1.10 had it as well",
            "from airflow.utils import apply_defaults\n\n\n"
            "class A:\n    @apply_defaults\n    def __init__(self):\n        pass\n",
            "\n\nclass A:\n    def __init__(self):\n        pass\n",
        ),
        Example(
            "the decorator and its import",
            "from airflow.models import BaseOperator\nfrom airflow.utils.decorators import apply_defaults\n\n\n"
            "class A(BaseOperator):\n    @apply_defaults\n    def __init__(self, **kwargs):\n        pass\n",
            "from airflow.models import BaseOperator\n\n\n"
            "class A(BaseOperator):\n    def __init__(self, **kwargs):\n        pass\n",
        ),
        Example(
            "other decorators and comments stay",
            "# ours\nfrom airflow.utils.decorators import apply_defaults\nimport functools\n\n\n"
            "class A:\n    # why\n    @functools.wraps(len)\n    # defaults\n    @apply_defaults\n"
            "    def __init__(self):\n        pass\n",
            "# ours\nimport functools\n\n\n"
            "class A:\n    # why\n    @functools.wraps(len)\n    # defaults\n    def __init__(self):\n        pass\n",
        ),
        Example(
            "the import was all a block had",
            "def f():\n    from airflow.utils.decorators import apply_defaults\n",
            "def f():\n    pass\n",
        ),
        Example(
            "passed on as a value",
            "from airflow.utils.decorators import apply_defaults\n\nwrap = apply_defaults\n",
            flagged=True,
        ),
        Example(
            "another decorator", "from airflow.decorators import task\n\n\n@task\ndef apply_defaults():\n    pass\n"
        ),
        Example(
            "a decorator of ours",
            "import airflow\nfrom ours import apply_defaults\n\n\n@apply_defaults\ndef f():\n    pass\n",
        ),
        Example(
            "in a try",
            "try:\n    from airflow.utils.decorators import apply_defaults\nexcept ImportError:\n"
            "    def apply_defaults(f):\n        return f\n",
        ),
    )

    def check(self, node: cst.Module, file: File) -> Iterator[Fix | Flag]:  # noqa: ARG002
        """Delete each import of it whose uses are all decorators."""
        dropped: set[cst.CSTNode] = set()
        for imported in file.bindings.imports:
            in_try = any(isinstance(a, cst.Try) for a in file.ancestors(imported.alias))
            if canonical(imported.target) == TARGET and not in_try:
                yield _report(imported, file, dropped)


def _report(imported: Import, file: File, dropped: set[cst.CSTNode]) -> Fix | Flag:
    decorators = [file.bindings.parents.get(use.nodes[0]) for use in imported.uses]
    if not all(isinstance(decorator, cst.Decorator) for decorator in decorators):
        return Flag(
            imported.alias, "apply_defaults does nothing in Airflow 2: delete it by hand, it is used as a value"
        )
    edits: list[Edit | ImportEdit] = [_drop(one, file) for one in decorators if one is not None and one not in dropped]
    dropped.update(one for one in decorators if one is not None)
    edits = [ImportEdit(imported), *edits]
    return Fix(imported.alias, "apply_defaults is automatic in Airflow 2", tuple(edits), takes=(imported.alias,))


def _drop(decorator: cst.CSTNode, file: File) -> Edit:
    function = file.bindings.parents[decorator]
    assert isinstance(function, cst.FunctionDef | cst.ClassDef)  # noqa: S101 - only these have decorators
    at = list(function.decorators).index(decorator)  # type: ignore[arg-type]
    return Edit(function, lambda updated: _without(updated, at))


def _without(function: cst.FunctionDef, at: int) -> cst.FunctionDef:
    gone = function.decorators[at]
    kept = [d for i, d in enumerate(function.decorators) if i != at]
    comments = [line for line in gone.leading_lines if line.comment]
    if gone.trailing_whitespace.comment:
        comments.append(cst.EmptyLine(comment=gone.trailing_whitespace.comment))
    if at < len(kept):
        kept[at] = kept[at].with_changes(leading_lines=[*comments, *kept[at].leading_lines])
        return function.with_changes(decorators=kept)
    return function.with_changes(decorators=kept, lines_after_decorators=[*comments, *function.lines_after_decorators])
