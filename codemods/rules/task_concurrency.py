"""CM205: how many instances of a task run at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import requoted
from codemods.engine.report import Edit, Fix
from codemods.engine.rule import Example, Rule
from codemods.support.calls import rename_keyword
from codemods.support.constructing import constructs
from codemods.support.default_args import default_arg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_NEW = "max_active_tis_per_dag"


class TaskConcurrency(Rule):
    """Limit a task's instances with ``max_active_tis_per_dag=``, which ``task_concurrency=`` became in Airflow 2.2."""

    code = "CM205"
    name = "task-concurrency"
    since = "2.2"
    needles = (b"task_concurrency",)
    watches = (cst.Call, cst.DictElement)
    examples = (
        Example(
            "an operator",
            "from airflow.operators.bash import BashOperator\n\nBashOperator(task_id='a', task_concurrency=1)\n",
            "from airflow.operators.bash import BashOperator\n\nBashOperator(task_id='a', max_active_tis_per_dag=1)\n",
        ),
        Example(
            "default_args",
            "from airflow import DAG\n\ndefault_args = {'task_concurrency': 1}\n",
            "from airflow import DAG\n\ndefault_args = {'max_active_tis_per_dag': 1}\n",
        ),
        Example("another dictionary", "from airflow import DAG\n\nsettings = {'task_concurrency': 1}\n"),
        Example("another function", "import airflow\nfrom ours import f\n\nf(task_concurrency=1)\n"),
    )

    def check(self, node: cst.Call | cst.DictElement, file: File) -> Iterator[Fix]:
        """Rename the keyword of an operator, or the key in ``default_args``."""
        message = "task_concurrency is max_active_tis_per_dag since Airflow 2.2"
        if isinstance(node, cst.DictElement):
            if default_arg(node, file) == "task_concurrency" and isinstance(node.key, cst.SimpleString):
                yield Fix(node, message, (Edit(node.key, lambda updated: requoted(updated, _NEW)),))
            return
        old = argument(node, "task_concurrency")
        if old is not None and constructs(node, file, "task_concurrency") and argument(node, _NEW) is None:
            yield Fix(old, message, (rename_keyword(old, _NEW),))
