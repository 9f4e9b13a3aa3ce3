"""CM325: ids of runs that tell who made them."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import literal
from codemods.engine.report import Edit, Fix, Flag
from codemods.engine.rule import Example, Rule
from codemods.support.age import from_1_10
from codemods.support.quotes import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_OWNERS = ("airflow.models.DagRun", "airflow.models.dagrun.DagRun")
_TEXTS = {"ID_PREFIX": "scheduled__", "ID_FORMAT_PREFIX": "scheduled__{0}"}
_ASKS = frozenset(
    {"startswith", "find", "index", "count", "match", "search", "fullmatch", "like", "ilike", "notlike", "split"}
)
_TRIGGERED = "trig__"
_TOLD = (
    "a run that TriggerDagRunOperator makes is manual__... in Airflow 2, as one by hand is: pass trigger_run_id where it "
    "is made, or tell it by its conf"
)
_HEAD = "from airflow.operators.python_operator import PythonOperator\n\n\n"
_MODEL = "from airflow.models import DagRun\n\n"


class RunIds(Rule):
    """Find code that tells runs apart by ``trig__``, which Airflow 2 does not write, and write out DagRun.ID_PREFIX.

    Runs that ``TriggerDagRunOperator`` made had the id ``trig__`` and their date; they are ``manual__`` now, as those
    of the web server and the command line are. The ids of scheduled runs are the same. Only files that are still
    written for 1.10 are looked at.
    """

    code = "CM325"
    name = "run-ids"
    needles = (b"trig__", b"ID_PREFIX", b"ID_FORMAT_PREFIX")
    watches = (cst.Attribute, cst.SimpleString)
    examples = (
        Example("the prefix of scheduled runs", _MODEL + 'x = DagRun.ID_PREFIX + "2021-01-01"\n',
                _MODEL + 'x = "scheduled__" + "2021-01-01"\n'),
        Example("as a format", _MODEL + "x = DagRun.ID_FORMAT_PREFIX.format('a')\n", _MODEL + "x = 'scheduled__{0}'.format('a')\n"),
        Example("a run that was triggered", _HEAD + "def f(run_id, **context):\n    return run_id.startswith('trig__')\n", flagged=True),
        Example("compared", _HEAD + "def f(dag_run):\n    return 'trig__' in dag_run.run_id or dag_run.run_id[:6] == 'trig__'\n",
                flagged=True),
        Example("in a template", "from airflow.operators.bash_operator import BashOperator\n\n"
                "BashOperator(bash_command='{% if run_id.startswith(\"trig__\") %}a{% endif %}')\n", flagged=True),
        Example("an id that is given", _HEAD + "def f(context, order):\n    order.run_id = 'trig__' + context['ds']\n    return order\n"),
        Example("another prefix", _HEAD + "def f(run_id, **context):\n    return run_id.startswith('manual__')\n"),
        Example("code of Airflow 2", _HEAD.replace("python_operator", "python") + "def f(run_id):\n    return run_id.startswith('trig__')\n"),
        Example("an attribute of ours", "import airflow\nfrom ours import DagRun\n\nx = DagRun.ID_PREFIX\n"),
    )  # fmt: skip

    def check(self, node: cst.Attribute | cst.SimpleString, file: File) -> Iterator[Fix | Flag]:
        """Look at the constants of DagRun, and at texts that an id is compared with."""
        if isinstance(node, cst.Attribute):
            text = _TEXTS.get(node.attr.value)
            if text is not None and file.written(node) & {f"{owner}.{node.attr.value}" for owner in _OWNERS}:
                new = quoted(text, file)
                yield Fix(node, f"DagRun has no {node.attr.value} any more", (Edit(node, lambda _: new),))
        elif _TRIGGERED in (literal(node) or "") and _asks(node, file) and from_1_10(file):
            yield Flag(node, _TOLD)


def _asks(node: cst.SimpleString, file: File) -> bool:
    """Whether a text is compared with another, or is a template that does."""
    if "{%" in node.value or "{{" in node.value:
        return True
    parent = file.bindings.parents.get(node)
    if isinstance(parent, cst.Comparison | cst.ComparisonTarget):
        return True
    call = file.bindings.parents.get(parent) if isinstance(parent, cst.Arg) else None
    return isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) and call.func.attr.value in _ASKS
