"""CM301: ``provide_context`` of the Python operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import is_name
from codemods.engine.report import Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.calls import remove_keyword
from codemods.support.constructing import constructs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HEAD = "from airflow.operators.python import PythonOperator\n\n"


class ProvideContext(Rule):
    """Delete ``provide_context``: Airflow 2 passes each callable the context variables it names.

    ``True`` says what is now always so. ``False`` raises in Airflow 2, and deleting it lets context
    values in where the callable has parameters of those names (``ds``, ``ti``, ...), so it is unsafe;
    so is ``True`` where such a parameter has a default, because a person may have counted on it. Operators of ours that
    are imported mostly pass it on to one of Airflow, which raises; that they do can't be seen, so that is unsafe too.
    """

    code = "CM301"
    name = "provide-context"
    needles = (b"provide_context",)
    watches = (cst.Call,)
    examples = (
        Example(
            "True",
            _HEAD + "PythonOperator(task_id='a', provide_context=True, python_callable=f)\n",
            _HEAD + "PythonOperator(task_id='a', python_callable=f)\n",
        ),
        Example(
            "the last argument, with comments",
            _HEAD
            + "PythonOperator(\n    task_id='a',\n    python_callable=f,  # work\n    provide_context=True,  # ds\n)\n",
            _HEAD + "PythonOperator(\n    task_id='a',\n    python_callable=f,  # work\n    # ds\n)\n",
        ),
        Example(
            "the last argument, no comma after it",
            _HEAD
            + "PythonOperator(task_id='a',\n               python_callable=f,\n               provide_context=True)\n",
            _HEAD + "PythonOperator(task_id='a',\n               python_callable=f)\n",
        ),
        Example(
            "between others, with a comment",
            _HEAD + "PythonOperator(\n    task_id='a',\n    provide_context=True,  # ds\n    python_callable=f,\n)\n",
            _HEAD + "PythonOperator(\n    task_id='a',\n    # ds\n    python_callable=f,\n)\n",
        ),
        Example(
            "False",
            _HEAD + "PythonOperator(task_id='a', python_callable=f, provide_context=False)\n",
            _HEAD + "PythonOperator(task_id='a', python_callable=f)\n",
            unsafe=True,
        ),
        Example(
            "False without --unsafe",
            _HEAD + "PythonOperator(task_id='a', python_callable=f, provide_context=False)\n",
            flagged=True,
        ),
        Example(
            "a default of the callable has a context variable's name",
            _HEAD + "def f(ds='2020-01-01', **kwargs):\n    pass\n\n\n"
            "PythonOperator(task_id='a', python_callable=f, provide_context=True)\n",
            flagged=True,
        ),
        Example(
            "a value that is not a literal",
            _HEAD + "PythonOperator(task_id='a', python_callable=f, provide_context=flag)\n",
            flagged=True,
        ),
        Example(
            "an operator of ours that passes it on",
            _HEAD + "class Ours(PythonOperator):\n    pass\n\n\nOurs(task_id='a', provide_context=True)\n",
            _HEAD + "class Ours(PythonOperator):\n    pass\n\n\nOurs(task_id='a')\n",
        ),
        Example(
            "partial",
            "from functools import partial\n" + _HEAD + "make = partial(PythonOperator, provide_context=True)\n",
            "from functools import partial\n" + _HEAD + "make = partial(PythonOperator)\n",
        ),
        Example(
            "an operator that is imported",
            "import airflow\nfrom ours import OurOperator\n\nOurOperator(task_id='a', provide_context=True, x=1)\n",
            "import airflow\nfrom ours import OurOperator\n\nOurOperator(task_id='a', x=1)\n",
            unsafe=True,
        ),
        Example("a function of ours", "import airflow\nfrom ours import f\n\nf(provide_context=True)\n", unsafe=True),
        Example("an operator of ours", _HEAD + "OurOperator(task_id='a', provide_context=True)\n"),
        Example("no such argument", _HEAD + "PythonOperator(task_id='provide_context', python_callable=f)\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Delete the keyword of an operator of Airflow."""
        old = argument(node, "provide_context")
        if old is None:
            return
        if not constructs(node, file, "provide_context"):
            yield from _of_ours(node, old, file)
            return
        edits = (remove_keyword(node, "provide_context"),)
        taken = _context_defaults(node, file)
        if is_name(old.value, "True") and not taken:
            yield Fix(old, "Airflow 2 always provides the context", edits)
        elif is_name(old.value, "True", "False"):
            yield Fix(old, _warning(taken), edits, safety=Safety.UNSAFE)
        else:
            yield Flag(old, "delete provide_context: anything but True raises in Airflow 2")


def _of_ours(node: cst.Call, old: cst.Arg, file: File) -> Iterator[Fix]:
    """An operator that the file only imports: it raises if it passes the keyword on to one of Airflow."""
    task = argument(node, "task_id") is not None and bool(file.written(node.func))
    if task and is_name(old.value, "True"):
        message = "delete provide_context, unless this class itself has such a parameter: those of Airflow refuse it"
        yield Fix(old, message, (remove_keyword(node, "provide_context"),), safety=Safety.UNSAFE)


def _warning(taken: list[str]) -> str:
    if taken:
        return (
            f"delete provide_context: Airflow 2 passes the context's own {', '.join(taken)} over the callable's default"
        )
    return "delete provide_context=False: it raises in Airflow 2, which always passes what the callable names"


def _context_defaults(call: cst.Call, file: File) -> list[str]:
    """The parameters with a default whose names are context variables."""
    passed = argument(call, "python_callable")
    if passed is None or not isinstance(passed.value, cst.Name):
        return []
    functions = file.functions(passed.value.value)
    params = [p for f in functions for p in (*f.params.params, *f.params.kwonly_params) if p.default is not None]
    return sorted({p.name.value for p in params} & CONTEXT)


# airflow-1.10.15 models/taskinstance.py, get_template_context
CONTEXT = frozenset(
    {
        "conf",
        "dag",
        "dag_run",
        "ds",
        "ds_nodash",
        "end_date",
        "execution_date",
        "inlets",
        "latest_date",
        "macros",
        "next_ds",
        "next_ds_nodash",
        "next_execution_date",
        "outlets",
        "params",
        "prev_ds",
        "prev_ds_nodash",
        "prev_execution_date",
        "prev_execution_date_success",
        "prev_start_date_success",
        "run_id",
        "tables",
        "task",
        "task_instance",
        "task_instance_key_str",
        "test_mode",
        "ti",
        "tomorrow_ds",
        "tomorrow_ds_nodash",
        "ts",
        "ts_nodash",
        "ts_nodash_with_tz",
        "var",
        "yesterday_ds",
        "yesterday_ds_nodash",
    }
)
