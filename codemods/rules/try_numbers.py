"""CM331: the number of a try, in a callback."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.age import from_1_10
from codemods.support.callables import callers
from codemods.support.context_use import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HEAD = "from airflow.operators.bash_operator import BashOperator\n\n\ndef f(context):\n"
_TASK = "\n\nBashOperator(task_id='a', bash_command='x', on_failure_callback=f)\n"


class TryNumbers(Rule):
    """Find callbacks that read try_number: 1.10 gave the number of the next try, Airflow 2 that of the one that ended.

    1.10 counted one more as soon as a task was not running. In the task itself the number is the same. Take
    ``try_number + 1`` where the next one is meant. Only files that are still written for 1.10 are looked at.
    """

    code = "CM331"
    name = "try-numbers"
    safety = Safety.FLAG
    since = "2.10"
    needles = (b"try_number",)
    watches = (cst.FunctionDef,)
    examples = (
        Example("after a failure", _HEAD + "    return context['ti'].try_number > 2\n" + _TASK, flagged=True),
        Example("before a retry", _HEAD + "    ti = context['task_instance']\n    return '%s' % ti.try_number\n"
                + "\n\ndefault_args = {'on_retry_callback': f}\n", flagged=True),
        Example("after a success", _HEAD + "    return context['ti'].try_number\n" + _TASK.replace("failure", "success")),
        Example("in a task", _HEAD.replace("f(context)", "f(**context)").replace("bash_operator import Bash", "python_operator import Python")
                + "    return context['ti'].try_number\n\n\nPythonOperator(task_id='a', python_callable=f)\n"),
        Example("in no callback", _HEAD + "    return context['ti'].try_number\n"),
        Example("another number", _HEAD + "    return context['ti'].max_tries\n" + _TASK),
        Example("code of Airflow 2", _HEAD.replace("bash_operator", "bash") + "    return context['ti'].try_number\n" + _TASK),
    )  # fmt: skip

    def check(self, node: cst.FunctionDef, file: File) -> Iterator[Flag]:
        """Look at functions that are passed as callbacks."""
        if not from_1_10(file) or not _calls_back(node, file):
            return
        for one in below(node.body):
            if isinstance(one, cst.Attribute) and is_name(one.attr, "try_number"):
                yield Flag(
                    one,
                    "in a callback 1.10 gave the number of the next try here, Airflow 2.10 that of the one that ended: "
                    "see what it is compared with",
                )


def _calls_back(node: cst.FunctionDef, file: File) -> bool:
    """Whether a function is called when a task has failed, or will be tried again."""
    if any(isinstance(one, cst.ClassDef) for one in file.ancestors(node)) or not callers(node, file).supplies:
        return False
    uses = file.bindings.bare(node.name.value)
    around = [file.bindings.parents.get(use.nodes[0]) for use in uses]
    return any(_is_callback(one) for one in around)


def _is_callback(node: cst.CSTNode | None) -> bool:
    if isinstance(node, cst.Arg):
        return is_name(node.keyword, "on_failure_callback", "on_retry_callback")
    key = node.key if isinstance(node, cst.DictElement) else None
    return isinstance(key, cst.SimpleString) and key.raw_value in {"on_failure_callback", "on_retry_callback"}
