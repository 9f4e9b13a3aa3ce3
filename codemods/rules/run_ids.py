"""CM325: ids of runs that tell who made them."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import literal
from codemods.engine.quoting import quoted
from codemods.engine.report import Edit, Fix, Flag
from codemods.engine.rule import Example, Rule
from codemods.support.age import from_1_10

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_OWNERS = ("airflow.models.DagRun", "airflow.models.dagrun.DagRun")
_TEXTS = {"ID_PREFIX": "scheduled__", "ID_FORMAT_PREFIX": "scheduled__{0}"}
_ASKS = frozenset(
    {"startswith", "find", "index", "count", "match", "search", "fullmatch", "like", "ilike", "notlike", "split"}
)
_TOLD = (
    "a run that TriggerDagRunOperator makes is manual__... in Airflow 2, as a manual run is: pass trigger_run_id where it "
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
    needles = (b"trig", b"ID_PREFIX", b"ID_FORMAT_PREFIX")
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
        Example("by a name", _HEAD + "PREFIX = 'trig__'\n\n\ndef f(run_id):\n    return run_id.startswith(PREFIX)\n", flagged=True),
        Example("a shorter one", _HEAD + "def f(dag_run):\n    return dag_run.run_id.startswith(('manual', 'trig'))\n", flagged=True),
        Example("in a query", _HEAD + "SQL = \"run_id like 'trig__%'\"\n", flagged=True),
        Example("something that is no run", _HEAD + "def f(name):\n    return name.startswith('trig')\n"),
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
        elif "trig" in node.value and _is_prefix(literal(node) or "") and _compared(node, file) and from_1_10(file):
            yield Flag(node, _TOLD)


def _is_prefix(text: str) -> bool:
    return "trig__" in text or text in {"trig", "trig_"}


def _compared(node: cst.SimpleString, file: File) -> bool:
    """Whether a text, or the name that it has, is compared with an id, or is a template or a query that does."""
    if "run_id" in node.value and any(word in node.value for word in ("{%", "{{", "like", "LIKE", "=")):
        return True
    parent = file.bindings.parents.get(node)
    targets = [target.target for target in parent.targets] if isinstance(parent, cst.Assign) else []
    named = [
        use.nodes[0] for target in targets if isinstance(target, cst.Name) for use in file.bindings.bare(target.value)
    ]
    return any(_asks(one, file) for one in (node, *named))


def _asks(node: cst.CSTNode, file: File) -> bool:
    """Whether an expression is compared with one that has to do with the id of a run."""
    parents = file.bindings.parents
    parent = parents.get(node)
    if isinstance(parent, cst.ComparisonTarget):
        parent = parents.get(parent)
    elif isinstance(parent, cst.Element):
        parent = parents.get(parents.get(parent, parent))
    around = parents.get(parent) if isinstance(parent, cst.Arg) else parent
    called = around.func.attr.value if isinstance(around, cst.Call) and isinstance(around.func, cst.Attribute) else ""
    asks = isinstance(around, cst.Comparison) or called in _ASKS
    return asks and around is not None and "run_id" in file.module.code_for_node(around)
