"""CM207: literals of a type that Airflow 2 refuses when the DAG loads."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name
from codemods.engine.report import Edit, Fix, Flag
from codemods.engine.rule import Example, Rule
from codemods.support.constructing import constructs
from codemods.support.dags import makes_dag
from codemods.support.default_args import default_arg
from codemods.tables import argument_values, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_DAG = "from airflow import DAG\n\n"
_BASH = "from airflow.operators.bash import BashOperator\n\n"


class DagArgumentTypes(Rule):
    """Find literals that 1.10 took, and that Airflow 2 refuses because of their type.

    ``DAG(catchup='False')`` was true, as any text is. A tuple of tags becomes a list; everything else a person has to
    decide, since it seldom meant what it did.
    """

    code = "CM207"
    name = "dag-argument-types"
    stops = True
    url = "https://airflow.apache.org/docs/apache-airflow/2.10.5/_api/airflow/models/dag/index.html"
    watches = (cst.Call, cst.DictElement)
    examples = (
        Example("tags", _DAG + "DAG('a', tags=('x', 'y'))\n", _DAG + "DAG('a', tags=['x', 'y'])\n"),
        Example("one tag in brackets", _DAG + "DAG('a', tags=('x',))\n", _DAG + "DAG('a', tags=['x',])\n"),
        Example("text for a truth value", _DAG + "DAG('a', catchup='False')\n", flagged=True),
        Example("seconds for a timedelta", _BASH + "BashOperator(task_id='a', execution_timeout=300)\n", flagged=True),
        Example("in default_args", "import airflow\n\ndefault_args = {'priority_weight': '5'}\n", flagged=True),
        Example(
            "in a dictionary that is passed as default_args",
            _DAG + "usual = {'depends_on_past': 'no'}\ndag = DAG('a', default_args=usual)\n",
            flagged=True,
        ),
        Example("an interval in seconds", _DAG + "DAG('a', schedule_interval=3600)\n", flagged=True),
        Example("right ones", _DAG + "DAG('a', tags=['x'], catchup=False, max_active_runs=1, schedule='@daily')\n"),
        Example("none", _DAG + "DAG('a', schedule=None, dagrun_timeout=None)\n"),
        Example("what can't be seen", _DAG + "DAG('a', catchup=flag, dagrun_timeout=timeout)\n"),
        Example("another dictionary", "import airflow\n\nsettings = {'execution_timeout': 5}\n"),
    )  # fmt: skip

    def check(self, node: cst.Call | cst.DictElement, file: File) -> Iterator[Fix | Flag]:
        """Look at the arguments of DAGs and tasks, and at ``default_args``."""
        if isinstance(node, cst.DictElement):
            wanted = _types("task").get(default_arg(node, file))
            if wanted:
                yield from _report(node.value, default_arg(node, file), wanted)
            return
        for arg in node.args:
            name = arg.keyword.value if arg.keyword is not None else ""
            wanted = _wanted(node, name, file) if name in _arguments() else ""
            if wanted:
                yield from _report(arg.value, name, wanted)


def _wanted(node: cst.Call, name: str, file: File) -> str:
    """The type that what is called wants for an argument; empty when it does not mind."""
    if makes_dag(node, file):
        return _types("DAG").get(name, "")
    called = constructs(node, file, name)
    short = called.rpartition(".")[2]
    return (_types(short).get(name) or _types("task").get(name, "")) if called else ""


@cache
def _arguments() -> frozenset[str]:
    return frozenset(row["argument"] for row in rows("argument_types"))


@cache
def _types(of: str) -> dict[str, str]:
    return {row["argument"]: row["type"] for row in rows("argument_types") if row["of"] == of}


def _report(value: cst.BaseExpression, name: str, wanted: str) -> Iterator[Fix | Flag]:
    found = _type(value)
    if not found or _renamed(value, name) or found in _TAKEN.get(wanted, (wanted,)):
        return
    if (wanted, found) == ("list", "tuple"):
        yield Fix(value, f"{name} must be a list", (Edit(value, _listed),))
    else:
        needs = "a cron expression, a timedelta or a timetable" if wanted == "schedule" else f"a {wanted}"
        yield Flag(value, f"{name} must be {needs}, not a {found}: it raises when the DAG loads")


def _renamed(value: cst.BaseExpression, name: str) -> bool:
    """Whether the value has another spelling on the target, which is a rule of its own."""
    return any(is_name(value, row["old"]) for row in argument_values().get(name, ()))


_TAKEN = {"schedule": ("str", "list", "tuple"), "int": ("int", "bool")}


def _type(value: cst.BaseExpression) -> str:
    """The type of a literal; empty for anything else, and for None."""
    if is_name(value, "True", "False"):
        return "bool"
    return next((name for kind, name in _LITERALS.items() if isinstance(value, kind)), "")


_LITERALS: dict[type[cst.BaseExpression], str] = {
    cst.SimpleString: "str",
    cst.ConcatenatedString: "str",
    cst.FormattedString: "str",
    cst.Integer: "int",
    cst.Float: "float",
    cst.Tuple: "tuple",
    cst.List: "list",
    cst.Set: "set",
    cst.Dict: "dict",
}


def _listed(updated: cst.Tuple) -> cst.List:
    brackets = cst.LeftSquareBracket(), cst.RightSquareBracket()
    if updated.lpar and updated.rpar:
        brackets = (
            cst.LeftSquareBracket(updated.lpar[0].whitespace_after),
            cst.RightSquareBracket(updated.rpar[-1].whitespace_before),
        )
    return cst.List(updated.elements, *brackets)
