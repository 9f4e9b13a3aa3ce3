"""CM305: SubDAGs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_NAME = "airflow.operators.subdag.SubDagOperator"
_HEAD = "from airflow.operators.subdag import SubDagOperator\n\n"


class Subdags(Rule):
    """Find SubDAGs, which a person should turn into task groups.

    They run in Airflow 2.10 and are gone in 3. A task group changes task ids, XCom keys and the
    history of states, so a person decides when.
    """

    code = "CM305"
    name = "subdags"
    safety = Safety.FLAG
    needles = (b"SubDagOperator",)
    watches = (cst.Call,)
    examples = (
        Example("a SubDAG", _HEAD + "SubDagOperator(task_id='a', subdag=f())\n", flagged=True),
        Example("a class of ours", "import airflow\nfrom ours import SubDagOperator\n\nSubDagOperator()\n"),
        Example("a value", _HEAD + "kinds = [SubDagOperator]\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Flag]:
        """Flag the call."""
        if file.called(node) == _NAME:
            yield Flag(node.func, "turn the SubDAG into a TaskGroup: its task ids and XCom keys change")
