"""CM512: BigQuery datasets that were patched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.google import connections, old_default
from codemods.support.rebuild import NotRebuilt, Recipe, by_hand, rebuilt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_MODULE = "airflow.providers.google.cloud.operators.bigquery"
_OLD = f"{_MODULE}.BigQueryPatchDatasetOperator"
_NEW = f"{_MODULE}.BigQueryUpdateDatasetOperator"
_MESSAGE = "BigQueryPatchDatasetOperator is BigQueryUpdateDatasetOperator"


class BigQueryUpdateDataset(Rule):
    """Change BigQuery datasets with ``BigQueryUpdateDatasetOperator``.

    It updates the fields that its resource names, which is what ``BigQueryPatchDatasetOperator`` did; that one is
    gone with google 11.
    """

    code = "CM512"
    name = "bigquery-update-dataset"
    safety = Safety.UNSAFE
    since = "google 11.0.0"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-google/stable/operators/cloud/bigquery.html"
    rebuilds = True
    needles = (b"BigQueryPatchDataset",)
    watches = (cst.Call,)
    examples = (
        Example(
            "a patch",
            f"from {_MODULE} import BigQueryPatchDatasetOperator\n\n"
            "BigQueryPatchDatasetOperator(task_id='t', dataset_id='d', dataset_resource={'friendlyName': 'n'})\n",
            "from airflow.providers.google.cloud.operators.bigquery import BigQueryUpdateDatasetOperator\n"
            "\nBigQueryUpdateDatasetOperator(\n    task_id='t',\n    dataset_id='d',\n"
            "    dataset_resource={'friendlyName': 'n'},\n)\n",
            unsafe=True,
        ),
        Example(
            "without --unsafe",
            f"from {_MODULE} import BigQueryPatchDatasetOperator\n\nBigQueryPatchDatasetOperator(task_id='t')\n",
            flagged=True,
        ),
        Example("one of ours", "import airflow\n\nBigQueryPatchDatasetOperator(task_id='t')\n", unsafe=True),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Rebuild each call of the operator, where the target lacks it."""
        if file.called(node) != _OLD or file.target.has(_OLD):
            return
        try:
            default = old_default(node, file, "bigquery_default")
            yield rebuilt(
                node, file, Recipe(_NEW, _MESSAGE, connections(node), (), frozenset({"delegate_to"}), default)
            )
        except NotRebuilt as reason:
            yield by_hand(node, _MESSAGE, str(reason))
