"""CM311: two tasks of a DAG with one id."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import dotted_text, literal
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.dags import makes_dag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codemods.engine.file import File

_BASH = "from airflow.operators.bash import BashOperator\n\n"
_BRANCHES = (cst.If, cst.IfExp, cst.Try, cst.For, cst.While, cst.FunctionDef, cst.Lambda, cst.ClassDef)


class DuplicateTaskIds(Rule):
    """Find two tasks with one id in a DAG: 1.10 warned and dropped the first, Airflow 2 raises.

    Only tasks beside each other are compared: not those in branches, loops and functions, or in task groups.
    """

    code = "CM311"
    name = "duplicate-task-ids"
    stops = True
    safety = Safety.FLAG
    needles = (b"task_id",)
    watches = (cst.Module,)
    examples = (
        Example(
            "two in a DAG",
            _BASH + "a = BashOperator(task_id='a', dag=dag)\nb = BashOperator(task_id='a', dag=dag)\n",
            flagged=True,
        ),
        Example(
            "two in a block",
            "from airflow import DAG\n" + _BASH + "with DAG('x', schedule=None):\n    BashOperator(task_id='a')\n"
            "    BashOperator(task_id='a')\n",
            flagged=True,
        ),
        Example(
            "in two DAGs",
            _BASH + "a = BashOperator(task_id='a', dag=dag)\nb = BashOperator(task_id='a', dag=another)\n",
        ),
        Example(
            "in two DAGs of one name",
            _BASH + "dag = f('x')\na = BashOperator(task_id='a', dag=dag)\n"
            "dag = f('y')\na = BashOperator(task_id='a', dag=dag)\n",
        ),
        Example(
            "in two blocks",
            "from airflow import DAG\n" + _BASH + "with DAG('x', schedule=None):\n    BashOperator(task_id='a')\n"
            "with DAG('y', schedule=None):\n    BashOperator(task_id='a')\n",
        ),
        Example(
            "in two branches",
            _BASH + "if x:\n    BashOperator(task_id='a', dag=dag)\nelse:\n    BashOperator(task_id='a', dag=dag)\n",
        ),
        Example("ids that differ", _BASH + "BashOperator(task_id='a', dag=dag)\nBashOperator(task_id='b', dag=dag)\n"),
    )

    def check(self, node: cst.Module, file: File) -> Iterator[Flag]:  # noqa: ARG002
        """Compare the ids of the tasks of each DAG."""
        seen: set[tuple[str, object]] = set()
        counts = Counter(name.value for name in _assigned(file))
        for call in file.bindings.nodes[cst.Call]:
            found = argument(call, "task_id") if isinstance(call, cst.Call) else None
            task = literal(found.value) if found is not None else None
            if not isinstance(call, cst.Call) or task is None or not file.called(call).startswith("airflow."):
                continue
            dag = _dag(call, file, counts)
            if dag is not None and (task, dag) in seen:
                yield Flag(call, f"a task of this DAG has the id {task!r} already, which raises: rename one of them")
            seen.add((task, dag))


def _dag(call: cst.Call, file: File, counts: Mapping[str, int]) -> object | None:
    """What stands for the task's DAG: the name it is passed by, or the block around it; None when it can't be told."""
    block: object | None = None
    for around in file.ancestors(call):
        if isinstance(around, _BRANCHES):
            return None
        if isinstance(around, cst.With) and block is None:
            calls = [item.item for item in around.items if isinstance(item.item, cst.Call)]
            if not any(makes_dag(one, file) for one in calls):
                return None
            block = around
    passed = argument(call, "dag")
    if passed is None:
        return block
    name = dotted_text(passed.value)
    return name if name and counts.get(name, 0) < 2 else None


def _assigned(file: File) -> list[cst.Name]:
    """The names that assignments give a value."""
    targets = [t.target for n in file.bindings.nodes[cst.Assign] if isinstance(n, cst.Assign) for t in n.targets]
    return [target for target in targets if isinstance(target, cst.Name)]
