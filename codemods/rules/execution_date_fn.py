"""CM306: the second parameter of ``execution_date_fn``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import children
from codemods.engine.report import Edit, Fix, Flag
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_CLASSES = frozenset({"airflow.sensors.external_task.ExternalTaskSensor"})
_HEAD = "from airflow.sensors.external_task import ExternalTaskSensor\n\n"


class ExecutionDateFn(Rule):
    """Call the second parameter of ``execution_date_fn`` ``context``: Airflow 2 passes it by that name."""

    code = "CM306"
    name = "execution-date-fn"
    needles = (b"execution_date_fn",)
    watches = (cst.Call,)
    examples = (
        Example(
            "a function",
            _HEAD + "def f(dt, ctx):\n    return ctx['x'] or dt\n\n\nExternalTaskSensor(execution_date_fn=f)\n",
            _HEAD + "def f(dt, context):\n    return context['x'] or dt\n\n\nExternalTaskSensor(execution_date_fn=f)\n",
        ),
        Example(
            "a lambda",
            _HEAD + "ExternalTaskSensor(execution_date_fn=lambda dt, ctx: ctx['ti'] and dt)\n",
            _HEAD + "ExternalTaskSensor(execution_date_fn=lambda dt, context: context['ti'] and dt)\n",
        ),
        Example("one parameter", _HEAD + "ExternalTaskSensor(execution_date_fn=lambda dt: dt)\n"),
        Example("already right", _HEAD + "ExternalTaskSensor(execution_date_fn=lambda dt, context: dt)\n"),
        Example("keywords", _HEAD + "ExternalTaskSensor(execution_date_fn=lambda dt, **kwargs: dt)\n"),
        Example(
            "called elsewhere too",
            _HEAD + "def f(dt, ctx):\n    return dt\n\n\nf(1, ctx=2)\nExternalTaskSensor(execution_date_fn=f)\n",
            flagged=True,
        ),
        Example("another sensor", _HEAD + "OurSensor(execution_date_fn=lambda dt, ctx: dt)\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Rename the parameter in the function that the sensor is given."""
        passed = argument(node, "execution_date_fn")
        if passed is None or file.called(node) not in _CLASSES:
            return
        function = _function(passed.value, file)
        if function is None or len(function.params.params) != 2:
            return
        old = function.params.params[1].name.value
        if old in {"context", "execution_date", "logical_date"}:
            return
        names = list(_names(function.body))
        if any(n.value == "context" for n in names) or _other_uses(passed.value, file):
            yield Flag(passed, f"call the second parameter of execution_date_fn context, not {old}")
            return
        targets = [function.params.params[1].name, *(n for n in names if n.value == old)]
        edits = tuple(Edit(n, lambda updated: updated.with_changes(value="context")) for n in targets)
        yield Fix(passed, f"the second parameter of execution_date_fn is passed as context, not {old}", edits)


def _function(value: cst.BaseExpression, file: File) -> cst.FunctionDef | cst.Lambda | None:
    if isinstance(value, cst.Lambda):
        return value
    found = file.functions(value.value) if isinstance(value, cst.Name) else []
    return found[0] if len(found) == 1 else None


def _other_uses(value: cst.BaseExpression, file: File) -> bool:
    """Whether the function is used by more than sensors, so that its parameter's name may matter."""
    if not isinstance(value, cst.Name):
        return False
    parents = [file.bindings.parents[use.nodes[-1]] for use in file.bindings.bare(value.value)]
    return any(not isinstance(p, cst.Arg) or not p.keyword or p.keyword.value != "execution_date_fn" for p in parents)


def _names(node: cst.CSTNode) -> Iterator[cst.Name]:
    if isinstance(node, cst.Name):
        yield node
    for child in children(node):
        attribute = isinstance(node, cst.Attribute) and child is node.attr
        keyword = isinstance(node, cst.Arg) and child is node.keyword
        if not attribute and not keyword:
            yield from _names(child)
