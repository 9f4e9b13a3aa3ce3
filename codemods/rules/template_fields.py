"""CM316: template fields of ours that are added to those of a class of Airflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name
from codemods.engine.report import Edit, Fix, Flag
from codemods.engine.rule import Example, Rule
from codemods.support.constructing import base_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HEAD = (
    "from airflow.providers.google.cloud.operators.dataproc import DataprocCreateClusterOperator\n\n\n"
    "class A(DataprocCreateClusterOperator):\n    "
)
_FIELDS = "DataprocCreateClusterOperator.template_fields"
_WHY = "some of Airflow's template_fields were lists and are tuples now: a list can't be added to them"
_NAMES = frozenset({"template_fields", "template_ext"})
_LISTS = frozenset({"append", "extend", "insert", "remove", "copy"})


class TemplateFields(Rule):
    """Write template fields of ours beside those of Airflow's class in a way that suits a tuple and a list.

    In 1.10 some operators had a list in ``template_fields``; they have tuples on the target, and adding a list to a
    tuple raises when the file is loaded. ``(*Base.template_fields, "ours")`` takes both.
    """

    code = "CM316"
    name = "template-fields"
    stops = True
    needles = (b"template_fields", b"template_ext")
    watches = (cst.BinaryOperation, cst.AugAssign, cst.Call)
    examples = (
        Example("a list after them", _HEAD + f"template_fields = {_FIELDS} + ['labels']\n",
                _HEAD + f"template_fields = (*{_FIELDS}, 'labels')\n"),
        Example("before them", _HEAD + f"template_fields = ['a', 'b'] + {_FIELDS}\n",
                _HEAD + f"template_fields = ('a', 'b', *{_FIELDS})\n"),
        Example("none", _HEAD + f"template_fields = {_FIELDS} + []\n", _HEAD + f"template_fields = (*{_FIELDS},)\n"),
        Example("extensions", "from airflow.models import BaseOperator\n\n\nclass A(BaseOperator):\n"
                "    template_ext = BaseOperator.template_ext + ['.sql']\n",
                "from airflow.models import BaseOperator\n\n\nclass A(BaseOperator):\n"
                "    template_ext = (*BaseOperator.template_ext, '.sql')\n"),
        Example("of the object", _HEAD + "def f(self):\n        self.template_fields = self.template_fields + ['a']\n",
                _HEAD + "def f(self):\n        self.template_fields = (*self.template_fields, 'a')\n"),
        Example("of a class of the file", _HEAD + "pass\n\n\nclass B(A):\n"
                "    template_fields = A.template_fields + ['a']\n",
                _HEAD + "pass\n\n\nclass B(A):\n    template_fields = (*A.template_fields, 'a')\n"),
        Example("a list of a class of the file", _HEAD + "template_fields = ['a']\n\n\nclass B(A):\n"
                "    template_fields = A.template_fields + ['b']\n"),
        Example("a method of lists", _HEAD + f"template_fields = {_FIELDS}.copy()\n", flagged=True),
        Example("a tuple", _HEAD + f"template_fields = {_FIELDS} + ('labels',)\n"),
        Example("already both", _HEAD + f"template_fields = (*{_FIELDS}, 'labels')\n"),
        Example("another class", "import airflow\nfrom ours import Base\n\nfields = Base.template_fields + ['a']\n"),
        Example("another attribute", _HEAD + "fields = DataprocCreateClusterOperator.ui_fields + ['a']\n"),
        Example("a list of it", _HEAD + f"template_fields = list({_FIELDS}) + ['labels']\n"),
    )  # fmt: skip

    def check(self, node: cst.BinaryOperation | cst.AugAssign | cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Look for fields of Airflow's with a list beside them."""
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
            left, right = node.left, node.right
            fields = _fields(left, file) or _fields(right, file)
            if fields and (isinstance(left, cst.List) or isinstance(right, cst.List)):
                yield Fix(node, _WHY, (Edit(node, _both),))
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            name = node.func.attr.value
            if name in _LISTS and _fields(node.func.value, file):
                yield Flag(node, f"{_WHY}: a tuple has no {name}")


_PRINT = cst.Module([])


def _both(node: cst.BinaryOperation) -> cst.BaseExpression:
    """The names in it may have been changed already."""
    return cst.parse_expression(_joined(node.left, node.right))


def _joined(*sides: cst.BaseExpression) -> str:
    parts: list[str] = []
    for side in sides:
        if isinstance(side, cst.List):
            codes = [_PRINT.code_for_node(e.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for e in side.elements]
            parts += codes
        else:
            parts.append(f"*{_PRINT.code_for_node(side)}")
    return f"({', '.join(parts)},)" if len(parts) == 1 else f"({', '.join(parts)})"


def _fields(node: cst.BaseExpression, file: File) -> bool:
    """Whether it is the ``template_fields``, or ``template_ext``, of a class of Airflow or of an object of one."""
    if not isinstance(node, cst.Attribute) or node.attr.value not in _NAMES:
        return False
    return file.name(node.value).startswith("airflow.") or _inherited(node.value, node.attr.value, file)


def _inherited(node: cst.BaseExpression, name: str, file: File) -> bool:
    """Whether a class of the file, ``self`` or ``super()`` has them from a class of Airflow."""
    owner = next((one for one in file.ancestors(node) if isinstance(one, cst.ClassDef)), None)
    if isinstance(node, cst.Call) and is_name(node.func, "super"):
        return owner is not None and bool(base_of(owner, file)) and not _defines(owner, name, file, itself=False)
    if not is_name(node, "self"):
        found = file.spelled.all(cst.ClassDef, node.value) if isinstance(node, cst.Name) else []
        owner = found[0] if len(found) == 1 else None
    return owner is not None and bool(base_of(owner, file)) and not _defines(owner, name, file, itself=True)


def _defines(owner: cst.ClassDef, name: str, file: File, *, itself: bool) -> bool:
    """Whether a class of the file, or a base of it that the file defines, sets such fields."""
    targets = [node for node in file.bindings.nodes[cst.AssignTarget] if isinstance(node, cst.AssignTarget)]
    targets = [node for node in targets if is_name(node.target, name)]
    owners = {next((one for one in file.ancestors(node) if isinstance(one, cst.ClassDef)), None) for node in targets}
    if itself and owner in owners:
        return True
    bases = [base.value.value for base in owner.bases if isinstance(base.value, cst.Name)]
    return any(_defines(one, name, file, itself=True) for base in bases for one in file.spelled.all(cst.ClassDef, base))
