"""CM330: branches that choose nothing."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import is_name
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.age import old_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_BRANCH = "airflow.operators.python.BranchPythonOperator"
_HEAD = "from airflow.operators.python_operator import BranchPythonOperator\n\n\n"
_TASK = "\n\nBranchPythonOperator(task_id='a', python_callable=f)\n"
_TOLD = "a branch that chooses nothing failed in 1.10; Airflow 2 skips all that follows, and the run succeeds: raise where that is an error"


class Branches(Rule):
    """Find callables of branches that may return nothing: 1.10 failed the task, Airflow 2 skips all that follows.

    A callable without a ``return`` at its end, with a bare one, or with ``None``. Only classes imported from where 1.10
    had them are looked at.
    """

    code = "CM330"
    name = "branches"
    safety = Safety.FLAG
    needles = (b"BranchPythonOperator",)
    watches = (cst.Call,)
    examples = (
        Example("nothing at its end", _HEAD + "def f(ds):\n    if ds:\n        return 'a'\n" + _TASK, flagged=True),
        Example("nothing in between", _HEAD + "def f(ds):\n    if ds:\n        return\n    return 'a'\n" + _TASK, flagged=True),
        Example("None", _HEAD + "def f(ds):\n    return None\n" + _TASK, flagged=True),
        Example("in a try", _HEAD + "def f(ds):\n    try:\n        return 'a'\n    except KeyError:\n        print(ds)\n" + _TASK, flagged=True),
        Example("a choice at each end", _HEAD + "def f(ds):\n    if ds:\n        return 'a'\n    elif not ds:\n        raise KeyError\n"
                "    else:\n        return 'b'\n" + _TASK),
        Example("whatever happens", _HEAD + "def f(ds):\n    with x:\n        try:\n            return 'a'\n        except KeyError:\n            return 'b'\n" + _TASK),
        Example("for ever", _HEAD + "def f(ds):\n    while True:\n        if ds:\n            return 'a'\n" + _TASK),
        Example("a list", _HEAD + "def f(ds):\n    return []\n" + _TASK),
        Example("a function within", _HEAD + "def f(ds):\n    def g():\n        return None\n    return g() or 'a'\n" + _TASK),
        Example("another operator", _HEAD.replace("Branch", "") + "def f(ds):\n    return None\n" + _TASK.replace("Branch", "")),
        Example("code of Airflow 2", _HEAD.replace("python_operator", "python") + "def f(ds):\n    return None\n" + _TASK),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Flag]:
        """Look at the callable of a branch of 1.10."""
        passed = argument(node, "python_callable")
        if passed is None or file.called(node) != _BRANCH or not old_class(node, file):
            return
        found = file.functions(passed.value.value) if isinstance(passed.value, cst.Name) else []
        if len(found) == 1 and not found[0].decorators and not _generates(found[0]):
            empty = next(_nothing(found[0].body), None)
            if empty is not None or not _ends(found[0].body):
                yield Flag(empty or found[0].name, _TOLD)


def _nothing(node: cst.CSTNode) -> Iterator[cst.Return]:
    """The ``return`` statements of a function that give nothing, without those of functions in it."""
    for child in node.children:
        if isinstance(child, cst.Return):
            if child.value is None or is_name(child.value, "None"):
                yield child
        elif not isinstance(child, cst.FunctionDef | cst.ClassDef | cst.BaseExpression):
            yield from _nothing(child)


def _generates(node: cst.CSTNode) -> bool:
    return any(
        isinstance(child, cst.Yield) or (not isinstance(child, cst.FunctionDef | cst.Lambda) and _generates(child))
        for child in node.children
    )


def _ends(body: cst.BaseSuite) -> bool:
    """Whether a block never runs into what comes after it."""
    return bool(body.body) and _leaves(body.body[-1])


def _leaves(node: cst.CSTNode) -> bool:
    """Whether a statement always returns, raises or goes on for ever, as far as its form tells."""
    match node:
        case cst.SimpleStatementLine(body=[*_, last]) | cst.SimpleStatementSuite(body=[*_, last]):
            found = _leaves(last)
        case cst.If(body=body, orelse=further):
            found = _ends(body) and further is not None and _leaves(further)
        case cst.While(test=test):
            found = is_name(test, "True") or (isinstance(test, cst.Integer) and test.value == "1")
        case cst.With(body=body) | cst.Else(body=body) | cst.Finally(body=body):
            found = _ends(body)
        case cst.Try(body=body, handlers=handlers, orelse=other, finalbody=final):
            whole = _ends(body) or (other is not None and _leaves(other))
            found = (final is not None and _leaves(final)) or (whole and all(_ends(one.body) for one in handlers))
        case _:
            found = isinstance(node, cst.Return | cst.Raise)
    return found
