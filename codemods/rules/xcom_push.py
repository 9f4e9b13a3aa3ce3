"""CM302: pushing an operator's result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.report import Fix
from codemods.engine.rule import Example, Rule
from codemods.support.calls import rename_keyword
from codemods.support.constructing import constructs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HEAD = "from airflow.operators.bash import BashOperator\n\n"


class XcomPush(Rule):
    """Ask for an operator's result with ``do_xcom_push=``: ``xcom_push=`` raises in Airflow 2."""

    code = "CM302"
    name = "xcom-push"
    needles = (b"xcom_push",)
    watches = (cst.Call,)
    examples = (
        Example(
            "an operator",
            _HEAD + "BashOperator(task_id='a', bash_command='b', xcom_push=True)\n",
            _HEAD + "BashOperator(task_id='a', bash_command='b', do_xcom_push=True)\n",
        ),
        Example(
            "a subclass",
            _HEAD + "\nclass Ours(BashOperator):\n    def __init__(self, **more):\n"
            "        super(Ours, self).__init__(xcom_push=True, **more)\n",
            _HEAD + "\nclass Ours(BashOperator):\n    def __init__(self, **more):\n"
            "        super(Ours, self).__init__(do_xcom_push=True, **more)\n",
        ),
        Example("already right", _HEAD + "BashOperator(task_id='a', bash_command='b', do_xcom_push=False)\n"),
        Example("the method", _HEAD + "ti.xcom_push(key='a', value=1)\n"),
        Example(
            "an operator of ours that has a parameter of that name",
            _HEAD + "\nclass Ours(BashOperator):\n    def __init__(self, xcom_push=False, **more):\n"
            "        super().__init__(**more)\n\n\nOurs(xcom_push=True)\n",
        ),
        Example("an operator of ours", _HEAD + "OurOperator(xcom_push=True)\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix]:
        """Rename the keyword of an operator of Airflow."""
        old = argument(node, "xcom_push")
        if old is not None and constructs(node, file, "xcom_push") and argument(node, "do_xcom_push") is None:
            yield Fix(old, "xcom_push is do_xcom_push in Airflow 2", (rename_keyword(old, "do_xcom_push"),))
