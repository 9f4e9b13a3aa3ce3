"""CM315: what operators of ours add that the scheduler of Airflow 2 can't serialize."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.constructing import base_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_TASK = "airflow.models.baseoperator.BaseOperator"
_DEPS = (
    "deps of its own: Airflow 2 serializes each DAG, and refuses the whole DAG unless a plugin lists the class of each in "
    "ti_deps: register them, or check the condition in a sensor"
)
_LINKS = (
    "links of its own: Airflow 2 shows them only when a plugin lists their classes in operator_extra_links; get_link now "
    "gets ti_key"
)
_HEAD = "from airflow.models import BaseOperator\n\n\n"


class SerializedOperators(Rule):
    """Find operators with dependencies or links of their own, which Airflow 2 must know from a plugin.

    The scheduler of Airflow 2 reads DAGs in serialized form. A class in ``deps`` that no plugin registers makes the DAG
    an import error; links that none registers are not shown.
    """

    code = "CM315"
    name = "serialized-operators"
    stops = True
    safety = Safety.FLAG
    needles = (b"deps", b"operator_extra_links")
    watches = (cst.ClassDef,)
    examples = (
        Example("a property", _HEAD + "class A(BaseOperator):\n    @property\n    def deps(self):\n"
                "        return super().deps | {Never()}\n", flagged=True),
        Example("an attribute", _HEAD + "class A(BaseOperator):\n    deps = BaseOperator.deps | {Never()}\n", flagged=True),
        Example("links", _HEAD + "class A(BaseOperator):\n    operator_extra_links = (Doc(),)\n", flagged=True),
        Example("no links", _HEAD + "class A(BaseOperator):\n    operator_extra_links = ()\n"),
        Example("another class", "import airflow\n\n\nclass A(object):\n    deps = 1\n"),
        Example("a hook", "from airflow.hooks.base import BaseHook\n\n\nclass A(BaseHook):\n    deps = 1\n"),
        Example("another method", _HEAD + "class A(BaseOperator):\n    def deps_of(self):\n        return self.deps\n"),
    )  # fmt: skip

    def check(self, node: cst.ClassDef, file: File) -> Iterator[Flag]:
        """Look at what the body of an operator binds."""
        base = base_of(node, file)
        if not base or not file.target.is_a(base, _TASK):
            return
        for statement in node.body.body:
            name, value = _bound(statement)
            if name == "deps":
                yield Flag(statement, f"{node.name.value} has {_DEPS}")
            elif name == "operator_extra_links" and not (
                isinstance(value, cst.Tuple | cst.List) and not value.elements
            ):
                yield Flag(statement, f"{node.name.value} has {_LINKS}")


def _bound(statement: cst.CSTNode) -> tuple[str, cst.BaseExpression | None]:
    """The one name that a statement of a class binds, and to what."""
    if isinstance(statement, cst.FunctionDef):
        return statement.name.value, None
    small = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
    if isinstance(small, cst.Assign) and isinstance(small.targets[0].target, cst.Name):
        return small.targets[0].target.value, small.value
    if isinstance(small, cst.AnnAssign) and isinstance(small.target, cst.Name):
        return small.target.value, small.value
    return "", None
