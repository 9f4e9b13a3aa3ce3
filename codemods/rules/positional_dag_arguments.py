"""CM203: arguments of a DAG passed by position."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Edit, Fix, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.calls import positional

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

# The third to eleventh parameters of DAG.__init__ in airflow-1.10.15, by the names Airflow 2.10 has.
_NAMES = (
    "schedule",
    "start_date",
    "end_date",
    "full_filepath",
    "template_searchpath",
    "template_undefined",
    "user_defined_macros",
    "user_defined_filters",
    "default_args",
)


class PositionalDagArguments(Rule):
    """Pass the arguments of a DAG after the second by keyword: the fourth means something else in Airflow 2."""

    code = "CM203"
    name = "positional-dag-arguments"
    safety = Safety.UNSAFE
    needles = (b"DAG",)
    watches = (cst.Call,)
    examples = (
        Example(
            "four",
            "from airflow import DAG\n\ndag = DAG('a', 'about', '@daily', start, catchup=False)\n",
            "from airflow import DAG\n\ndag = DAG('a', 'about', schedule='@daily', start_date=start, catchup=False)\n",
            unsafe=True,
        ),
        Example("without --unsafe", "from airflow import DAG\n\nDAG('a', 'about', '@daily')\n", flagged=True),
        Example("two", "from airflow import DAG\n\ndag = DAG('a', 'about', schedule=None)\n", unsafe=True),
        Example("unpacked", "from airflow import DAG\n\ndag = DAG(*args)\n", unsafe=True),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix]:
        """Name the third argument and those after it."""
        args = positional(node)
        starred = any(arg.star == "*" for arg in node.args)
        if file.called(node) == "airflow.models.dag.DAG" and not starred and 2 < len(args) <= len(_NAMES) + 2:
            edits = tuple(_named(arg, name) for arg, name in zip(args[2:], _NAMES, strict=False))
            yield Fix(args[2], "the fourth positional argument of DAG has another meaning in Airflow 2", edits)


def _named(arg: cst.Arg, name: str) -> Edit:
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return Edit(arg, lambda updated: updated.with_changes(keyword=cst.Name(name), equal=tight))
