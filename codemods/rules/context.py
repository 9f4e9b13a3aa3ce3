"""CM402: variables of 1.10 in the context of a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import requoted
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.context_proof import GONE, LAZY, TEXTS, Fate, contexts, lost_parameters
from codemods.support.context_proof import Context as Judged
from codemods.templates.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.support.callables import Function
    from codemods.support.context_use import Read
    from codemods.templates.variables import Variable

_WORKS = "it works in Airflow 2, as a lazy proxy of the date, which is the same but for json and XCom"
_HEAD = "from airflow.operators.python import PythonOperator\n\n\n"
_TAIL = "\n\nPythonOperator(task_id='a', python_callable=f)\n"


class Context(Rule):
    """Take variables from a task's context by the names of Airflow 2.

    In functions that a ``PythonOperator`` or a callback calls, and in ``execute`` and ``poke`` of operators:
    ``context["execution_date"]`` is ``context["logical_date"]``, the same moment. ``yesterday_ds`` and its kind are
    computed from it. What is the same for scheduled runs only needs a review. A name changes only where the context,
    and nothing else, supplies it: not where ``op_kwargs`` give it, where the function writes it or takes it out, where
    the context is handed to code that may change it, or where somebody else calls the function. There
    ``execution_date`` stays, since it still works; what is gone (``end_date``, ``tables``) is told.
    Parameters that are named after a variable that is gone would stay without a value, so a person must see to them.
    """

    code = "CM402"
    name = "context"
    since = "2.2"
    url = "https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html"
    needles = tuple(old.encode() for old in variables())
    watches = (cst.FunctionDef, cst.Lambda)
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
            "        return context['logical_date'].add(days=1).strftime('%Y-%m-%d')\n",
        ),
        Example(
            "the end of the interval",
            _HEAD + "def f(ds, **context):\n    return context['next_execution_date']\n" + _TAIL,
            _HEAD + "def f(ds, **context):\n    return context['data_interval_end']\n" + _TAIL,
            unsafe=True,
        ),
        Example(
            "in an f-string",
            _HEAD + "def f(**c):\n    return f\"{c['yesterday_ds']}\"\n" + _TAIL,
            _HEAD + "def f(**c):\n    return f\"{c['logical_date'].subtract(days=1).strftime('%Y-%m-%d')}\"\n" + _TAIL,
        ),
        Example("without --unsafe", _HEAD + "def f(**context):\n    return context['next_ds']\n" + _TAIL, flagged=True),
        Example("no successor", _HEAD + "def f(**context):\n    return context['prev_ds']\n" + _TAIL, flagged=True),
        Example("a parameter that gets no value", _HEAD + "def f(ds, end_date, **kwargs):\n    pass\n" + _TAIL,
                flagged=True),
        Example("a parameter with a default", _HEAD + "def f(ds, tables=None, **kwargs):\n    pass\n" + _TAIL),
        Example(
            "a lambda, and a test for a key",
            _HEAD + "PythonOperator(task_id='a', python_callable=lambda **c: 'end_date' in c and c['end_date'])\n",
            _HEAD + "PythonOperator(task_id='a', python_callable=lambda **c: 'ds' in c and c['ds'])\n",
        ),
        Example("given by op_kwargs", _HEAD + "def f(end_date, **kwargs):\n    return kwargs['execution_date'], "
                "kwargs['next_ds']\n\n\nPythonOperator(task_id='a', python_callable=f, op_kwargs={'execution_date': 1, "
                "'end_date': 2, 'next_ds': 3})\n"),
        Example("given by position", _HEAD + "def f(end_date):\n    pass\n\n\n"
                "PythonOperator(task_id='a', python_callable=f, op_args=['2020-01-01'])\n"),
        Example("op_kwargs from elsewhere", _HEAD + "def f(**kwargs):\n    return kwargs['execution_date']\n\n\n"
                "PythonOperator(task_id='a', python_callable=f, op_kwargs=CONFIG)\n", flagged=True),
        Example("called directly too", _HEAD + "def f(**kwargs):\n    return kwargs['execution_date']\n" + _TAIL
                + "f(execution_date=1)\n", flagged=True),
        Example("gone, and called directly too", _HEAD + "def f(**kwargs):\n    return kwargs['end_date']\n" + _TAIL
                + "f(end_date=1)\n", flagged=True),
        Example("written", _HEAD + "def f(**kwargs):\n    kwargs['execution_date'] = g(kwargs['execution_date'])\n"
                "    return kwargs['execution_date']\n" + _TAIL, flagged=True),
        Example("taken out before the rest goes on", _HEAD + "def f(**kwargs):\n"
                "    return g(kwargs.pop('execution_date'), **kwargs)\n" + _TAIL),
        Example("handed to what may change it", _HEAD + "def f(**kwargs):\n    prepare(kwargs)\n"
                "    return kwargs['execution_date']\n" + _TAIL, flagged=True),
        Example("a callback that is called with a dictionary", _HEAD + "def f(context):\n"
                "    return context['execution_date']\n\n\nf({'execution_date': 1})\n"
                "PythonOperator(task_id='a', python_callable=g, on_failure_callback=f)\n"),
        Example("what is gone, in a function that gets it all", _HEAD + "def g(end_date=None, **rest):\n"
                "    return end_date\n\n\ndef f(**kwargs):\n    return g(**kwargs)\n" + _TAIL, flagged=True),
        Example("another dictionary", _HEAD + "def f(**kwargs):\n    return row['execution_date']\n" + _TAIL),
        Example("a function that no task calls", _HEAD + "def g(**kwargs):\n    return kwargs['end_date']\n" + _TAIL),
        Example("bound again", _HEAD + "def f(**kwargs):\n    kwargs = g()\n    return kwargs['end_date']\n" + _TAIL),
        Example("a method of another class", "import airflow\n\n\nclass A:\n    def execute(self, context):\n"
                "        return context['execution_date']\n"),
    )  # fmt: skip

    def check(self, node: Function, file: File) -> Iterator[Fix | Flag]:
        """Look for the context in a function that a task calls."""
        judged = file.once(contexts).get(node)
        if judged is None:
            return
        for param, why in lost_parameters(judged):
            yield Flag(param, f"{variables()[param.name.value].message}: {why}")
        for read in judged.use.reads:
            yield from _read(read, judged)
        for place, key in judged.mentions():
            why = LAZY.format(key) if key in TEXTS else f"Airflow 2 passes no {key}, so nothing is found here"
            yield Flag(place, f"{variables()[key].message}: {why}")


def _read(read: Read, judged: Judged) -> Iterator[Fix | Flag]:
    known = variables().get(read.text)
    if known is None:
        return
    match judged.fate(known, read):
        case Fate.OURS:
            return
        case Fate.OPEN:
            yield from _open(read, known, lazy=judged.lazy)
        case Fate.PROVEN:
            yield from _renamed(read, judged.name, known)


def _open(read: Read, known: Variable, *, lazy: bool) -> Iterator[Flag]:
    """A key that the context may not be the only one to supply: what still works stays as it is."""
    stays = f"{known.old} stays, since more than the context may give it here"
    if known.old in GONE:
        instead = f"write {known.python.format('context')}" if "{}" in known.python else f"read {known.python}"
        yield Flag(read.node, f"{known.message}: Airflow 2 passes none, so {instead} unless something else gives it")
    elif known.safety is not Safety.SAFE:
        yield Flag(read.node, known.message)
    elif lazy and not isinstance(read.node, cst.Comparison):
        yield Flag(read.node, f"{stays}: {LAZY.format(known.old) if known.old in TEXTS else _WORKS}")


def _renamed(read: Read, name: str, known: Variable) -> Iterator[Fix | Flag]:
    node, key = read.node, read.key
    if known.safety is Safety.FLAG:
        yield Flag(node, known.message)
    elif known.python.isidentifier() and isinstance(key, cst.SimpleString):
        yield Fix(node, known.message, (Edit(key, lambda u: requoted(u, known.python)),), safety=known.safety)
    elif isinstance(node, cst.Subscript):
        quote = key.quote if isinstance(key, cst.SimpleString) and len(key.quote) == 1 else '"'
        new = cst.parse_expression(known.python.format(name).replace('"', quote))
        yield Fix(node, known.message, (Edit(node, lambda _: new),), safety=known.safety)
    elif not isinstance(node, cst.Comparison) or known.old in GONE:
        yield Flag(node, f"{known.message}: write {known.python.format(name)}")
