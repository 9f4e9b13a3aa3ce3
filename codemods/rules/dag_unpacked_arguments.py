"""CM209: arguments that a dictionary of the file brings into a DAG or a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name, requoted
from codemods.engine.report import Edit, Fix, Flag
from codemods.engine.rule import Example, Rule
from codemods.support.constructing import constructs
from codemods.support.dictionaries import commented, entries, followed, unpackings, without_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.support.dictionaries import Written

_DAG = "airflow.models.dag.DAG"
_HEAD = "from airflow import DAG\nfrom airflow.operators.python import PythonOperator\n\n"
_RENAMED = {
    True: {"schedule_interval": "schedule", "concurrency": "max_active_tasks"},
    False: {"xcom_push": "do_xcom_push", "task_concurrency": "max_active_tis_per_dag"},
}
"""For a DAG, and for a task: old name -> new name."""


class DagUnpackedArguments(Rule):
    """Follow ``DAG(**arguments)`` and ``SomeOperator(**arguments)`` to the dictionary, and change its entries there.

    Only where the file writes the dictionary out once and uses it for nothing else. Entries that the class of the
    target refuses are named; anything that comes from elsewhere can't be seen.
    """

    code = "CM209"
    name = "dag-unpacked-arguments"
    stops = True
    needles = (b"**",)
    watches = (cst.Arg,)
    examples = (
        Example(
            "a DAG",
            _HEAD + "arguments = {\n    'schedule_interval': None,  # by hand\n    'concurrency': 4,\n}\n"
            "dag = DAG('a', **arguments)\n",
            _HEAD + "arguments = {\n    'schedule': None,  # by hand\n    'max_active_tasks': 4,\n}\n"
            "dag = DAG('a', **arguments)\n",
        ),
        Example(
            "tasks",
            _HEAD + "common = {'provide_context': True, 'xcom_push': False}\n"
            "a = PythonOperator(task_id='a', **common)\nb = PythonOperator(task_id='b', **common)\n",
            _HEAD + "common = {'do_xcom_push': False}\n"
            "a = PythonOperator(task_id='a', **common)\nb = PythonOperator(task_id='b', **common)\n",
        ),
        Example(
            "in place",
            _HEAD + "a = PythonOperator(**{'task_id': 'a', 'provide_context': True})\n",
            _HEAD + "a = PythonOperator(**{'task_id': 'a'})\n",
        ),
        Example("what is refused", _HEAD + "x = {'shell': 1}\na = PythonOperator(task_id='a', **x)\n", flagged=True),
        Example("used otherwise too", _HEAD + "x = {'concurrency': 1}\nx['a'] = 1\ndag = DAG('a', **x)\n"),
        Example("from elsewhere", _HEAD + "from ours import x\n\ndag = DAG('a', **x)\n"),
        Example("already right", _HEAD + "x = {'schedule': None}\ndag = DAG('a', **x)\n"),
        Example("a function of ours", _HEAD + "x = {'concurrency': 1, 'xcom_push': True}\nf(**x)\n"),
        Example(
            "a task and a function of ours",
            _HEAD + "x = {'xcom_push': True}\na = PythonOperator(task_id='a', **x)\nf(**x)\n",
        ),
    )

    def check(self, node: cst.Arg, file: File) -> Iterator[Fix | Flag]:
        """Follow one ``**`` argument."""
        if node.star != "**":
            return
        found = followed(node.value, file)
        keys = entries(found.value) if found is not None else None
        if found is None or keys is None:
            return
        calls = unpackings(node, found, file)
        if calls[0] is not file.bindings.parents.get(node):
            return
        for key, element in keys.items():
            classes = {_class(call, key, file) for call in calls}
            if "" not in classes:
                yield from _change(found, key, element, classes, file)


def _class(call: cst.CSTNode | None, key: str, file: File) -> str:
    """The class of Airflow that a dictionary is unpacked into; empty when it is none."""
    return constructs(call, file, key) if isinstance(call, cst.Call) else ""


def _change(found: Written, key: str, element: cst.DictElement, classes: set[str], file: File) -> Iterator[Fix | Flag]:
    if classes != {_DAG} and _DAG in classes:
        return
    new = _RENAMED[classes == {_DAG}].get(key)
    if new is not None and isinstance(element.key, cst.SimpleString):
        edit = Edit(element.key, lambda updated: requoted(updated, new))
        yield Fix(element, f"{key} is {new} in Airflow 2", (edit,))
    elif key == "provide_context" and is_name(element.value, "True") and not commented(element):
        edit = Edit(found.value, lambda updated: without_entry(updated, key))
        yield Fix(element, "Airflow 2 always provides the context", (edit,))
    else:
        yield from _refused(key, element, classes, file)


def _refused(key: str, element: cst.DictElement, classes: set[str], file: File) -> Iterator[Flag]:
    for name in sorted(classes):
        signature = file.target.signature(name)
        if signature is not None and not signature.accepts(key):
            yield Flag(element, f"{name.rpartition('.')[2]} takes no argument {key}: it raises when the DAG loads")
            return
