"""CM304: callables that made the payload of a triggered run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_NAME = "airflow.operators.trigger_dagrun.TriggerDagRunOperator"
_HEAD = "from airflow.operators.trigger_dagrun import TriggerDagRunOperator\n\n"


class TriggerDagrunCallable(Rule):
    """Find ``TriggerDagRunOperator(python_callable=)``, which raises in Airflow 2.

    The payload goes into ``conf=`` (templated). Where the callable decided whether to trigger at
    all, put a ``ShortCircuitOperator`` before the task.
    """

    code = "CM304"
    name = "trigger-dagrun-callable"
    safety = Safety.FLAG
    needles = (b"TriggerDagRunOperator",)
    watches = (cst.Call,)
    examples = (
        Example("a callable", _HEAD + "TriggerDagRunOperator(task_id='a', python_callable=f)\n", flagged=True),
        Example(
            "imported from its old place",
            "from airflow.operators.dagrun_operator import TriggerDagRunOperator as T\n\nT(python_callable=f)\n",
            flagged=True,
        ),
        Example("conf", _HEAD + "TriggerDagRunOperator(task_id='a', conf={'a': 1})\n"),
        Example("another operator", _HEAD + "PythonOperator(task_id='a', python_callable=f)\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Flag]:
        """Flag the keyword."""
        old = argument(node, "python_callable")
        if old is not None and file.called(node) == _NAME:
            message = (
                "pass the payload as conf=; if the callable may decline, put a ShortCircuitOperator before the task"
            )
            yield Flag(old, message)
