"""CM326: runs without a configuration."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import short_name
from codemods.engine.nodes import is_name, literal
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.age import from_1_10
from codemods.support.context_use import below
from codemods.support.dictionaries import assigned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HEAD = "from airflow.operators.python_operator import PythonOperator\n\n\ndef f(**context):\n"
_SAME = (cst.Is, cst.Equal)
_OTHER = (cst.IsNot, cst.NotEqual)


class RunConf(Rule):
    """Ask whether a run's configuration is empty: it is ``{}`` in Airflow 2 where 1.10 had ``None``.

    ``dag_run.conf is None`` is never true any more, and what comes after ``is not None`` runs for scheduled runs, too.
    A run that was given ``{}`` on purpose counts as one without a configuration then, so this is for a review. Only
    files that are still written for 1.10 are looked at.
    """

    code = "CM326"
    name = "run-conf"
    safety = Safety.UNSAFE
    needles = (b"conf",)
    watches = (cst.Comparison, cst.Try)
    examples = (
        Example("none", _HEAD + "    if context['dag_run'].conf is None:\n        return 1\n",
                _HEAD + "    if not context['dag_run'].conf:\n        return 1\n", unsafe=True),
        Example("some", _HEAD + "    dag_run = context['dag_run']\n    return 1 if dag_run.conf is not None and dag_run.conf['a'] else 2\n",
                _HEAD + "    dag_run = context['dag_run']\n    return 1 if dag_run.conf and dag_run.conf['a'] else 2\n", unsafe=True),
        Example("compared in another way", _HEAD + "    return 1 if context.get('dag_run').conf == None else 2\n",
                _HEAD + "    return 1 if not context.get('dag_run').conf else 2\n", unsafe=True),
        Example("by a name", _HEAD + "    given = context['ti'].get_dagrun().conf\n    while given is not None:\n        return 1\n",
                _HEAD + "    given = context['ti'].get_dagrun().conf\n    while given:\n        return 1\n", unsafe=True),
        Example("as a value", _HEAD + "    return context['dag_run'].conf is not None\n",
                _HEAD + "    return bool(context['dag_run'].conf)\n", unsafe=True),
        Example("what None raised", _HEAD + "    try:\n        return context['dag_run'].conf['a']\n    except TypeError:\n        return 1\n",
                unsafe=True, flagged=True),
        Example("what both raise", _HEAD + "    try:\n        return context['dag_run'].conf['a']\n    except (TypeError, KeyError):\n        return 1\n",
                unsafe=True),
        Example("without --unsafe", _HEAD + "    if context['dag_run'].conf is None:\n        return 1\n", flagged=True),
        Example("empty or not", _HEAD + "    if context['dag_run'].conf:\n        return 1\n", unsafe=True),
        Example("a key", _HEAD + "    return context['dag_run'].conf.get('a') is None\n", unsafe=True),
        Example("the run itself", _HEAD + "    return context['dag_run'] is None\n", unsafe=True),
        Example("another conf", _HEAD + "    return spark.conf is None\n", unsafe=True),
        Example("code of Airflow 2", _HEAD.replace("python_operator", "python") + "    return context['dag_run'].conf is None\n", unsafe=True),
    )  # fmt: skip

    def check(self, node: cst.Comparison | cst.Try, file: File) -> Iterator[Fix | Flag]:
        """Look at comparisons with None, and at what handles its errors."""
        if isinstance(node, cst.Try):
            yield from _handled(node, file)
            return
        if len(node.comparisons) != 1 or not is_name(node.comparisons[0].comparator, "None"):
            return
        operator = node.comparisons[0].operator
        if isinstance(operator, _SAME + _OTHER) and _is_conf(node.left, file) and from_1_10(file):
            what = "dag_run.conf is {} in Airflow 2 where 1.10 had None: ask whether it is empty"
            tested, negated = _tested(node, file), isinstance(operator, _SAME)
            yield Fix(node, what, (Edit(node, lambda updated: _asking(updated, negated=negated, tested=tested)),))


def _handled(node: cst.Try, file: File) -> Iterator[Flag]:
    """Handlers of what a key of None raises, where nothing handles a key that is missing."""
    caught = {name for handler in node.handlers for name in _names(handler)}
    if "TypeError" not in caught or caught & {"KeyError", "LookupError", "Exception", ""} or not from_1_10(file):
        return
    for one in below(node.body):
        if isinstance(one, cst.Subscript) and _is_conf(one.value, file):
            yield Flag(
                one,
                "dag_run.conf is {} in Airflow 2: a key that is missing raises KeyError, where None raised TypeError",
            )


def _names(handler: cst.ExceptHandler) -> list[str]:
    """The names of what is handled; an empty one for everything."""
    kind = handler.type
    if isinstance(kind, cst.Tuple):
        return [short_name(element.value) for element in kind.elements]
    return [short_name(kind) if kind is not None else ""]


def _asking(updated: cst.Comparison, *, negated: bool, tested: bool) -> cst.BaseExpression:
    """The question whether there is a configuration."""
    if negated:
        return cst.UnaryOperation(cst.Not(), updated.left, lpar=updated.lpar, rpar=updated.rpar)
    if tested:
        return updated.left.with_changes(lpar=updated.lpar, rpar=updated.rpar) if updated.lpar else updated.left
    return cst.Call(cst.Name("bool"), [cst.Arg(updated.left)])


def _tested(node: cst.CSTNode, file: File) -> bool:
    """Whether only the truth of an expression counts, not its value."""
    parent = file.bindings.parents.get(node)
    if isinstance(parent, cst.BooleanOperation):
        return _tested(parent, file)
    if isinstance(parent, cst.UnaryOperation):
        return isinstance(parent.operator, cst.Not)
    return isinstance(parent, cst.If | cst.While | cst.IfExp | cst.Assert | cst.CompIf) and parent.test is node


def _is_conf(node: cst.BaseExpression, file: File) -> bool:
    """Whether an expression is the configuration of a run."""
    if isinstance(node, cst.Name):
        value = assigned(node.value, file)
        return value is not None and not isinstance(value, cst.Name) and _is_conf(value, file)
    return isinstance(node, cst.Attribute) and is_name(node.attr, "conf") and _is_run(node.value)


def _is_run(node: cst.BaseExpression) -> bool:
    match node:
        case cst.Name(value="dag_run" | "dagrun"):
            return True
        case cst.Attribute(attr=cst.Name(value="dag_run")):
            return True
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            return literal(key) == "dag_run"
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="get")), args=[cst.Arg(value=key), *_]):
            return literal(key) == "dag_run"
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="get_dagrun"))):
            return True
    return False
