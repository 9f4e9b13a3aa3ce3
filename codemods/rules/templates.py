"""CM401: variables of 1.10 in templates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import literal
from codemods.engine.report import Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.operators import makes_task
from codemods.support.templated import edits_of, rewritten
from codemods.templates.reading import apply, read
from codemods.templates.variables import mentions, variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.engine.scopes import Use

_HEAD = "from airflow.operators.bash import BashOperator\n\n"
_NO_TEMPLATES = frozenset({"doc", "doc_md", "doc_rst", "doc_json", "doc_yaml", "description", "task_id", "dag_id"})
_BY_HAND = "this template is put together in a way that can't be followed: look for old variables in it by hand"


class Templates(Rule):
    """Name the variables in templates as Airflow 2 does.

    ``execution_date`` is ``logical_date``, which is the same moment; ``yesterday_ds`` and ``tomorrow_ds`` are
    ``macros.ds_add(ds, ...)``; ``end_date`` and ``latest_date`` are gone and were ``ds``. What is the same for
    scheduled runs only (``next_ds`` and its kind) needs a review, and ``prev_ds`` and its kind have no successor.
    Jinja itself reads the templates: attributes, keywords, a template's own names and the text around are left
    alone. Template files on their own, such as ``.sql``, are read the same way.
    """

    code = "CM401"
    name = "templates"
    since = "2.2"
    url = "https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html"
    needles = (*(old.encode() for old in variables()), b".format(", b"default_var")
    watches = (cst.Call,)
    examples = (
        Example(
            "a command",
            _HEAD + "BashOperator(task_id='a', bash_command='run {{ execution_date.year }} {{ ds }} '\n"
            "                                        'until {{ tomorrow_ds }}')\n",
            _HEAD + "BashOperator(task_id='a', bash_command='run {{ logical_date.year }} {{ ds }} '\n"
            "                                        'until {{ macros.ds_add(ds, 1) }}')\n",
        ),
        Example(
            "in lists and dictionaries",
            _HEAD + "BashOperator(task_id='a', bash_command=C, env={'D': '{{ latest_date }}', "
            "'E': [r'\\d{{ END_DATE }}']})\n",
            _HEAD + "BashOperator(task_id='a', bash_command=C, env={'D': '{{ ds }}', 'E': [r'\\d{{ ds }}']})\n",
        ),
        Example(
            "a constant of the module",
            _HEAD + "SQL = '''\nselect {{ yesterday_ds }}'''\nBashOperator(task_id='a', bash_command=SQL)\n",
            _HEAD + "SQL = '''\nselect {{ macros.ds_add(ds, -1) }}'''\nBashOperator(task_id='a', bash_command=SQL)\n",
        ),
        Example(
            "the end of the interval",
            _HEAD + "BashOperator(task_id='a', bash_command='{{ next_ds }} {{ next_ds.split(\"-\") }}')\n",
            _HEAD + "BashOperator(task_id='a', bash_command='{{ data_interval_end | ds }} "
            "{{ (data_interval_end | ds).split(\"-\") }}')\n",
            unsafe=True,
        ),
        Example("without --unsafe", _HEAD + "BashOperator(task_id='a', bash_command='{{ next_ds }}')\n", flagged=True),
        Example("no successor", _HEAD + "BashOperator(task_id='a', bash_command='{{ prev_ds }}')\n", flagged=True),
        Example("an f-string", _HEAD + "BashOperator(task_id='a', bash_command=f'{x} {{{{ execution_date }}}}')\n",
                flagged=True),
        Example("what Jinja can't read", _HEAD + "BashOperator(task_id='a', bash_command='{{ execution_date')\n",
                flagged=True),
        Example("a text", _HEAD + "BashOperator(task_id='execution_date', "
                "bash_command='echo execution_date {{ ds }}')\n"),
        Example("an attribute", _HEAD + "BashOperator(task_id='a', bash_command='{{ params.execution_date }}')\n"),
        Example("its own name", _HEAD + "BashOperator(task_id='a', "
                "bash_command='{% set next_ds = 1 %}{{ next_ds }}')\n"),
        Example("documentation", _HEAD + "BashOperator(task_id='a', bash_command='b', doc_md='{{ next_ds }}')\n"),
        Example("not of an operator", "import airflow\n\nprint('{{ execution_date }}')\n"),
        Example("a constant that others read", _HEAD + "SQL = '{{ end_date }}'\nprint(SQL)\n"
                "BashOperator(task_id='a', bash_command=SQL)\n"),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Read the strings in the arguments of an operator."""
        if not makes_task(node, file):
            return
        for arg in node.args:
            if arg.keyword is None or arg.keyword.value not in _NO_TEMPLATES:
                yield from _value(arg.value, file)


def _value(node: cst.BaseExpression, file: File) -> Iterator[Fix | Flag]:
    match node:
        case cst.SimpleString() | cst.ConcatenatedString():
            yield from _string(node)
        case cst.FormattedString():
            texts = "".join(part.value for part in node.parts if isinstance(part, cst.FormattedStringText))
            if "{{{{" in texts and mentions(texts):
                yield Flag(node, _BY_HAND)
        case cst.List() | cst.Tuple() | cst.Set():
            for element in node.elements:
                yield from _value(element.value, file)
        case cst.Dict():
            for pair in node.elements:
                yield from _value(pair.value, file)
        case cst.Name():
            constant = _constant(node, file)
            if constant is not None:
                yield from _string(constant)


def _constant(name: cst.Name, file: File) -> cst.SimpleString | cst.ConcatenatedString | None:
    """The string that a name of the module stands for, when only operators read it, and this call is the first."""
    uses = file.bindings.bare(name.value)
    bound = file.spelled.all(cst.Assign, name.value)
    if len(bound) != 1 or not uses or uses[0].nodes[0] is not name or name.value in file.bindings.top.imports:
        return None
    value = bound[0].value
    if not isinstance(value, cst.SimpleString | cst.ConcatenatedString):
        return None
    return value if all(_read_by_operator(use, file) for use in uses) else None


def _read_by_operator(use: Use, file: File) -> bool:
    arg = file.bindings.parents.get(use.nodes[0])
    call = file.bindings.parents.get(arg) if isinstance(arg, cst.Arg) else None
    return isinstance(call, cst.Call) and makes_task(call, file)


def _string(node: cst.SimpleString | cst.ConcatenatedString) -> Iterator[Fix | Flag]:
    text = literal(node)
    if text is None or not mentions(text):
        if isinstance(node, cst.ConcatenatedString) and text is None:
            yield from _value_parts(node)
        return
    template = read(text)
    if template.trouble is not None:
        yield Flag(
            node, f"Jinja can't read this template ({template.trouble[1]}): look for old variables in it by hand"
        )
        return
    for site in template.sites:
        if site.new is None:
            yield Flag(node, site.message)
    for safety in (Safety.SAFE, Safety.UNSAFE):
        sites = [site for site in template.sites if site.safety is safety and site.new is not None]
        if not sites:
            continue
        edits = edits_of(node, apply(text, sites), partial(rewritten, safety, None))
        if edits is None:
            yield Flag(node, _BY_HAND)
            continue
        yield Fix(node, "; ".join(dict.fromkeys(site.message for site in sites)), edits, safety=safety)


def _value_parts(node: cst.ConcatenatedString) -> Iterator[Flag]:
    """A string of which a part is an f-string."""
    code = cst.Module([]).code_for_node(node)
    if "{{" in code and mentions(code):
        yield Flag(node, _BY_HAND)
