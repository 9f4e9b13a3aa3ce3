"""CM329: texts that the target takes for the names of template files."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import literal
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.age import old_class
from codemods.support.dictionaries import assigned
from codemods.tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_LITERAL = "airflow.utils.template.literal"
_ENV = "from airflow.operators.python_operator import PythonVirtualenvOperator\n"
_CALL = "\nPythonVirtualenvOperator(task_id='a', python_callable=f, op_args=[{}])\n"
_IMPORT = "from airflow.utils.template import literal\n"
_EMR = "from airflow.contrib.operators.emr_add_steps_operator import EmrAddStepsOperator\n\n"


class TemplateFiles(Rule):
    """Keep texts that end like a template file of the target from being read as one.

    ``PythonVirtualenvOperator(op_args=["data/names.txt"])`` got the text in 1.10; Airflow 2 looks for a template of that
    name, and raises TemplateNotFound. ``literal(...)`` keeps it a text. Only classes imported from where 1.10 had them
    are looked at, by a table of what became a template, and with which endings.
    """

    code = "CM329"
    name = "template-files"
    safety = Safety.UNSAFE
    since = "2.8"
    url = "https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/operators.html#jinja-templating"
    watches = (cst.Call,)
    examples = (
        Example("an argument", _ENV + _CALL.format("'a.txt', 1"), _ENV + _IMPORT + _CALL.format("literal('a.txt'), 1"), unsafe=True),
        Example("in a dictionary", _ENV + "\nPythonVirtualenvOperator(task_id='a', op_kwargs={'path': '/data/x.txt'})\n",
                _ENV + _IMPORT + "\nPythonVirtualenvOperator(task_id='a', op_kwargs={'path': literal('/data/x.txt')})\n", unsafe=True),
        Example("without --unsafe", _ENV + _CALL.format("'a.txt'"), flagged=True),
        Example("one with variables", _ENV + _CALL.format("'{{ ds }}.txt'"), unsafe=True, flagged=True),
        Example("steps by a name", _EMR + "STEPS = [{'Args': ['s3://b/conf.json']}]\nEmrAddStepsOperator(task_id='a', steps=STEPS)\n", flagged=True),
        Example("another ending", _ENV + _CALL.format("'a.csv'"), unsafe=True),
        Example("an argument that was a template already", "from airflow.operators.bash_operator import BashOperator\n\n"
                "BashOperator(task_id='a', bash_command='run.sh')\n", unsafe=True),
        Example("another argument", _ENV + "\nPythonVirtualenvOperator(task_id='a', requirements=['a.txt'])\n", unsafe=True),
        Example("code of Airflow 2", _ENV.replace("python_operator", "python") + _CALL.format("'a.txt'"), unsafe=True),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Look at the arguments that became templates."""
        row = _fields().get(file.called(node))
        if row is None or not old_class(node, file):
            return
        for field in row["fields"].split():
            given = argument(node, field)
            for text in _texts(given.value, file) if given is not None else ():
                if (literal(text) or "").endswith(tuple(row["extensions"].split())):
                    yield _kept(text, field, file)


def _kept(text: cst.BaseExpression, field: str, file: File) -> Fix | Flag:
    what = f"{field} is read as a template file of this name now, and raises TemplateNotFound where there is none"
    if "{{" in (literal(text) or "") or "{%" in (literal(text) or ""):
        return Flag(text, f"{what}: give it another ending, or make it in the callable")
    reference = file.reference(_LITERAL) if file.target.has(_LITERAL) else None
    if reference is None:
        return Flag(text, f"{what}: give it another ending")
    name, imports = reference
    edit = Edit(text, lambda updated: cst.Call(cst.parse_expression(name), [cst.Arg(updated)]))
    return Fix(text, f"{what}: literal() keeps it a text", (edit,), imports=imports)


def _texts(node: cst.BaseExpression, file: File) -> Iterator[cst.BaseExpression]:
    """The literals that an expression holds, by the name of one that is assigned once too."""
    match node:
        case cst.SimpleString() | cst.ConcatenatedString():
            yield node
        case cst.List() | cst.Tuple() | cst.Set() | cst.Dict():
            for element in node.elements:
                yield from _texts(element.value, file)
        case cst.Name():
            value = assigned(node.value, file)
            if value is not None and not isinstance(value, cst.Name):
                yield from _texts(value, file)


@cache
def _fields() -> dict[str, dict[str, str]]:
    return {row["class"]: row for row in rows("template_files")}
