"""CM305: SubDAGs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import literal
from codemods.engine.report import Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.calls import remove_keyword
from codemods.support.constructing import constructs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_NAME = "airflow.operators.subdag.SubDagOperator"
_HEAD = "from airflow.operators.subdag import SubDagOperator\n\n"


class Subdags(Rule):
    """Find SubDAGs, which a person should turn into task groups.

    They run in Airflow 2.10 and are gone in 3. A task group changes task ids, XCom keys and the
    history of states, so a person decides when. An executor of their own, which raises, is taken away: Airflow 2
    schedules their tasks like all others, several at once.
    """

    code = "CM305"
    name = "subdags"
    safety = Safety.FLAG
    needles = (b"SubDagOperator",)
    watches = (cst.Call,)
    examples = (
        Example("a SubDAG", _HEAD + "SubDagOperator(task_id='a', subdag=f())\n", flagged=True),
        Example(
            "an executor",
            _HEAD + "SubDagOperator(task_id='a', executor=SequentialExecutor(), subdag=f())\n",
            _HEAD + "SubDagOperator(task_id='a', subdag=f())\n",
            unsafe=True,
            flagged=True,
        ),
        Example(
            "an executor that nothing else uses",
            "from airflow.executors import get_default_executor\n"
            + _HEAD
            + "SubDagOperator(task_id='a', executor=get_default_executor(), subdag=f())\n",
            _HEAD + "SubDagOperator(task_id='a', subdag=f())\n",
            unsafe=True,
            flagged=True,
        ),
        Example(
            "an executor that something else uses",
            "from airflow.executors import get_default_executor\n"
            + _HEAD
            + "SubDagOperator(task_id='a', executor=get_default_executor(), subdag=f(get_default_executor))\n",
            "from airflow.executors import get_default_executor\n"
            + _HEAD
            + "SubDagOperator(task_id='a', subdag=f(get_default_executor))\n",
            unsafe=True,
            flagged=True,
        ),
        Example("a class of ours", "import airflow\nfrom ours import SubDagOperator\n\nSubDagOperator()\n"),
        Example("a value", _HEAD + "kinds = [SubDagOperator]\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Flag the call, and take its executor away."""
        if constructs(node, file, "executor") != _NAME:
            return
        executor = argument(node, "executor")
        if file.called(node) == _NAME:
            yield Flag(node.func, "turn the SubDAG into a TaskGroup: its task ids and XCom keys change")
        if executor is not None and literal(executor.value) is None:
            message = "a SubDAG has no executor of its own in Airflow 2: its tasks run like all others"
            edits, takes = (remove_keyword(node, "executor"),), _named(executor.value)
            yield Fix(executor, message, edits, safety=Safety.UNSAFE, takes=takes)


def _named(value: cst.BaseExpression) -> tuple[cst.CSTNode, ...]:
    """The name of the executor's class, or of the function that gives it: nothing else may need its import."""
    name = value.func if isinstance(value, cst.Call) and not value.args else value
    return (name,) if isinstance(name, cst.Name | cst.Attribute) else ()
