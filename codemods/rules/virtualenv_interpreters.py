"""CM328: virtual environments of a Python that the target does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import literal
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.constructing import constructs
from codemods.support.dictionaries import assigned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_OPERATOR = "airflow.operators.python.PythonVirtualenvOperator"
_THERE = frozenset({"3", "3.11"})
"""Every image of Composer 2 with Airflow 2.7 and later has Python 3.11 alone."""
_HEAD = "from airflow.operators.python_operator import PythonVirtualenvOperator\n\n"
_CALL = _HEAD + "PythonVirtualenvOperator(task_id='a', python_callable=f, python_version={})\n"


class VirtualenvInterpreters(Rule):
    """Find virtual environments of a Python that the target's image does not have: the task fails when it runs.

    The images of Composer 2 have Python 3.11 alone. Port the function and leave ``python_version`` out, or run it with
    ``ExternalPythonOperator`` or in a pod whose image has the interpreter.
    """

    code = "CM328"
    name = "virtualenv-interpreters"
    safety = Safety.FLAG
    url = "https://cloud.google.com/composer/docs/composer-versions"
    needles = (b"python_version",)
    watches = (cst.Call,)
    examples = (
        Example("Python 2", _CALL.format("'2.7'"), flagged=True),
        Example("a number", _CALL.format("3.8"), flagged=True),
        Example("by a name", _HEAD + "PYTHON = 2\nPythonVirtualenvOperator(task_id='a', python_version=PYTHON)\n",
                flagged=True),
        Example("in a class of ours",
                _HEAD + "class Ours(PythonVirtualenvOperator):\n    pass\n\n\nOurs(python_version='3.6')\n",
                flagged=True),
        Example("that of the target", _CALL.format("'3.11'")),
        Example("any Python 3", _CALL.format("3")),
        Example("none", _CALL.format("None")),
        Example("what can't be seen", _CALL.format("VERSION")),
        Example("one of ours", "import airflow\nfrom ours import build\n\nbuild(python_version='2.7')\n"),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Flag]:
        """Look at the version that a virtual environment asks for."""
        given = argument(node, "python_version")
        if given is None or constructs(node, file, "python_version") != _OPERATOR:
            return
        value = assigned(given.value.value, file) if isinstance(given.value, cst.Name) else given.value
        version = value.value if isinstance(value, cst.Integer | cst.Float) else literal(value)
        if version and version not in _THERE:
            yield Flag(
                given,
                f"the target's image has Python 3.11, and no {version}: the task fails; port the function, "
                "or run it in a pod with an image of its own",
            )
