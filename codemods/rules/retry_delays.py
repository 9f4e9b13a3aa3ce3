"""CM335: delays between retries that grow beyond a day."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name, literal
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.default_args import default_arg
from codemods.support.operators import makes_task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codemods.engine.file import File

_DAY, _DEFAULT, _MOST = 24 * 60 * 60, 300, 17
"""Seconds; a delay of one second is longer than a day when it was doubled so often."""
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 60 * 60, "days": _DAY, "weeks": 7 * _DAY}
_HEAD = "from datetime import timedelta\nfrom airflow.operators.bash import BashOperator\n\n"
_CALL = _HEAD + "BashOperator(task_id='a', bash_command='b', retry_exponential_backoff=True, {})\n"


class RetryDelays(Rule):
    """Find delays between retries that grow beyond a day: 1.10 waited as long, Airflow 2 a day at most.

    With ``retry_exponential_backoff`` each delay is twice the one before, and up to twice that. The limit is the
    setting ``[core] max_task_retry_delay``, a day by default; ``max_retry_delay`` of a task only makes it shorter.
    """

    code = "CM335"
    name = "retry-delays"
    safety = Safety.FLAG
    since = "2.6"
    url = "https://airflow.apache.org/docs/apache-airflow/2.10.5/configurations-ref.html#max-task-retry-delay"
    needles = (b"retry_exponential_backoff",)
    watches = (cst.Call, cst.Dict)
    examples = (
        Example("ten retries", _CALL.format("retries=10"), flagged=True),
        Example("long ones", _CALL.format("retries=3, retry_delay=timedelta(hours=6)"), flagged=True),
        Example("written in another base", _CALL.format("retries=0xa, retry_delay=timedelta(minutes=0b101)"), flagged=True),
        Example("without end", _CALL.format("retries=9999999999999999"), flagged=True),
        Example("in default_args", _HEAD + "default_args = {'retry_exponential_backoff': True, 'retries': 5, 'retry_delay': timedelta(hours=1)}\n", flagged=True),
        Example("short ones", _CALL.format("retries=3, retry_delay=timedelta(minutes=5)")),
        Example("with a limit of its own", _CALL.format("retries=10, max_retry_delay=timedelta(hours=1)")),
        Example("that do not grow", _CALL.replace("=True", "=False").format("retries=10, retry_delay=timedelta(days=2)")),
        Example("retries that are not seen", _CALL.format("retries=N")),
        Example("a delay that is not seen", _CALL.format("retries=10, retry_delay=D")),
        Example("another dictionary", _HEAD + "other = {'retry_exponential_backoff': True, 'retries': 99}\n"),
    )  # fmt: skip

    def check(self, node: cst.Call | cst.Dict, file: File) -> Iterator[Flag]:
        """Look at the arguments of a task, and at default_args."""
        given = _given(node, file)
        retries, delay = given.get("retries"), given.get("retry_delay")
        if not is_name(given.get("retry_exponential_backoff"), "True") or "max_retry_delay" in given:
            return
        seconds = _DEFAULT if delay is None else _seconds(delay)
        if isinstance(retries, cst.Integer) and seconds and seconds << min(retries.evaluated_value, _MOST) > _DAY:
            yield Flag(
                given["retry_exponential_backoff"],
                "delays between retries grow to a day at most, where 1.10 waited longer: see [core] max_task_retry_delay",
            )


def _given(node: cst.Call | cst.Dict, file: File) -> Mapping[str, cst.BaseExpression]:
    """The arguments that a task gets from a call, or from default_args."""
    if isinstance(node, cst.Call):
        return {arg.keyword.value: arg.value for arg in node.args if arg.keyword} if makes_task(node, file) else {}
    pairs = [one for one in node.elements if isinstance(one, cst.DictElement)]
    return {literal(one.key) or "": one.value for one in pairs} if pairs and default_arg(pairs[0], file) else {}


def _seconds(node: cst.BaseExpression) -> int:
    """The length of ``timedelta(...)`` with one number; 0 for anything else."""
    match node:
        case cst.Call(func=cst.Name(value="timedelta") | cst.Attribute(attr=cst.Name(value="timedelta")), args=[one]):
            value = one.value.evaluated_value if isinstance(one.value, cst.Integer) else 0
            return value * _SECONDS.get(one.keyword.value if one.keyword else "days", 0)
    return 0
