"""CM324: dates of Pendulum 1, which are those of Pendulum 3 in Airflow 2."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name, literal
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.age import from_1_10
from codemods.support.dates import is_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HEAD = "import pendulum\nfrom airflow.operators.python_operator import PythonOperator\n\n\n"
_DEF = _HEAD + "def f(execution_date, **context):\n    return {}\n"
_DIRECTIVE = re.compile(r"%[-_]?[A-Za-z]")
_RENAMED = {
    "Pendulum": "DateTime",
    "interval": "duration",
    "Interval": "Duration",
    "period": "interval",
    "Period": "Interval",
}
_GONE = {
    "create": "write pendulum.datetime(...)",
    "create_from_timestamp": "write pendulum.from_timestamp(...)",
    "create_from_date": "write pendulum.datetime(...)",
    "create_from_time": "write pendulum.today().at(...)",
    "create_from_format": "write pendulum.from_format(...) with its tokens",
    "strptime": "write datetime.strptime(...) and pendulum.instance(...)",
    "utcnow": "write pendulum.now('UTC')",
    "utcfromtimestamp": "write pendulum.from_timestamp(...)",
    "fromtimestamp": "write pendulum.from_timestamp(...)",
    "combine": "write pendulum.instance(datetime.combine(...))",
    "set_formatter": "dates print themselves as isoformat with a space: use isoformat()",
    "set_to_string_format": "dates print themselves with a space: use isoformat()",
    "Pendulum": "write pendulum.DateTime",
}
_WEEKDAY = "day_of_week counts from Monday in Pendulum 3 (Sunday was 0 and is 6): isoweekday() % 7 is as it was"
_TEXT = "a date as a text has a space for the T of Pendulum 1: use isoformat() where the form counts"


class PendulumDates(Rule):
    """Use dates as Pendulum 1 had them: Airflow 2 has Pendulum 3.

    ``format("%Y")`` is ``strftime("%Y")``; ``timestamp`` is ``int_timestamp``; ``utcnow``, ``create`` and ``Pendulum``
    have other names. ``day_of_week`` counts from Monday now, and a date that becomes a text has a space for its ``T``,
    which is a finding where a date of the context becomes one. Only files that are still written for 1.10 are looked at.
    """

    code = "CM324"
    name = "pendulum-dates"
    url = "https://pendulum.eustace.io/docs/"
    needles = (b"pendulum", b"day_of_week", b"format", b"timestamp", b"str(", b"execution_date", b"_date")
    watches = (cst.Attribute, cst.Call, cst.FormattedStringExpression, cst.BinaryOperation)
    examples = (
        Example("a format", _DEF.format("execution_date.format('%Y/%m/%d'), context['execution_date'].add(days=1).format('%d')"),
                _DEF.format("execution_date.strftime('%Y/%m/%d'), context['execution_date'].add(days=1).strftime('%d')")),
        Example("a timestamp", _DEF.format("execution_date.timestamp"), _DEF.format("execution_date.int_timestamp")),
        Example("names", _HEAD + "x = [pendulum.utcnow(), pendulum.create(2021, 1, 1), isinstance(a, pendulum.Pendulum)]\n",
                _HEAD + 'x = [pendulum.now("UTC"), pendulum.datetime(2021, 1, 1), isinstance(a, pendulum.DateTime)]\n'),
        Example("the day of the week", _DEF.format("execution_date.day_of_week == 0"),
                _DEF.format("(execution_date.isoweekday() % 7) == 0"), unsafe=True),
        Example("the day of the week, against a name of Pendulum", _DEF.format("execution_date.day_of_week == pendulum.SUNDAY")),
        Example("without --unsafe", _DEF.format("execution_date.day_of_week"), flagged=True),
        Example("a text", _DEF.format("'gs://' + str(execution_date)"), flagged=True),
        Example("an f-string", _DEF.format("f'{execution_date}'"), flagged=True),
        Example("in percents", _DEF.format("'%s' % context['execution_date']"), flagged=True),
        Example("a name that is gone", _HEAD + "x = pendulum.create_from_time(1)\n", flagged=True),
        Example("a text with a format", _DEF.format("'{}'.format(context['ds']), '%Y'.format(1), name.format('x')")),
        Example("a timestamp of Python", _DEF.format("execution_date.timestamp(), row.timestamp")),
        Example("an f-string with a format", _DEF.format("f'{execution_date:%Y}'")),
        Example("a text of a text", _DEF.format("str(context['ds'])")),
        Example("names that stay", _HEAD + "x = pendulum.datetime(2021, 1, 1), pendulum.now(), pendulum.timezone('UTC')\n"),
        Example("code of Airflow 2", "import airflow, pendulum\n\nx = pendulum.utcnow(), a.day_of_week\n", unsafe=True),
    )  # fmt: skip

    def check(self, node: cst.CSTNode, file: File) -> Iterator[Fix | Flag]:
        """Look at names of Pendulum, and at what is done with a date."""
        if not from_1_10(file):
            return
        match node:
            case cst.Attribute():
                yield from (
                    _of_pendulum(node, file) if file.name(node).startswith("pendulum.") else _attribute(node, file)
                )
            case cst.Call():
                yield from _call(node, file)
            case cst.FormattedStringExpression():
                if is_date(node.expression, file) and not node.format_spec:
                    yield Flag(node.expression, _TEXT)
            case cst.BinaryOperation():
                yield from _percent(node, file)


def _of_pendulum(node: cst.Attribute, file: File) -> Iterator[Fix | Flag]:
    name = file.name(node).removeprefix("pendulum.")
    call = file.bindings.parents.get(node)
    called = call if isinstance(call, cst.Call) and call.func is node else None
    count = len(called.args) if called is not None else 0
    if name == "utcnow" and called is not None and not count:
        new = cst.parse_expression("pendulum.now('UTC')")
        same = cst.ensure_type(new, cst.Call).with_changes(func=node.with_changes(attr=cst.Name("now")))
        yield Fix(node, "pendulum.utcnow is gone: now('UTC') is the same", (Edit(called, lambda _: same),))
    elif name == "create" and count >= 3:
        yield Fix(node, "pendulum.create is now pendulum.datetime", (_attr(node, "datetime"),))
    elif name in _RENAMED and (called is None or name in {"interval", "period"}):
        yield Fix(node, f"pendulum.{name} is now pendulum.{_RENAMED[name]}", (_attr(node, _RENAMED[name]),))
    elif name in _GONE:
        yield Flag(node, f"pendulum.{name} is gone: {_GONE[name]}")


def _attr(node: cst.Attribute, name: str) -> Edit:
    return Edit(node, lambda updated: updated.with_changes(attr=cst.Name(name)))


def _attribute(node: cst.Attribute, file: File) -> Iterator[Fix | Flag]:
    parent = file.bindings.parents.get(node)
    called = isinstance(parent, cst.Call) and parent.func is node
    if is_name(node.attr, "timestamp") and not called and is_date(node.value, file):
        yield Fix(
            node, "timestamp is a method since Pendulum 2: int_timestamp is the number", (_attr(node, "int_timestamp"),)
        )
    elif is_name(node.attr, "day_of_week") and not called and not _with_constant(node, parent, file):
        yield Fix(node, _WEEKDAY, (Edit(node, _weekday),), safety=Safety.UNSAFE)


def _weekday(node: cst.Attribute) -> cst.BinaryOperation:
    day = cst.Call(cst.Attribute(node.value, cst.Name("isoweekday")))
    return cst.BinaryOperation(day, cst.Modulo(), cst.Integer("7"), lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _with_constant(node: cst.CSTNode, parent: cst.CSTNode | None, file: File) -> bool:
    """Whether it is compared with ``pendulum.SUNDAY`` or its kind, which changed together with it."""
    if isinstance(parent, cst.ComparisonTarget):
        parent = file.bindings.parents.get(parent)
    if not isinstance(parent, cst.Comparison):
        return False
    sides = [parent.left, *(one.comparator for one in parent.comparisons)]
    return any(file.name(side).startswith("pendulum.") for side in sides if side is not node)


def _call(node: cst.Call, file: File) -> Iterator[Fix | Flag]:
    func, first = node.func, node.args[0].value if node.args else None
    if isinstance(func, cst.Attribute) and is_name(func.attr, "format") and len(node.args) == 1:
        text = literal(first) or ""
        if _DIRECTIVE.search(text) and "{" not in text and literal(func.value) is None:
            why = "format() takes other directives since Pendulum 2: strftime() takes those of 1.10"
            yield Fix(
                node, why, (_attr(func, "strftime"),), safety=None if is_date(func.value, file) else Safety.UNSAFE
            )
            return
    printed = is_name(func, "str") or (
        isinstance(func, cst.Attribute) and is_name(func.attr, "format") and _is_text(func.value)
    )
    if printed:
        yield from (Flag(arg.value, _TEXT) for arg in node.args if is_date(arg.value, file))


def _is_text(node: cst.BaseExpression) -> bool:
    return literal(node) is not None


def _percent(node: cst.BinaryOperation, file: File) -> Iterator[Flag]:
    if not isinstance(node.operator, cst.Modulo) or literal(node.left) is None:
        return
    values = [e.value for e in node.right.elements] if isinstance(node.right, cst.Tuple) else [node.right]
    yield from (Flag(value, _TEXT) for value in values if is_date(value, file))
