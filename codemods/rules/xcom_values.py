"""CM323: what is sent and taken by XCom in another way than in 1.10."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import is_name
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.age import from_1_10
from codemods.support.callables import callers
from codemods.support.constructing import class_of
from codemods.support.context_use import below
from codemods.support.dictionaries import assigned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HEAD = "from airflow.operators.python_operator import PythonOperator\n\n\n"
_TASK = "\n\nPythonOperator(task_id='a', python_callable=f)\n"
_MANY = (
    "xcom_pull of several tasks leaves out those without a value, where 1.10 had None for each, and gives no tuple: pull "
    "them one by one, or count on no positions"
)
_SENT = "XComs are JSON in Airflow 2, where 1.10 pickled them: {} raises TypeError when the task has ended; return {} instead"
_KEEPS = ("dataclass", "attr", "define", "frozen")


class XComValues(Rule):
    """Find values that XCom no longer carries, and pulls of several tasks, which give another result.

    1.10 pickled what a task returned. Airflow 2 makes JSON of it, and refuses bytes, instances of classes of ours,
    generators and functions. ``xcom_pull(task_ids=[...])`` leaves out tasks without a value. Only files that are still
    written for 1.10 are looked at.
    """

    code = "CM323"
    name = "xcom-values"
    safety = Safety.FLAG
    needles = (b"xcom_pu", b"return")
    watches = (cst.FunctionDef, cst.Call)
    examples = (
        Example("bytes", _HEAD + "def f():\n    return b'raw'\n" + _TASK, flagged=True),
        Example("encoded, by a name, in a list", _HEAD + "def f():\n    x = g().encode('utf-8')\n    return [x]\n" + _TASK,
                flagged=True),
        Example("a class of ours", _HEAD + "class R(object):\n    pass\n\n\ndef f():\n    return R()\n" + _TASK, flagged=True),
        Example("pushed", "from airflow.hooks.base_hook import BaseHook\n\n\ndef f(ti):\n    ti.xcom_push('k', b'v')\n",
                flagged=True),
        Example("many at once", _HEAD + "def f(ti):\n    return ti.xcom_pull(task_ids=['a', 'b'])\n" + _TASK, flagged=True),
        Example("an operator of ours", "from airflow.models import BaseOperator\nfrom airflow.hooks.base_hook import BaseHook\n"
                "\n\nclass A(BaseOperator):\n    def execute(self, context):\n        return b'raw'\n", flagged=True),
        Example("a text", _HEAD + "def f():\n    return b'raw'.decode()\n" + _TASK),
        Example("a data class", _HEAD + "@dataclass\nclass R:\n    x: int\n\n\ndef f():\n    return R(1)\n" + _TASK),
        Example("one task", _HEAD + "def f(ti):\n    return ti.xcom_pull(task_ids='a')\n" + _TASK),
        Example("a function that no task calls", _HEAD + "def g():\n    return b'raw'\n" + _TASK),
        Example("a function within", _HEAD + "def f():\n    def g():\n        return b'raw'\n    return len(g())\n" + _TASK),
        Example("code of Airflow 2", "from airflow.operators.python import PythonOperator\n\n\n"
                "def f(ti):\n    return ti.xcom_pull(task_ids=['a', 'b'])\n" + _TASK),
    )  # fmt: skip

    def check(self, node: cst.FunctionDef | cst.Call, file: File) -> Iterator[Flag]:
        """Look at what a task returns, pushes and pulls."""
        if isinstance(node, cst.Call):
            last = node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
            if last in {"xcom_pull", "xcom_push"} and from_1_10(file):
                yield from _pulled(node, file) if last == "xcom_pull" else _pushed(node, file)
        elif from_1_10(file) and not is_name(node.name, "poke") and callers(node, file).supplies:
            for value in _returned(node):
                for part in _parts(value):
                    if why := _refused(part, file, node):
                        yield Flag(part, _SENT.format(*why))


def _pulled(node: cst.Call, file: File) -> Iterator[Flag]:
    at = 1 if node.args and is_name(node.args[0].value, "context", "kwargs") else 0
    first = node.args[at] if len(node.args) > at and node.args[at].keyword is None else None
    tasks = argument(node, "task_ids") or first
    value = tasks.value if tasks is not None else None
    if isinstance(value, cst.Name):
        value = assigned(value.value, file)
    if isinstance(value, cst.List | cst.Tuple | cst.ListComp):
        yield Flag(node, _MANY)


def _pushed(node: cst.Call, file: File) -> Iterator[Flag]:
    placed = [arg for arg in node.args if arg.keyword is None and not arg.star]
    value = argument(node, "value") or (placed[-1] if len(placed) > 1 else None)
    for part in _parts(value.value) if value is not None else ():
        if why := _refused(part, file, None):
            yield Flag(part, _SENT.format(*why))


def _returned(node: cst.FunctionDef) -> Iterator[cst.BaseExpression]:
    """What a function returns itself, not the functions in it."""
    queue: list[cst.CSTNode] = list(node.body.body)
    while queue:
        one = queue.pop(0)
        if isinstance(one, cst.Return) and one.value is not None:
            yield one.value
        elif not isinstance(one, cst.FunctionDef | cst.ClassDef | cst.BaseExpression):
            queue += one.children


def _parts(value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(value, cst.List | cst.Tuple | cst.Dict):
        for element in value.elements:
            yield from _parts(element.value)
    else:
        yield value


def _refused(value: cst.BaseExpression, file: File, function: cst.FunctionDef | None) -> tuple[str, str] | None:
    """What it is that JSON refuses, and what to return instead."""
    if isinstance(value, cst.Name) and function is not None:
        found = [
            n.value
            for n in below(function.body)
            if isinstance(n, cst.Assign) and is_name(n.targets[0].target, value.value)
        ]
        return _refused(found[0], file, None) if len(found) == 1 else None
    if isinstance(value, cst.SimpleString) and "b" in value.prefix.lower():
        return "bytes", "a text"
    if isinstance(value, cst.GeneratorExp | cst.Lambda):
        return "a generator or a function", "a list"
    if isinstance(value, cst.Call):
        if isinstance(value.func, cst.Attribute) and is_name(value.func.attr, "encode"):
            return "bytes", "a text"
        own = class_of(value, file)
        if own is not None and not _is_kept(own):
            return f"an instance of {own.name.value}", "a dictionary, or give the class serialize and deserialize"
    return None


def _is_kept(node: cst.ClassDef) -> bool:
    """Whether Airflow 2 can make JSON of the instances of a class: it has a way of its own, or plain values for a base."""
    codes = " ".join(cst.Module([]).code_for_node(d.decorator) for d in node.decorators)
    own = any(isinstance(item, cst.FunctionDef) and is_name(item.name, "serialize") for item in node.body.body)
    plain = any(is_name(base.value, "str", "int", "dict", "list", "tuple", "float", "set") for base in node.bases)
    return own or plain or any(word in codes for word in _KEEPS)
