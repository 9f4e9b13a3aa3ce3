"""CM310: tasks that are compared where they were meant to be chained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Edit, Fix, Safety
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HEAD = (
    "from airflow.operators.bash import BashOperator\n\na = BashOperator()\nb = BashOperator()\nc = BashOperator()\n"
)


class TaskComparisons(Rule):
    """Chain tasks with ``>>`` where a statement only compares them with ``>``.

    In 1.10 such a statement did nothing, so the tasks had no edges; Airflow 2 gives ``>`` to lineage and raises
    ("is not an outlet"). Written as ``>>`` the edges that were meant exist: the DAG's structure changes, so review it.
    """

    code = "CM310"
    name = "task-comparisons"
    safety = Safety.UNSAFE
    needles = (b">", b"<")
    watches = (cst.Comparison,)
    examples = (
        Example("a chain", _HEAD + "a > b > c\n", _HEAD + "a >> b >> c\n", unsafe=True),
        Example("the other way", _HEAD + "a < b  # first b\n", _HEAD + "a << b  # first b\n", unsafe=True),
        Example("without --unsafe", _HEAD + "a > b\n", flagged=True),
        Example("a comparison that is used", _HEAD + "x = a > b\n", unsafe=True),
        Example("numbers", "import airflow\n\nx, y = 1, 2\nx > y\n", unsafe=True),
        Example("already a chain", _HEAD + "a >> b\n", unsafe=True),
    )

    def check(self, node: cst.Comparison, file: File) -> Iterator[Fix]:
        """A statement that is nothing but tasks compared, all in one direction."""
        kinds = {type(one.operator) for one in node.comparisons}
        statement = isinstance(file.bindings.parents.get(node), cst.Expr)
        tasks = [node.left, *(one.comparator for one in node.comparisons)]
        if statement and kinds <= {cst.GreaterThan} | {cst.LessThan} and len(kinds) == 1 and _all_tasks(tasks, file):
            yield Fix(node, "tasks are chained with >> and <<, not compared", (Edit(node, _chained),))


def _all_tasks(nodes: list[cst.BaseExpression], file: File) -> bool:
    """Whether each is a name that the file gives to a call of something of Airflow."""
    return all(isinstance(node, cst.Name) and any(_made(node.value, file)) for node in nodes)


def _made(name: str, file: File) -> Iterator[bool]:
    for assign in file.spelled.all(cst.Assign, name):
        yield isinstance(assign.value, cst.Call) and file.called(assign.value).startswith("airflow.")


def _chained(updated: cst.Comparison) -> cst.BaseExpression:
    result = updated.left
    for one in updated.comparisons:
        shift = cst.RightShift if isinstance(one.operator, cst.GreaterThan) else cst.LeftShift
        result = cst.BinaryOperation(result, shift(), one.comparator)
    return result.with_changes(lpar=updated.lpar, rpar=updated.rpar)
