"""CM314: operators of ours that are called with positional arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import has_stars
from codemods.engine.report import Edit, Fix
from codemods.engine.rule import Example, Rule
from codemods.support.calls import positional
from codemods.support.constructing import base_of, class_of, own_init

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codemods.engine.file import File

_TASK = "airflow.models.baseoperator.BaseOperator"
_HEAD = "from airflow.models import BaseOperator\n\n\n"
_OURS = _HEAD + "class Ours({}):\n    def __init__(self, x, y=1, **more):\n        super().__init__(**more)\n\n\n"


class PositionalTaskArguments(Rule):
    """Name the arguments of an operator that the file defines: Airflow 2 takes keywords only.

    1.10 refused positional arguments only where ``__init__`` had ``@apply_defaults``; now every operator does.
    """

    code = "CM314"
    name = "positional-task-arguments"
    stops = True
    needles = (b"class ",)
    watches = (cst.Call,)
    examples = (
        Example(
            "two",
            _OURS.format("BaseOperator") + "Ours('a',  # x\n     2, task_id='t')\n",
            _OURS.format("BaseOperator") + "Ours(x='a',  # x\n     y=2, task_id='t')\n",
        ),
        Example("by name", _OURS.format("BaseOperator") + "Ours(x='a', task_id='t')\n"),
        Example("a class without such parameters", _HEAD + "class Ours(BaseOperator):\n    pass\n\n\nOurs('a')\n"),
        Example("another class", _OURS.format("object") + "Ours('a')\n"),
        Example("unpacked", _OURS.format("BaseOperator") + "Ours(*more)\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix]:
        """Look at calls of the file's own operators."""
        count = len(positional(node))
        owner = class_of(node, file) if count and not has_stars(node) else None
        init = own_init(owner) if owner is not None else None
        if owner is None or init is None or not file.target.is_a(base_of(owner, file), _TASK):
            return
        names = [param.name.value for param in init.params.params[1:]]
        given = {arg.keyword.value for arg in node.args if arg.keyword is not None}
        if count <= len(names) and given.isdisjoint(names[:count]):
            yield Fix(node, "operators of Airflow 2 take keyword arguments only", (Edit(node, _naming(names[:count])),))


def _naming(names: list[str]) -> Callable[[cst.Call], cst.Call]:
    """A change that gives the first arguments their names."""
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))

    def change(updated: cst.Call) -> cst.Call:
        named = [
            arg.with_changes(keyword=cst.Name(n), equal=tight) for arg, n in zip(updated.args, names, strict=False)
        ]
        return updated.with_changes(args=[*named, *updated.args[len(names) :]])

    return change
