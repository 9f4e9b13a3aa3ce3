"""CM206: tasks that were given to a DAG with ``>>``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import dotted_text
from codemods.engine.report import Edit, Fix, Flag
from codemods.engine.rule import Example, Rule
from codemods.support.dags import holds_dag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HEAD = "from airflow import DAG\n\ndag = DAG('a', schedule=None)\n"


class DagShift(Rule):
    """Give a task to its DAG with ``task.dag = dag``: ``dag >> task`` raises in Airflow 2.

    A statement that goes on (``dag >> a >> b``) keeps its rest as a statement of its own.
    """

    code = "CM206"
    name = "dag-shift"
    needles = (b">>", b"<<")
    watches = (cst.Expr,)
    examples = (
        Example("a task", _HEAD + "dag >> task  # ours\n", _HEAD + "task.dag = dag  # ours\n"),
        Example("the other way", _HEAD + "task << dag\n", _HEAD + "task.dag = dag\n"),
        Example(
            "a chain",
            _HEAD + "dag >> a >> b >> [c, d]  # all\n",
            _HEAD + "a.dag = dag\na >> b >> [c, d]  # all\n",
        ),
        Example(
            "in a block",
            "from airflow.models import DAG\n\nwith DAG('a', schedule=None) as d:\n    d >> tasks['x']\n",
            "from airflow.models import DAG\n\nwith DAG('a', schedule=None) as d:\n    tasks['x'].dag = d\n",
        ),
        Example("several tasks", _HEAD + "dag >> [a, b]\n", flagged=True),
        Example("a task that is made there", _HEAD + "dag >> make('x')\n", flagged=True),
        Example("a result that is used", _HEAD + "last = dag >> a\n"),
        Example("tasks alone", _HEAD + "a >> b\n"),
        Example("something else called dag", "import airflow\n\ndag = graph()\ndag >> a\n"),
    )

    def check(self, node: cst.Expr, file: File) -> Iterator[Fix | Flag]:
        """Look at statements that shift, where a DAG is at the beginning."""
        first = _first(node.value)
        task = _beside_dag(first, file) if first is not None else None
        if task is None:
            return
        if isinstance(task, cst.Name | cst.Attribute | cst.Subscript):
            line = file.bindings.parents.get(node)
            alone = isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
            edit = Edit(line if line is not None and alone else node, lambda updated: _changed(updated, file, node))
            yield Fix(node, "dag >> task raises in Airflow 2: the task's dag is set", (edit,))
        else:
            yield Flag(node, "dag >> task raises in Airflow 2: pass dag=dag to the task, or set its dag")


def _first(node: cst.BaseExpression) -> cst.BinaryOperation | None:
    """The shift that happens first in a chain of them."""
    while isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.RightShift | cst.LeftShift):
        if not isinstance(node.left, cst.BinaryOperation):
            return node
        node = node.left
    return None


def _beside_dag(node: cst.BinaryOperation, file: File) -> cst.BaseExpression | None:
    """What a DAG is shifted with; 1.10 took either direction for the same thing."""
    left, right = (holds_dag(dotted_text(side), file) for side in (node.left, node.right))
    if left == right:
        return None
    return node.right if left else node.left


def _changed(updated: cst.CSTNode, file: File, node: cst.Expr) -> cst.CSTNode | cst.FlattenSentinel[cst.CSTNode]:
    """The assignment, and after it what is left of the chain."""
    line = updated if isinstance(updated, cst.SimpleStatementLine) else None
    statement = line.body[0] if line is not None else updated
    old = _first(node.value)
    if old is None or not isinstance(statement, cst.Expr):
        return updated
    assign, rest = _split(statement.value, on_left=holds_dag(dotted_text(old.left), file))
    if rest is None:
        return updated.with_changes(body=[assign]) if line is not None else assign
    further = statement.with_changes(value=rest)
    if line is None:
        return cst.FlattenSentinel([assign, further])
    above = line.with_changes(body=[assign], trailing_whitespace=cst.TrailingWhitespace())
    return cst.FlattenSentinel([above, line.with_changes(body=[further], leading_lines=[])])


def _split(chain: cst.BaseExpression, *, on_left: bool) -> tuple[cst.Assign, cst.BaseExpression | None]:
    first = _first(chain)
    assert first is not None  # noqa: S101 - it was a chain before other edits, and no rule undoes one
    task, dag = (first.right, first.left) if on_left else (first.left, first.right)
    target = cst.Attribute(task.with_changes(lpar=[], rpar=[]), cst.Name("dag"))
    assign = cst.Assign([cst.AssignTarget(target)], dag.with_changes(lpar=[], rpar=[]))
    return assign, None if chain is first else _with(chain, first, task)


def _with(chain: cst.BaseExpression, first: cst.BinaryOperation, task: cst.BaseExpression) -> cst.BaseExpression:
    """The chain that begins with the task where it began with the DAG."""
    if chain is first:
        return task
    assert isinstance(chain, cst.BinaryOperation)  # noqa: S101 - see _first
    return chain.with_changes(left=_with(chain.left, first, task))
