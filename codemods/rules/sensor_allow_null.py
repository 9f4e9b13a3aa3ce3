"""CM321: ``allow_null`` of ``SqlSensor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import is_name
from codemods.engine.report import Edit, Fix, Flag
from codemods.engine.rule import Example, Rule
from codemods.support.calls import remove_keyword
from codemods.support.constructing import constructs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_SENSOR = "airflow.providers.common.sql.sensors.sql.SqlSensor"
_HEAD = "from airflow.sensors.sql_sensor import SqlSensor\n\n"


class SensorAllowNull(Rule):
    """Say with ``success=`` what ``allow_null=`` of ``SqlSensor`` said, which raises in Airflow 2.

    False is what the sensor does now. True took NULL for success, where no ``success`` decided.
    """

    code = "CM321"
    name = "sensor-allow-null"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/operators.html"
    needles = (b"allow_null",)
    watches = (cst.Call,)
    examples = (
        Example(
            "False",
            _HEAD + "SqlSensor(task_id='t', allow_null=False, sql='s')\n",
            _HEAD + "SqlSensor(task_id='t', sql='s')\n",
        ),
        Example(
            "True",
            _HEAD + "SqlSensor(\n    task_id='t',\n    allow_null=True,  # or nothing\n)\n",
            _HEAD
            + "SqlSensor(\n    task_id='t',\n    success=lambda cell: cell is None or bool(cell),  # or nothing\n)\n",
        ),
        Example(
            "True, and something else decides",
            _HEAD + "SqlSensor(task_id='t', success=f, allow_null=True)\n",
            _HEAD + "SqlSensor(task_id='t', success=f)\n",
        ),
        Example("a value that can't be seen", _HEAD + "SqlSensor(task_id='t', allow_null=flag)\n", flagged=True),
        Example("already right", _HEAD + "SqlSensor(task_id='t', success=f)\n"),
        Example("another sensor", "import airflow\nfrom ours import SqlSensor\n\nSqlSensor(allow_null=True)\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Replace or delete the keyword."""
        old = argument(node, "allow_null")
        if old is None or constructs(node, file, "allow_null") != _SENSOR:
            return
        if is_name(old.value, "False") or argument(node, "success") is not None:
            yield Fix(old, "what allow_null says here is always so now", (remove_keyword(node, "allow_null"),))
        elif is_name(old.value, "True"):
            success = cst.parse_expression("lambda cell: cell is None or bool(cell)")
            edit = Edit(old, lambda updated: updated.with_changes(keyword=cst.Name("success"), value=success))
            yield Fix(old, "allow_null is gone: success takes NULL for success", (edit,))
        else:
            yield Flag(
                old, "allow_null raises in Airflow 2: pass success=, a function that decides about the first cell"
            )
