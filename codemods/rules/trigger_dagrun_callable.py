"""CM304: callables that made the payload of a triggered run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument, has_stars
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.calls import remove_keyword
from codemods.support.constructing import constructs
from codemods.support.payloads import payload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_NAME = "airflow.operators.trigger_dagrun.TriggerDagRunOperator"
_HEAD = "from airflow.operators.trigger_dagrun import TriggerDagRunOperator\n\n"


class TriggerDagrunCallable(Rule):
    """Pass the payload of a triggered run as ``conf=``: ``python_callable=`` raises in Airflow 2.

    A callable that always triggers, with a payload that is written out, becomes ``conf=`` (templated); conditions on
    the task's own literal ``params`` are decided, and its function is left for a person to delete. For any other one:
    where it decided whether to trigger at all, put a ``ShortCircuitOperator`` before the task.
    """

    code = "CM304"
    name = "trigger-dagrun-callable"
    safety = Safety.UNSAFE
    needles = (b"TriggerDagRunOperator",)
    watches = (cst.Call,)
    examples = (
        Example(
            "a payload that is written out",
            _HEAD + "\ndef f(context, order):\n    order.payload = {'a': 1, 'day': context['ds']}\n    return order\n"
            "\n\nTriggerDagRunOperator(task_id='a', python_callable=f)\n",
            _HEAD + "\ndef f(context, order):\n    order.payload = {'a': 1, 'day': context['ds']}\n    return order\n"
            "\n\nTriggerDagRunOperator(task_id='a', conf={'a': 1, 'day': '{{ ds }}'})\n",
            unsafe=True,
        ),
        Example(
            "no payload",
            _HEAD + "TriggerDagRunOperator(task_id='a', python_callable=lambda context, order: order)\n",
            _HEAD + "TriggerDagRunOperator(task_id='a')\n",
            unsafe=True,
        ),
        Example(
            "a condition on the task's own parameters",
            _HEAD + '\ndef f(context, order):\n    """Triggers."""\n    c = context[\'params\'][\'c\']\n    print(c)\n'
            "    if context['params']['c']:\n        order.payload = {'text': context['params']['text']}\n"
            "        return order\n\n\n"
            "TriggerDagRunOperator(python_callable=f, params={'c': True, 'text': 'Hello'})\n",
            _HEAD + '\ndef f(context, order):\n    """Triggers."""\n    c = context[\'params\'][\'c\']\n    print(c)\n'
            "    if context['params']['c']:\n        order.payload = {'text': context['params']['text']}\n"
            "        return order\n\n\n"
            "TriggerDagRunOperator(conf={'text': 'Hello'}, params={'c': True, 'text': 'Hello'})\n",
            unsafe=True,
        ),
        Example(
            "a callable that may decline",
            _HEAD + "\ndef f(context, order):\n    if context['params']['x']:\n        return order\n"
            "\n\nTriggerDagRunOperator(task_id='a', python_callable=f)\n",
            flagged=True,
            unsafe=True,
        ),
        Example(
            "a payload that is made",
            _HEAD + "\ndef f(context, order):\n    order.payload = {'a': g(context)}\n    return order\n"
            "\n\nTriggerDagRunOperator(task_id='a', python_callable=f)\n",
            flagged=True,
            unsafe=True,
        ),
        Example(
            "a callable that does more",
            _HEAD + "\ndef f(context, order):\n    x = count()\n    order.payload = {}\n    return order\n"
            "\n\nTriggerDagRunOperator(task_id='a', python_callable=f)\n",
            flagged=True,
            unsafe=True,
        ),
        Example("a callable from elsewhere", _HEAD + "TriggerDagRunOperator(python_callable=f)\n", flagged=True),
        Example(
            "imported from its old place",
            "from airflow.operators.dagrun_operator import TriggerDagRunOperator as T\n\nT(python_callable=f)\n",
            flagged=True,
        ),
        Example("conf", _HEAD + "TriggerDagRunOperator(task_id='a', conf={'a': 1})\n"),
        Example("another operator", _HEAD + "PythonOperator(task_id='a', python_callable=f)\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Replace the keyword by what its callable sends."""
        old = argument(node, "python_callable")
        if old is None or constructs(node, file, "python_callable") != _NAME:
            return
        sent = payload(node, old.value, file)
        if sent is None or argument(node, "conf") is not None or has_stars(node):
            yield Flag(old, _BY_HAND)
        elif isinstance(sent, cst.Dict) and not sent.elements:
            yield Fix(
                old, "the callable always triggers, and sends nothing", (remove_keyword(node, "python_callable"),)
            )
        else:
            new = Edit(old, lambda updated: updated.with_changes(keyword=cst.Name("conf"), value=sent))
            yield Fix(old, "what the callable always sends is conf", (new,))


_BY_HAND = "pass the payload as conf=; if the callable may decline, put a ShortCircuitOperator before the task"
