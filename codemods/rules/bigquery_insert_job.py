"""CM510: BigQuery queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import is_name, literal
from codemods.engine.report import Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.google import connections, old_default
from codemods.support.pieces import pieces, split, string
from codemods.support.rebuild import Folding, NotRebuilt, Recipe, by_hand, rebuilt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codemods.engine.file import File
    from codemods.support.layout import Tree

_MODULE = "airflow.providers.google.cloud.operators.bigquery"
_OLD = f"{_MODULE}.BigQueryExecuteQueryOperator"
_NEW = f"{_MODULE}.BigQueryInsertJobOperator"
_HEAD = f"from {_MODULE} import BigQueryExecuteQueryOperator\n\n"
_AFTER = f"from {_MODULE} import BigQueryInsertJobOperator\n\n"
_QUERY = {
    "flatten_results": "flattenResults",
    "allow_large_results": "allowLargeResults",
    "write_disposition": "writeDisposition",
    "create_disposition": "createDisposition",
}
"""What 1.10 passed on only with a destination table."""
_ALWAYS = {
    "maximum_billing_tier": "maximumBillingTier",
    "maximum_bytes_billed": "maximumBytesBilled",
    "schema_update_options": "schemaUpdateOptions",
    "priority": "priority",
    "query_params": "queryParameters",
    "time_partitioning": "timePartitioning",
    "udf_config": "userDefinedFunctionResources",
    "encryption_configuration": "destinationEncryptionConfiguration",
}
_ALL = (
    *("sql", "bql", "use_legacy_sql", "destination_dataset_table", *_QUERY, *_ALWAYS),
    *("cluster_fields", "labels", "api_resource_configs"),
)
_MESSAGE = "BigQueryOperator is BigQueryInsertJobOperator(configuration=...), and its XCom is now the id of the job"


class BigQueryInsertJob(Rule):
    """Run BigQuery queries with ``BigQueryInsertJobOperator(configuration={"query": {...}})``.

    ``BigQueryOperator`` and ``BigQueryExecuteQueryOperator`` are gone with google 11. Each argument becomes the entry
    of the job's configuration that the old operator made of it; ``useLegacySql`` is always written, since the old
    default was True. Options of the destination go where there is no destination table, as before. A list of
    statements ran one by one and is left to a person. What reads the operator's XCom now reads a job id.
    """

    code = "CM510"
    name = "bigquery-insert-job"
    safety = Safety.UNSAFE
    since = "google 11.0.0"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-google/stable/operators/cloud/bigquery.html"
    rebuilds = True
    needles = (b"BigQueryOperator", b"BigQueryExecuteQueryOperator", b"bigquery_operator")
    watches = (cst.Call,)
    examples = (
        Example(
            "a query into a table, from 1.10",
            "from airflow.contrib.operators.bigquery_operator import BigQueryOperator\n\n"
            "t = BigQueryOperator(\n    task_id='t',\n    bql='q.sql',  # the query\n"
            "    destination_dataset_table='p:d.t${{ ds_nodash }}',\n    write_disposition='WRITE_TRUNCATE',\n"
            "    bigquery_conn_id='bq',\n    dag=dag,\n)\n",
            _AFTER + "t = BigQueryInsertJobOperator(\n    task_id='t',\n    configuration={\n"
            "        'query': {\n            'query': 'q.sql',  # the query\n"
            "            'useLegacySql': True,\n            'destinationTable': {\n"
            "                'projectId': 'p',\n                'datasetId': 'd',\n"
            "                'tableId': 't${{ ds_nodash }}',\n            },\n"
            "            'writeDisposition': 'WRITE_TRUNCATE',\n            'timePartitioning': {\n"
            "                'type': 'DAY',\n            },\n        },\n    },\n"
            "    gcp_conn_id='bq',\n    dag=dag,\n)\n",
            unsafe=True,
        ),
        Example(
            "on one line",
            _HEAD + "BigQueryExecuteQueryOperator(task_id='t', sql=SQL, use_legacy_sql=False, location='EU')\n",
            _AFTER + "BigQueryInsertJobOperator(\n    task_id='t',\n    configuration={\n        'query': {\n"
            "            'query': SQL,\n            'useLegacySql': False,\n        },\n    },\n"
            "    location='EU',\n)\n",
            unsafe=True,
        ),
        Example(
            "the connection that 1.10 used",
            "from airflow.contrib.operators import bigquery_operator\n\n"
            "bigquery_operator.BigQueryOperator(task_id='t', sql='select 1', labels={'a': 'b'})\n",
            _AFTER + "BigQueryInsertJobOperator(\n    task_id='t',\n    configuration={\n        'query': {\n"
            "            'query': 'select 1',\n            'useLegacySql': True,\n        },\n"
            "        'labels': {'a': 'b'},\n    },\n    gcp_conn_id='bigquery_default',\n)\n",
            unsafe=True,
        ),
        Example("several statements", _HEAD + "BigQueryExecuteQueryOperator(task_id='t', sql=['a', 'b'])\n",
                unsafe=True, flagged=True),
        Example("a table that can't be read", _HEAD + "BigQueryExecuteQueryOperator(task_id='t', sql='a', "
                "destination_dataset_table=TABLE)\n", unsafe=True, flagged=True),
        Example("unpacked", _HEAD + "BigQueryExecuteQueryOperator(**query)\n", unsafe=True, flagged=True),
        Example("without --unsafe", _HEAD + "BigQueryExecuteQueryOperator(task_id='t', sql='a')\n", flagged=True),
        Example("already right", _AFTER + "BigQueryInsertJobOperator(task_id='t', configuration={})\n", unsafe=True),
        Example("one of ours", "import airflow\nfrom ours import BigQueryOperator\n\nBigQueryOperator(sql='a')\n",
                unsafe=True),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Rebuild each call of the operator, where the target lacks it."""
        if file.called(node) != _OLD or file.target.has(_OLD):
            return
        try:
            fold = Folding(_ALL, "configuration", _configuration)
            default = old_default(node, file, "bigquery_default")
            recipe = Recipe(_NEW, _MESSAGE, connections(node), (fold,), frozenset({"delegate_to"}), default)
        except NotRebuilt as reason:
            yield by_hand(node, _MESSAGE, str(reason))
            return
        yield rebuilt(node, file, recipe)
        table = argument(node, "destination_dataset_table")
        if table is not None and len(_parts(table.value) or ()) == 2:
            yield Flag(
                table, "name the project of this table: projectId was that of the connection, and is required now"
            )


def _configuration(found: Mapping[str, cst.BaseExpression]) -> Tree:
    sql = found.get("sql") or found.get("bql")
    if sql is None:
        raise NotRebuilt("it has no sql")
    if isinstance(sql, cst.List | cst.Tuple | cst.ListComp):
        raise NotRebuilt("a list of statements ran one by one: make them one script, or one task each")
    query: dict[str, Tree] = {"query": sql, "useLegacySql": found.get("use_legacy_sql", cst.Name("True"))}
    if _given(found, "destination_dataset_table"):
        query |= _destination(found["destination_dataset_table"], found)
    query |= {new: found[old] for old, new in _ALWAYS.items() if _given(found, old)}
    if "queryParameters" in query:
        query["parameterMode"] = cst.SimpleString('"NAMED"')
    if _given(found, "cluster_fields"):
        query["clustering"] = {"fields": found["cluster_fields"]}
    tree: dict[str, Tree] = {"query": query}
    if _given(found, "labels"):
        tree["labels"] = found["labels"]
    return _merged(tree, found.get("api_resource_configs"))


def _given(found: Mapping[str, cst.BaseExpression], name: str) -> bool:
    return name in found and not is_name(found[name], "None")


def _destination(table: cst.BaseExpression, found: Mapping[str, cst.BaseExpression]) -> dict[str, Tree]:
    parts = _parts(table)
    if parts is None or len(parts) not in {2, 3}:
        raise NotRebuilt("write destinationTable with projectId, datasetId and tableId for its destination")
    keys = ("projectId", "datasetId", "tableId")[-len(parts) :]
    tree: dict[str, Tree] = {"destinationTable": dict(zip(keys, parts, strict=True))}
    tree |= {new: found[old] for old, new in _QUERY.items() if _given(found, old)}
    text = pieces(table) or ()
    if "time_partitioning" not in found and any("$" in one for one in text if isinstance(one, str)):
        tree["timePartitioning"] = {"type": cst.SimpleString('"DAY"')}
    return tree


def _parts(table: cst.BaseExpression) -> list[cst.BaseExpression] | None:
    """The expressions between the dots and the colon of a table's name."""
    found = pieces(table)
    parts = split(found, ".:") if found is not None else []
    nodes = [string(part) for part in parts if part]
    whole = [node for node in nodes if node is not None]
    return whole if len(whole) == len(parts) and len(whole) > 1 else None


def _merged(tree: dict[str, Tree], further: cst.BaseExpression | None) -> Tree:
    """The configuration with the entries of a literal ``api_resource_configs``."""
    if further is None or is_name(further, "None"):
        return tree
    for key, value in _pairs(further):
        below = tree.get(key)
        if isinstance(below, dict) and isinstance(value, cst.Dict):
            tree[key] = below | {inner: one for inner, one in _pairs(value) if inner not in below}
        else:
            tree.setdefault(key, value)
    return tree


def _pairs(node: cst.BaseExpression) -> list[tuple[str, cst.BaseExpression]]:
    pairs = [(literal(e.key), e.value) for e in getattr(node, "elements", ()) if isinstance(e, cst.DictElement)]
    if not isinstance(node, cst.Dict) or len(pairs) != len(node.elements) or any(key is None for key, _ in pairs):
        raise NotRebuilt("merge its api_resource_configs into the configuration")
    return [(str(key), value) for key, value in pairs]
