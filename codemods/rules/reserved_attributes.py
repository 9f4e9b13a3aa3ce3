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
_HEAD = "from airflow.models import BaseOperator\n\n\n"
_INIT = (
    _HEAD + "class Ours({}):\n    def __init__(self, x, **more):\n        super().__init__(**more)\n        {} = x\n"
)


class ReservedAttributes(Rule):
    """Find operators that set an attribute which Airflow 2 has as a property: it raises when the DAG loads.

    ``self.output`` is the most common one: it is a task's XCom. Rename the attribute, and its name in
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
        Example("another attribute", _INIT.format("BaseOperator", "self.output_path")),
        Example("another class", _INIT.format("object", "self.output")),
        Example("a hook", "from airflow.hooks.base_hook import BaseHook\n" + _INIT.format("BaseHook", "self.output")),
        Example("a class of ours", "from ours import Base\n" + _INIT.format("Base", "self.output")),
        Example("a name", _INIT.format("BaseOperator", "output")),
    )

    def check(self, node: cst.AssignTarget | cst.AnnAssign, file: File) -> Iterator[Flag]:
        """Look at what is assigned to ``self`` in a class of the file."""
        target = node.target
        if not isinstance(target, cst.Attribute) or not is_name(target.value, "self"):
            return
        if target.attr.value not in _RESERVED:
            return
        around = next((one for one in file.ancestors(node) if isinstance(one, cst.ClassDef)), None)
        base = base_of(around, file) if around is not None else ""
        if base and file.target.is_a(base, _TASK):
            name = target.attr.value
            yield Flag(
                target, f"operators of Airflow 2 have {name} as a property, which can't be set: rename self.{name}"
            )
