"""CM591: values that Google's newer libraries refuse when the DAG loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.pieces import pieces, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_PARSE = "google.protobuf.json_format.ParseDict"
_SQL = "airflow.providers.google.cloud.transfers.bigquery_to_"
_HEAD = "from airflow.providers.google.cloud.transfers.bigquery_to_mssql import BigQueryToMsSqlOperator\n\n"


class GoogleValues(Rule):
    """Find values that load no more with the client libraries and operators of google 18.

    ``ParseDict(..., SomeMessage())``: messages of Google's libraries since 2.0 are no protobuf messages, so build
    ``SomeMessage(...)`` or ``SomeMessage.from_json(...)``. BigQuery-to-SQL transfers parse their source at once and
    need ``project.dataset.table``.
    """

    code = "CM591"
    name = "google-values"
    stops = True
    safety = Safety.FLAG
    since = "google 5.0.0"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-google/stable/changelog.html"
    needles = (b"ParseDict", b"source_project_dataset_table")
    watches = (cst.Call,)
    examples = (
        Example(
            "a message",
            "import airflow\nfrom google.cloud.bigquery_datatransfer_v1.types import TransferConfig\n"
            "from google.protobuf.json_format import ParseDict\n\nx = ParseDict({}, TransferConfig())\n",
            flagged=True,
        ),
        Example(
            "a table without its project",
            _HEAD + "BigQueryToMsSqlOperator(task_id='t', source_project_dataset_table=f'{D}.t')\n",
            flagged=True,
        ),
        Example(
            "a whole name",
            _HEAD + "BigQueryToMsSqlOperator(task_id='t', source_project_dataset_table=f'{P}.{D}.t')\n",
        ),
        Example(
            "a protobuf message",
            "import airflow\nfrom google.protobuf.json_format import ParseDict\nfrom ours_pb2 import Thing\n\n"
            "x = ParseDict({}, Thing())\n",
        ),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Flag]:
        """Look at calls of ParseDict, and of the transfers."""
        called = file.called(node)
        if called == _PARSE and any(_is_message(arg.value, file) for arg in node.args):
            yield Flag(
                node.func, "this is no protobuf message since 2.0 of its library: build it from keywords instead"
            )
        table = argument(node, "source_project_dataset_table")
        if table is not None and called.startswith(_SQL):
            found = pieces(table.value)
            if found is not None and len(split(found, ".:")) == 2:
                yield Flag(table, "name the project of this table too: it is parsed when the DAG loads")


def _is_message(node: cst.BaseExpression, file: File) -> bool:
    return isinstance(node, cst.Call) and file.called(node).startswith("google.cloud.")
