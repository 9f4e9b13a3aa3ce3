"""CM313: attributes of operators of ours that Airflow 2 keeps for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.constructing import base_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_TASK = "airflow.models.baseoperator.BaseOperator"
# properties without a setter on 2.10.5 that 1.10.15 let a subclass set; tried on both
_RESERVED = frozenset({"output", "label", "roots", "leaves", "operator_name", "operator_class", "node_id"})
# attributes of every task on 2.10.5 that 1.10.15 did not know, each with what a value of ours does there
_TAKEN = {
    "executor": "the executor that runs the task: a name that the environment lacks makes the DAG an import error",
    "map_index_template": "the label of mapped tasks: it is rendered as a template",
    "max_active_tis_per_dag": "how many of its instances may run at once: the scheduler compares it with a number",
    "max_active_tis_per_dagrun": "how many of its instances may run at once: the scheduler compares it with a number",
    "multiple_outputs": "whether a returned dictionary becomes an XCom a key",
    "logger_name": "where its log goes",
    "doc_md": "its documentation: the scheduler serializes it as a text",
    "doc": "its documentation: the scheduler serializes it as a text",
    "start_trigger_args": "how the triggerer starts it",
    "start_from_trigger": "how the triggerer starts it",
}
_HEAD = "from airflow.models import BaseOperator\n\n\n"
_INIT = (
    _HEAD + "class Ours({}):\n    def __init__(self, x, **more):\n        super().__init__(**more)\n        {} = x\n"
)


class ReservedAttributes(Rule):
    """Find operators that set an attribute which Airflow 2 keeps for itself: the DAG fails to load, or runs otherwise.

    ``self.output`` is the most common one: it is a task's XCom, a property that can't be set. ``self.executor`` is the
    executor that runs the task. Rename the attribute, and its name in
    ``template_fields`` if it is there.
    """

    code = "CM313"
    name = "reserved-attributes"
    safety = Safety.FLAG
    needles = (b"class ",)
    watches = (cst.AssignTarget, cst.AnnAssign)
    examples = (
        Example("an operator's output", _INIT.format("BaseOperator", "self.output"), flagged=True),
        Example("with a type", _INIT.format("BaseOperator", "self.label: str"), flagged=True),
        Example("an operator's executor", _INIT.format("BaseOperator", "self.executor"), flagged=True),
        Example("the executor of a hook", "from airflow.hooks.base_hook import BaseHook\n"
                + _INIT.format("BaseHook", "self.executor")),
        Example("another attribute", _INIT.format("BaseOperator", "self.output_path")),
        Example("another class", _INIT.format("object", "self.output")),
        Example("a hook", "from airflow.hooks.base_hook import BaseHook\n" + _INIT.format("BaseHook", "self.output")),
        Example("a class of ours", "from ours import Base\n" + _INIT.format("Base", "self.output")),
        Example("a name", _INIT.format("BaseOperator", "output")),
    )  # fmt: skip

    def check(self, node: cst.AssignTarget | cst.AnnAssign, file: File) -> Iterator[Flag]:
        """Look at what is assigned to ``self`` in a class of the file."""
        target = node.target
        if not isinstance(target, cst.Attribute) or not is_name(target.value, "self"):
            return
        if target.attr.value not in _RESERVED and target.attr.value not in _TAKEN:
            return
        around = next((one for one in file.ancestors(node) if isinstance(one, cst.ClassDef)), None)
        base = base_of(around, file) if around is not None else ""
        if base and file.target.is_a(base, _TASK):
            name = target.attr.value
            why = f"{name} is {_TAKEN[name]}" if name in _TAKEN else f"{name} is a property, which can't be set"
            yield Flag(target, f"in operators of Airflow 2, {why}: rename self.{name}")
