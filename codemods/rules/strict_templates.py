"""CM403: what templates read that may not be there."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument, has_stars
from codemods.engine.nodes import is_name, literal
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.age import old_class
from codemods.support.default_args import default_keys
from codemods.support.dictionaries import assigned, entries, followed
from codemods.support.operators import makes_task
from codemods.templates.strict import loose_reads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HEAD = "from airflow.operators.bash_operator import BashOperator\n\n"
_NO_TEMPLATES = frozenset({"doc", "doc_md", "doc_rst", "doc_json", "doc_yaml", "description", "task_id", "dag_id"})
_FIX = 'write |default(""), or DAG(template_undefined=jinja2.Undefined) for the whole DAG'
_SAID = {
    "conf": "dag_run.conf has no {0!r} in a scheduled run, where 1.10 rendered nothing, and Airflow 2 raises: " + _FIX,
    "params": "params have no {0!r} here, where 1.10 rendered nothing, and Airflow 2 raises: " + _FIX,
    "name": "no variable is called {0!r}: 1.10 rendered nothing, and Airflow 2 raises: " + _FIX,
}


class StrictTemplates(Rule):
    """Find what templates read that may not be there: Airflow 2 raises where 1.10 rendered nothing.

    1.10 rendered an undefined variable as nothing; Airflow 2 uses ``StrictUndefined``. Keys of ``dag_run.conf`` are not
    there in scheduled runs; keys of ``params`` and other names are told where the file shows that nothing gives them.
    What has a ``default`` or is asked with ``is defined`` is fine. Only classes imported from where 1.10 had them are
    looked at.
    """

    code = "CM403"
    name = "strict-templates"
    safety = Safety.FLAG
    url = "https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/operators.html#jinja-templating"
    needles = (b"{{", b"{%")
    watches = (cst.Call,)
    examples = (
        Example("a parameter", _HEAD + "BashOperator(task_id='a', bash_command='{{ params.x }}')\n", flagged=True),
        Example("the configuration of a run", _HEAD + "BashOperator(task_id='a', bash_command='{{ dag_run.conf[\"x\"] }}')\n",
                flagged=True),
        Example("a name", _HEAD + "BashOperator(task_id='a', bash_command='{% if x %}a{% endif %}')\n", flagged=True),
        Example("in a list, by a constant", _HEAD + "C = ['{{ params.x }}']\nBashOperator(task_id='a', bash_command=C)\n",
                flagged=True),
        Example("a default", _HEAD + "BashOperator(task_id='a', bash_command='{{ params.x | default(1) }}"
                "{{ x is defined }}{% if dag_run.conf.y is defined %}{{ dag_run.conf.y }}{% endif %}')\n"),
        Example("with get", _HEAD + "BashOperator(task_id='a', bash_command='{{ dag_run.conf.get(\"x\") }}')\n"),
        Example("given", _HEAD + "BashOperator(task_id='a', bash_command='{{ params.x }}', params={'x': 1})\n"),
        Example("given by the DAG", "from airflow import DAG\n" + _HEAD + "with DAG('a', schedule=None, params={'x': 1}, "
                "user_defined_macros={'y': 1}):\n    BashOperator(task_id='a', bash_command='{{ params.x }} {{ y }}')\n"),
        Example("its own name", _HEAD + "BashOperator(task_id='a', bash_command='{% set x = ds %}{{ x }}')\n"),
        Example("code of Airflow 2", "from airflow.operators.bash import BashOperator\n\n"
                "BashOperator(task_id='a', bash_command='{{ dag_run.conf[\"x\"] }}')\n"),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Flag]:
        """Read the templates of one task of 1.10."""
        if not old_class(node, file) or not makes_task(node, file):
            return
        given = file.once(_given)
        own = _keys(argument(node, "params"), file)
        loose = file.once(default_keys) & {"params"} or has_stars(node) or own is None
        for arg in node.args:
            if arg.keyword is None or arg.keyword.value not in _NO_TEMPLATES:
                for text in _texts(arg.value, file, set()):
                    yield from _told(text, given, None if loose else own)


def _told(
    node: cst.BaseExpression, given: dict[str, frozenset[str] | None], own: frozenset[str] | None
) -> Iterator[Flag]:
    for kind, key in loose_reads(literal(node) or ""):
        known = given["params"] if kind == "params" else given["macros"]
        if kind != "conf" and (known is None or key in known):
            continue
        if kind == "params" and (own is None or key in own):
            continue
        yield Flag(node, _SAID[kind].format(key))


def _texts(node: cst.BaseExpression, file: File, seen: set[str]) -> Iterator[cst.BaseExpression]:
    """The literals that an expression holds, by names too; ``seen``: the names that were followed."""
    match node:
        case cst.SimpleString() | cst.ConcatenatedString():
            if "{" in (literal(node) or ""):
                yield node
        case cst.List() | cst.Tuple() | cst.Set() | cst.Dict():
            for element in node.elements:
                yield from _texts(element.value, file, seen)
        case cst.Name():
            value = assigned(node.value, file) if node.value not in seen else None
            seen.add(node.value)
            if value is not None and not isinstance(value, cst.Name):
                yield from _texts(value, file, seen)


def _given(file: File) -> dict[str, frozenset[str] | None]:
    """What DAGs of the file give to all of their templates; None where that is not visible."""
    found: dict[str, frozenset[str] | None] = {}
    for kind, word in (("params", "params"), ("macros", "user_defined_macros")):
        keys: set[str] = set()
        for arg in file.bindings.nodes[cst.Arg]:
            if isinstance(arg, cst.Arg) and is_name(arg.keyword, word):
                call = file.bindings.parents.get(arg)
                if isinstance(call, cst.Call) and makes_task(call, file):
                    continue
                one = _keys(arg, file)
                if one is None:
                    break
                keys |= one
        else:
            found[kind] = frozenset(keys)
            continue
        found[kind] = None
    return found


def _keys(arg: cst.Arg | None, file: File) -> frozenset[str] | None:
    """The keys of a dictionary; None when they can't be seen."""
    if arg is None:
        return frozenset()
    written = followed(arg.value, file)
    found = entries(written.value) if written is not None else None
    return frozenset(found) if found is not None else None
