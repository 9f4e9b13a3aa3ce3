"""CM402: variables of 1.10 in the context of a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import literal, requoted
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.operators import makes_task
from codemods.templates.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.templates.variables import Variable

_CALLBACKS = ("on_failure_callback", "on_success_callback", "on_retry_callback", "on_execute_callback")
_TAKES = frozenset({"python_callable", "sla_miss_callback", *_CALLBACKS})
_METHODS = frozenset({"execute", "pre_execute", "post_execute", "poke"})
_GONE = frozenset({"tables", "latest_date", "end_date", "END_DATE"})
_HEAD = "from airflow.operators.python import PythonOperator\n\n\n"
_TAIL = "\n\nPythonOperator(task_id='a', python_callable=f)\n"


class Context(Rule):
    """Take variables from a task's context by the names of Airflow 2.

    In functions that a ``PythonOperator`` or a callback calls, and in ``execute`` and ``poke`` of operators:
    ``context["execution_date"]`` is ``context["logical_date"]``, the same moment. ``yesterday_ds`` and its kind are
    computed from it. What is the same for scheduled runs only needs a review. Parameters that are named after a
    variable that is gone would stay without a value, so a person must see to them.
    """

    code = "CM402"
    name = "context"
    since = "2.2"
    url = "https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html"
    needles = tuple(old.encode() for old in variables())
    watches = (cst.FunctionDef,)
    examples = (
        Example(
            "a date",
            _HEAD + "def f(**kwargs):\n    return kwargs['execution_date'], kwargs.get(\"execution_date\")\n" + _TAIL,
            _HEAD + "def f(**kwargs):\n    return kwargs['logical_date'], kwargs.get(\"logical_date\")\n" + _TAIL,
        ),
        Example(
            "an operator of ours",
            "from airflow.models import BaseOperator\n\n\nclass A(BaseOperator):\n    def execute(self, context):\n"
            "        return context['tomorrow_ds']\n",
            "from airflow.models import BaseOperator\n\n\nclass A(BaseOperator):\n    def execute(self, context):\n"
            "        return context[\"logical_date\"].add(days=1).strftime(\"%Y-%m-%d\")\n",
        ),
        Example(
            "the end of the interval",
            _HEAD + "def f(ds, **context):\n    return context['next_execution_date']\n" + _TAIL,
            _HEAD + "def f(ds, **context):\n    return context['data_interval_end']\n" + _TAIL,
            unsafe=True,
        ),
        Example("without --unsafe", _HEAD + "def f(**context):\n    return context['next_ds']\n" + _TAIL, flagged=True),
        Example("no successor", _HEAD + "def f(**context):\n    return context['prev_ds']\n" + _TAIL, flagged=True),
        Example("a parameter that gets no value", _HEAD + "def f(ds, end_date, **kwargs):\n    pass\n" + _TAIL,
                flagged=True),
        Example("a parameter with a default", _HEAD + "def f(ds, tables=None, **kwargs):\n    pass\n" + _TAIL),
        Example("another dictionary", _HEAD + "def f(**kwargs):\n    return row['execution_date']\n" + _TAIL),
        Example("a function that no task calls", _HEAD + "def g(**kwargs):\n    return kwargs['end_date']\n" + _TAIL),
        Example("bound again", _HEAD + "def f(**kwargs):\n    kwargs = g()\n    return kwargs['end_date']\n" + _TAIL),
        Example("a method of another class", "import airflow\n\n\nclass A:\n    def execute(self, context):\n"
                "        return context['execution_date']\n"),
    )  # fmt: skip

    def check(self, node: cst.FunctionDef, file: File) -> Iterator[Fix | Flag]:
        """Look for the context in a function that a task calls."""
        name = _context(node, file)
        if not name and not _called_by_task(node, file):
            return
        yield from _parameters(node, file) if _called_by_task(node, file) else ()
        if name and not _rebound(node, name, file):
            for kind in (cst.Subscript, cst.Call):
                for found in file.bindings.nodes[kind]:
                    if _reads(found, name) and node in set(file.ancestors(found)):
                        yield from _read(found, name)


def _context(node: cst.FunctionDef, file: File) -> str:
    """The parameter that holds the context; empty when there is none."""
    params = node.params
    if _is_method(node, file):
        names = [param.name.value for param in params.params]
        return names[1] if len(names) > 1 else ""
    if not _called_by_task(node, file):
        return ""
    if isinstance(params.star_kwarg, cst.Param):
        return params.star_kwarg.name.value
    first = params.params[0].name.value if len(params.params) == 1 else ""
    return first if first in {"context", "ctx"} else ""


def _is_method(node: cst.FunctionDef, file: File) -> bool:
    owner = next((a for a in file.ancestors(node) if isinstance(a, cst.ClassDef | cst.FunctionDef)), None)
    if node.name.value not in _METHODS or not isinstance(owner, cst.ClassDef):
        return False
    names = [file.name(base.value) for base in owner.bases]
    return any(name.startswith("airflow.") for name in names)


def _called_by_task(node: cst.FunctionDef, file: File) -> bool:
    """Whether the function is passed by its name to a task, or to default_args, as what it calls."""
    for use in file.bindings.bare(node.name.value):
        parent = file.bindings.parents.get(use.nodes[0])
        if isinstance(parent, cst.Arg) and parent.keyword is not None and parent.keyword.value in _TAKES:
            call = file.bindings.parents.get(parent)
            if isinstance(call, cst.Call) and (makes_task(call, file) or parent.keyword.value in _CALLBACKS):
                return True
        if isinstance(parent, cst.DictElement) and literal(parent.key) in _CALLBACKS:
            return True
    return False


def _parameters(node: cst.FunctionDef, file: File) -> Iterator[Flag]:  # noqa: ARG001
    for param in [*node.params.params, *node.params.kwonly_params]:
        if param.name.value in _GONE and param.default is None:
            known = variables()[param.name.value]
            yield Flag(param, f"{known.message}: Airflow 2 passes no {param.name.value}, so the call fails")


def _rebound(node: cst.FunctionDef, name: str, file: File) -> bool:
    """Whether the function gives its context another value, or another function in it has the name."""
    targets = [n for kind in (cst.AssignTarget, cst.For, cst.NamedExpr) for n in file.bindings.nodes[kind]]
    return any(
        isinstance(target := getattr(n, "target", None), cst.Name)
        and target.value == name
        and node in set(file.ancestors(n))
        for n in targets
    )


def _reads(node: cst.CSTNode, name: str) -> bool:
    """``context["x"]`` or ``context.get("x")``."""
    if isinstance(node, cst.Subscript):
        return isinstance(node.value, cst.Name) and node.value.value == name
    func = node.func if isinstance(node, cst.Call) else None
    if not isinstance(func, cst.Attribute) or func.attr.value not in {"get", "pop"}:
        return False
    return isinstance(func.value, cst.Name) and func.value.value == name


def _read(node: cst.CSTNode, name: str) -> Iterator[Fix | Flag]:
    key = _key(node)
    known = variables().get(literal(key) or "") if key is not None else None
    if known is None or key is None:
        return
    if known.safety is Safety.FLAG:
        yield Flag(node, known.message)
    elif known.python.isidentifier() and isinstance(key, cst.SimpleString):
        yield Fix(node, known.message, (Edit(key, lambda u: requoted(u, known.python)),), safety=known.safety)
    elif isinstance(node, cst.Subscript):
        yield _computed(node, name, known)
    else:
        yield Flag(node, f"{known.message}: write {known.python.format(name)}")


def _computed(node: cst.Subscript, name: str, known: Variable) -> Fix:
    new = cst.parse_expression(known.python.format(name))
    return Fix(node, known.message, (Edit(node, lambda _: new),), safety=known.safety)


def _key(node: cst.CSTNode) -> cst.BaseExpression | None:
    if isinstance(node, cst.Subscript) and len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
        return node.slice[0].slice.value
    if isinstance(node, cst.Call) and node.args and node.args[0].keyword is None:
        return node.args[0].value
    return None
