"""CM334: the params of DAGs and tasks, which are no plain dictionary any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name, literal
from codemods.engine.report import Edit, Fix
from codemods.engine.rule import Example, Rule
from codemods.support.constructing import base_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_TASK = "airflow.models.baseoperator.BaseOperator"
_DUMPS = frozenset({"json.dumps", "json.dump", "yaml.dump", "yaml.safe_dump", "pickle.dumps"})
_HEAD = "import json\nfrom airflow.models import BaseOperator\n\n\n"
_OURS = _HEAD + "class A({}):\n    def execute(self, context):\n        return {}\n"
_FUNCTION = "import json\nimport airflow\n\n\ndef f(**context):\n    return {}\n"


class ParamsValues(Rule):
    """Make a dictionary of the params of a DAG or a task where they are written as JSON, or asked whether they are one.

    They are a ``ParamsDict`` in Airflow 2: ``json.dumps(self.params)`` raises TypeError. ``dict(self.params)`` has the
    values. The ``params`` of a task's context are a dictionary as before.
    """

    code = "CM334"
    name = "params-values"
    since = "2.2"
    needles = (b"params",)
    watches = (cst.Arg,)
    examples = (
        Example("of an operator", _OURS.format("BaseOperator", "json.dumps(self.params, indent=2)  # all"),
                _OURS.format("BaseOperator", "json.dumps(dict(self.params), indent=2)  # all")),
        Example("of a DAG", _FUNCTION.format("json.dumps(context['dag'].params)"),
                _FUNCTION.format("json.dumps(dict(context['dag'].params))")),
        Example("of an instance's task", _FUNCTION.format("json.dumps(context['ti'].task.params)"),
                _FUNCTION.format("json.dumps(dict(context['ti'].task.params))")),
        Example("whether it is one", _OURS.format("BaseOperator", "isinstance(self.params, dict)"),
                _OURS.format("BaseOperator", "isinstance(dict(self.params), dict)")),
        Example("of the context", _FUNCTION.format("json.dumps(context['params'])")),
        Example("one value", _OURS.format("BaseOperator", "json.dumps(self.params['a'])")),
        Example("a dictionary already", _OURS.format("BaseOperator", "json.dumps(dict(self.params))")),
        Example("another class", _OURS.format("object", "json.dumps(self.params)")),
        Example("of something else", _FUNCTION.format("json.dumps(request.params)")),
        Example("another function", _FUNCTION.format("show(context['dag'].params)")),
    )  # fmt: skip

    def check(self, node: cst.Arg, file: File) -> Iterator[Fix]:
        """Look at the first argument of what needs a dictionary."""
        value, call = node.value, file.bindings.parents.get(node)
        if not isinstance(value, cst.Attribute) or not is_name(value.attr, "params") or not isinstance(call, cst.Call):
            return
        if call.args[0] is node and _needs_dictionary(call, file) and _of_airflow(value.value, file):
            what = "params are a ParamsDict in Airflow 2, which is no dict, and which JSON refuses"
            yield Fix(value, what, (Edit(value, lambda updated: cst.Call(cst.Name("dict"), [cst.Arg(updated)])),))


def _needs_dictionary(call: cst.Call, file: File) -> bool:
    if is_name(call.func, "isinstance"):
        return len(call.args) > 1 and is_name(call.args[1].value, "dict")
    return bool(file.written(call.func) & _DUMPS)


def _of_airflow(owner: cst.BaseExpression, file: File) -> bool:
    """Whether an expression is a DAG or a task, by its name or by the class around it."""
    match owner:
        case cst.Name(value="self"):
            around = next((one for one in file.ancestors(owner) if isinstance(one, cst.ClassDef)), None)
            base = base_of(around, file) if around is not None else ""
            return bool(base) and file.target.is_a(base, _TASK)
        case cst.Name(value="dag" | "task") | cst.Attribute(attr=cst.Name(value="dag" | "task")):
            return True
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            return literal(key) in {"dag", "task"}
    return False
