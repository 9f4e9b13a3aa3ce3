"""CM322: callables that did not ask for the context in 1.10 and get it in Airflow 2."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import is_name
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.rules.provide_context import CONTEXT
from codemods.support.age import old_class
from codemods.support.callables import Supply, as_supply, named_lambdas
from codemods.support.context_use import context_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.support.callables import Function

# airflow-2.10.5 utils/context.py KNOWN_CONTEXT_KEYS, less what 1.10.15 had
NEW = frozenset(
    {
        "conn",
        "data_interval_end",
        "data_interval_start",
        "expanded_ti_count",
        "inlet_events",
        "logical_date",
        "try_number",
    }
    | {"map_index_template", "outlet_events", "prev_data_interval_start_success", "prev_data_interval_end_success"}
    | {"prev_end_date_success", "triggering_dataset_events"}
)
GONE = frozenset({"end_date", "latest_date", "tables", "END_DATE"})
_HEAD = "from airflow.operators.python_operator import PythonOperator\n\n\n"
_TASK = "\n\nPythonOperator(task_id='a', python_callable=f{})\n"


class ContextWithoutAsking(Rule):
    """Find callables that Airflow 2 passes more than 1.10 did.

    Without ``provide_context`` 1.10 passed ``op_args`` and ``op_kwargs`` only. Airflow 2 passes every variable of the
    context that the callable names: parameters such as ``conf``, ``params`` or ``task`` get a value over their default,
    ``**kwargs`` is full, and a positional argument for such a parameter raises. With ``provide_context`` that holds for
    the names that are new (``conn``, ``logical_date``). Only classes imported from where 1.10 had them are looked at.
    """

    code = "CM322"
    name = "context-without-asking"
    safety = Safety.FLAG
    needles = (b"python_callable",)
    watches = (cst.Call,)
    examples = (
        Example("all of it", _HEAD + "def f(**fields):\n    return str(fields)\n" + _TASK.format(""), flagged=True),
        Example("a default", _HEAD + "def f(sql, conf='x'):\n    pass\n" + _TASK.format(", op_args=[1]"), flagged=True),
        Example("by position", _HEAD + "def f(conf):\n    pass\n" + _TASK.format(", op_args=['x']"), flagged=True),
        Example("a new name", _HEAD + "def f(conn='x', **kwargs):\n    pass\n" + _TASK.format(", provide_context=True"),
                flagged=True),
        Example("a name of the context that was missing", _HEAD + "def f(**kwargs):\n    return kwargs.get('ds')\n"
                + _TASK.format(""), flagged=True),
        Example("names of its own", _HEAD + "def f(a, b=1):\n    pass\n" + _TASK.format(", op_args=[1]")),
        Example("given by op_kwargs", _HEAD + "def f(conf='x'):\n    pass\n" + _TASK.format(", op_kwargs={'conf': 1}")),
        Example("keys of its own", _HEAD + "def f(**kwargs):\n    return kwargs['x']\n" + _TASK.format(", op_kwargs={'x': 1}")),
        Example("keywords that nobody looks at", _HEAD + "def f(a, **kwargs):\n    return a\n" + _TASK.format(", op_args=[1]")),
        Example("asked for", _HEAD + "def f(ds, **kwargs):\n    return kwargs\n" + _TASK.format(", provide_context=True")),
        Example("code of Airflow 2", _HEAD.replace("python_operator", "python") + "def f(**kwargs):\n    return kwargs\n"
                + _TASK.format("")),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Flag]:
        """Look at the callable of a task of 1.10."""
        passed = argument(node, "python_callable")
        if passed is None or not old_class(node, file):
            return
        supply = as_supply(passed.value, file)
        functions = _functions(passed.value, file)
        if supply is not None and len(functions) == 1:
            new = NEW if supply.provided else (CONTEXT - GONE) | NEW
            yield from _told(node, functions[0], supply, new, file)


def _told(node: cst.Call, function: Function, supply: Supply, new: frozenset[str], file: File) -> Iterator[Flag]:
    params = function.params
    names = [param.name.value for param in (*params.posonly_params, *params.params)]
    given = supply.keys if supply.keys is not None else frozenset(names)
    placed = supply.placed if supply.placed is not None else len(names)
    clash = [name for name in names[:placed] if name in new]
    if clash and supply.placed is not None:
        yield Flag(
            node.func, f"op_args give {', '.join(clash)}, which Airflow 2 keeps for its context: it raises; rename it"
        )
    optional = [p.name.value for p in (*params.params[placed:], *params.kwonly_params) if p.default is not None]
    filled = [name for name in optional if name in new - given]
    if filled:
        yield Flag(node.func, f"Airflow 2 passes the context's own {', '.join(filled)} over the callable's default")
    rest = params.star_kwarg
    if isinstance(rest, cst.Param) and (seen := _seen(function, rest.name.value, given, file)) and not supply.provided:
        yield Flag(node.func, f"1.10 passed op_kwargs only, Airflow 2 the whole context in **{rest.name.value}: {seen}")


def _seen(function: Function, name: str, given: frozenset[str], file: File) -> str:
    """What of the whole a callable looks at; empty when it only takes keys of its own."""
    use = context_use(function, name, file)
    if use.whole or use.computed:
        return "the callable uses all of it"
    keys = {read.text for read in use.reads if read.text in (CONTEXT | NEW) - given - GONE}
    return f"{', '.join(sorted(keys))} has a value now" if keys else ""


def _functions(value: cst.BaseExpression, file: File) -> list[Function]:
    """The functions of the file that an expression may be."""
    if isinstance(value, cst.Lambda):
        return [value]
    name = value.attr if isinstance(value, cst.Attribute) and is_name(value.value, "self") else value
    if not isinstance(name, cst.Name):
        return []
    return [*file.functions(name.value), *file.once(named_lambdas).get(name.value, ())]
