"""CM303: trigger rules that have another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import literal, requoted
from codemods.engine.report import Edit, Fix
from codemods.engine.rule import Example, Rule
from codemods.support.default_args import default_arg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

# airflow-2.2 release notes (none_failed_or_skipped), airflow-2.0 UPDATING.md (dummy)
_NEW = {"none_failed_or_skipped": "none_failed_min_one_success", "dummy": "always"}
_CLASS = "airflow.utils.trigger_rule.TriggerRule."
_HEAD = "from airflow.operators.bash import BashOperator\n\n"


class TriggerRules(Rule):
    """Call trigger rules by their names in Airflow 2: ``none_failed_min_one_success`` and ``always``."""

    code = "CM303"
    name = "trigger-rules"
    since = "2.2"
    needles = (b"none_failed_or_skipped", b"dummy", b"NONE_FAILED_OR_SKIPPED", b"DUMMY")
    watches = (cst.Arg, cst.DictElement, cst.Attribute)
    examples = (
        Example(
            "a string",
            _HEAD + "BashOperator(task_id='a', trigger_rule='none_failed_or_skipped')\n",
            _HEAD + "BashOperator(task_id='a', trigger_rule='none_failed_min_one_success')\n",
        ),
        Example(
            "default_args",
            'from airflow import DAG\n\ndag = DAG(\'a\', schedule=None, default_args={"trigger_rule": "dummy"})\n',
            'from airflow import DAG\n\ndag = DAG(\'a\', schedule=None, default_args={"trigger_rule": "always"})\n',
        ),
        Example(
            "a constant",
            "from airflow.utils.trigger_rule import TriggerRule\n\nrule = TriggerRule.NONE_FAILED_OR_SKIPPED\n",
            "from airflow.utils.trigger_rule import TriggerRule\n\nrule = TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS\n",
        ),
        Example("another rule", _HEAD + "BashOperator(task_id='dummy', trigger_rule='all_done')\n"),
        Example("another argument", _HEAD + "BashOperator(task_id='none_failed_or_skipped', queue='dummy')\n"),
        Example("a string in the code", _HEAD + "x = 'none_failed_or_skipped'\n"),
    )

    def check(self, node: cst.Arg | cst.DictElement | cst.Attribute, file: File) -> Iterator[Fix]:
        """Rename the rule in a keyword, in ``default_args``, or as a constant."""
        if isinstance(node, cst.Attribute):
            new = _NEW.get(node.attr.value.lower())
            if new and node.attr.value.isupper() and file.written(node) == {_CLASS + node.attr.value}:
                name = new.upper()
                edit = Edit(node, lambda u: u.with_changes(attr=cst.Name(name)))
                yield Fix(node, f"{node.attr.value} is {name} in Airflow 2", (edit,))
            return
        old = literal(node.value)
        if old in _NEW and isinstance(node.value, cst.SimpleString) and _is_rule(node, file):
            new = _NEW[old]
            yield Fix(node, f"the trigger rule {old} is {new}", (Edit(node.value, lambda u: requoted(u, new)),))


def _is_rule(node: cst.Arg | cst.DictElement, file: File) -> bool:
    if isinstance(node, cst.DictElement):
        return default_arg(node, file) == "trigger_rule"
    return node.keyword is not None and node.keyword.value == "trigger_rule"
