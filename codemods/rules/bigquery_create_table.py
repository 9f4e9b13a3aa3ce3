"""CM511: BigQuery tables that were described by keywords."""

from __future__ import annotations

from functools import partial
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
_NEW = f"{_MODULE}.BigQueryCreateTableOperator"
_HEAD = f"from {_MODULE} import BigQueryCreateEmptyTableOperator\n\n"
_AFTER = f"from {_MODULE} import BigQueryCreateTableOperator\n\n"
_OUTSIDE = f"from {_MODULE} import BigQueryCreateExternalTableOperator\n\n"
_TABLE = {
    "schema_fields": "schema.fields",
    "time_partitioning": "timePartitioning",
    "cluster_fields": "clustering.fields",
    "labels": "labels",
    "view": "view",
    "materialized_view": "materializedView",
    "encryption_configuration": "encryptionConfiguration",
}
_CSV = {
    "field_delimiter": "fieldDelimiter",
    "skip_leading_rows": "skipLeadingRows",
    "quote_character": "quote",
    "allow_quoted_newlines": "allowQuotedNewlines",
    "allow_jagged_rows": "allowJaggedRows",
}
_DATA = {"autodetect": "autodetect", "compression": "compression", "max_bad_records": "maxBadRecords"}
_PLACE = ("bucket", "source_objects", "destination_project_dataset_table", "source_format")
_SCHEMA = ("schema_object", "gcs_schema_bucket")
_MESSAGE = "BigQuery tables are created with BigQueryCreateTableOperator(table_resource=...)"


class BigQueryCreateTable(Rule):
    """Create BigQuery tables with ``BigQueryCreateTableOperator(table_resource=...)``.

    ``BigQueryCreateEmptyTableOperator`` and ``BigQueryCreateExternalTableOperator`` are gone with google 17. Their
    keywords become a table resource as the API of BigQuery defines it. External tables always wrote their CSV
    options out; defaults stay as they were. Where a table's name or the place of its data can't be read, it is left.
    """

    code = "CM511"
    name = "bigquery-create-table"
    safety = Safety.UNSAFE
    since = "google 17.0.0"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-google/stable/operators/cloud/bigquery.html"
    rebuilds = True
    needles = (b"BigQueryCreate",)
    watches = (cst.Call,)
    examples = (
        Example(
            "a table",
            _HEAD + "BigQueryCreateEmptyTableOperator(\n    task_id='t',  # first\n    dataset_id='d',\n"
            "    table_id='t',\n    schema_fields=[{'name': 'a'}],  # one field\n    cluster_fields=['a'],\n"
            "    retries=2,\n)\n",
            _AFTER + "BigQueryCreateTableOperator(\n    task_id='t',  # first\n    dataset_id='d',\n"
            "    table_id='t',\n    table_resource={\n        'schema': {\n"
            "            'fields': [{'name': 'a'}],  # one field\n        },\n        'clustering': {\n"
            "            'fields': ['a'],\n        },\n    },\n    retries=2,\n)\n",
            unsafe=True,
        ),
        Example(
            "one without columns",
            _HEAD + "BigQueryCreateEmptyTableOperator(task_id='t', dataset_id='d', table_id='t', exists_ok=True)\n",
            _AFTER + "BigQueryCreateTableOperator(\n    task_id='t',\n    dataset_id='d',\n    table_id='t',\n"
            "    if_exists='ignore',\n    table_resource={},\n)\n",
            unsafe=True,
        ),
        Example(
            "a table over files",
            _OUTSIDE + "BigQueryCreateExternalTableOperator(\n    task_id='t',\n    bucket=BUCKET,\n"
            "    source_objects=['a.json', OBJECT],\n    source_format='NEWLINE_DELIMITED_JSON',\n"
            "    destination_project_dataset_table=f'{DATASET}.t',\n    schema_object='s.json',\n)\n",
            _AFTER + "BigQueryCreateTableOperator(\n    task_id='t',\n    table_resource={\n"
            "        'externalDataConfiguration': {\n"
            "            'sourceUris': [f'gs://{BUCKET}/a.json', f'gs://{BUCKET}/{OBJECT}'],\n"
            "            'sourceFormat': 'NEWLINE_DELIMITED_JSON',\n        },\n    },\n"
            "    gcs_schema_object=f'gs://{BUCKET}/s.json',\n    dataset_id=DATASET,\n    table_id='t',\n)\n",
            unsafe=True,
        ),
        Example(
            "a resource over files",
            _OUTSIDE + "BigQueryCreateExternalTableOperator(task_id='t', table_resource={'tableReference': "
            "{'projectId': p, 'datasetId': d, 'tableId': 't'}})\n",
            _AFTER + "BigQueryCreateTableOperator(\n    task_id='t',\n"
            "    table_resource={'tableReference': {'projectId': p, 'datasetId': d, 'tableId': 't'}},\n"
            "    project_id=p,\n    dataset_id=d,\n    table_id='t',\n)\n",
            unsafe=True,
        ),
        Example(
            "from 1.10: the connection it used",
            "from airflow.contrib.operators.bigquery_operator import BigQueryCreateEmptyTableOperator\n\n"
            "BigQueryCreateEmptyTableOperator(task_id='t', dataset_id='d', table_id='t')\n",
            _AFTER + "BigQueryCreateTableOperator(\n    task_id='t',\n    dataset_id='d',\n    table_id='t',\n"
            "    table_resource={},\n    gcp_conn_id='bigquery_default',\n)\n",
            unsafe=True,
        ),
        Example(
            "without --unsafe", _HEAD + "BigQueryCreateEmptyTableOperator(task_id='t', dataset_id='d', table_id='t')\n",
            flagged=True,
        ),
        Example("unpacked", _HEAD + "BigQueryCreateEmptyTableOperator(**table)\n", unsafe=True, flagged=True),
        Example(
            "a name that can't be read",
            _OUTSIDE + "BigQueryCreateExternalTableOperator(task_id='t', bucket='b', source_objects=['o'], "
            "destination_project_dataset_table=table)\n",
            unsafe=True,
            flagged=True,
        ),
        Example("already right", _AFTER + "BigQueryCreateTableOperator(task_id='t', table_resource={})\n", unsafe=True),
        Example("one of ours", "import airflow\n\nBigQueryCreateEmptyTableOperator(table_id='t')\n", unsafe=True),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Rebuild calls of the two classes, where the target lacks them."""
        called = file.called(node)
        if called == f"{_MODULE}.BigQueryCreateEmptyTableOperator" and not file.target.has(called):
            yield rebuilt(node, file, _empty(node, file))
        if called == f"{_MODULE}.BigQueryCreateExternalTableOperator" and not file.target.has(called):
            try:
                yield rebuilt(node, file, _external(node, file))
            except NotRebuilt as reason:
                yield by_hand(node, _MESSAGE, str(reason))


def _empty(node: cst.Call, file: File) -> Recipe:
    return Recipe(
        _NEW,
        _MESSAGE,
        connections(node),
        (
            *([Folding(("exists_ok",), "if_exists", _if_exists)] if argument(node, "exists_ok") else []),
            Folding((*_TABLE, "table_resource"), "table_resource", _resource),
        ),
        frozenset({"delegate_to"}),
        old_default(node, file, "bigquery_default"),
    )


def _if_exists(found: Mapping[str, cst.BaseExpression]) -> Tree:
    value = found["exists_ok"]
    if is_name(value, "True"):
        return cst.SimpleString('"ignore"')
    if is_name(value, "False", "None"):
        return cst.SimpleString('"log"')
    raise NotRebuilt('write if_exists="ignore" or "log" for exists_ok')


def _resource(found: Mapping[str, cst.BaseExpression]) -> Tree:
    if "table_resource" in found:
        return found["table_resource"]  # which made the old operator ignore all others
    return _nested(found, _TABLE)


def _nested(found: Mapping[str, cst.BaseExpression], names: Mapping[str, str]) -> dict[str, Tree]:
    tree: dict[str, Tree] = {}
    for name, path in names.items():
        if name in found and not is_name(found[name], "None"):
            first, _, second = path.partition(".")
            tree[first] = {second: found[name]} if second else found[name]
    return tree


def _external(node: cst.Call, file: File) -> Recipe:
    own = argument(node, "table_resource")
    folded: tuple[Folding, ...]
    if own is not None:
        names, folded = (
            _referenced(own.value),
            (Folding(("table_resource", *_all(), *_SCHEMA), "table_resource", _resource),),
        )
    else:
        names, folded = _destination(node), (*_schema(node), Folding(_all(), "table_resource", _data))
    added = [Folding((), name, partial(_same, value)) for name, value in names.items()]
    return Recipe(
        _NEW,
        _MESSAGE,
        connections(node),
        (*folded, *added),
        frozenset({"delegate_to"}),
        old_default(node, file, "bigquery_default"),
    )


def _same(value: cst.BaseExpression, _: Mapping[str, cst.BaseExpression]) -> Tree:
    return value


def _all() -> tuple[str, ...]:
    return (*_PLACE, *_CSV, *_DATA, "schema_fields", "labels", "encryption_configuration", "src_fmt_configs")


def _referenced(resource: cst.BaseExpression) -> dict[str, cst.BaseExpression]:
    """The names in a literal ``{"tableReference": {...}}``."""
    reference = _entry(resource, "tableReference")
    keys = {"project_id": "projectId", "dataset_id": "datasetId", "table_id": "tableId"}
    found = {new: value for new, key in keys.items() if (value := _entry(reference, key)) is not None}
    if not {"dataset_id", "table_id"} <= set(found):
        raise NotRebuilt("pass dataset_id and table_id, which its table_resource does not show")
    return found


def _entry(node: cst.BaseExpression | None, key: str) -> cst.BaseExpression | None:
    if not isinstance(node, cst.Dict):
        return None
    pairs = [one for one in node.elements if isinstance(one, cst.DictElement)]
    return next((one.value for one in pairs if literal(one.key) == key), None)


def _destination(node: cst.Call) -> dict[str, cst.BaseExpression]:
    """Project, dataset and table of a literal ``project.dataset.table`` or ``dataset.table``."""
    given = argument(node, "destination_project_dataset_table")
    found = pieces(given.value) if given is not None else None
    parts = split(found, ".:") if found is not None else []
    nodes = [string(part) for part in parts]
    if len(nodes) not in {2, 3} or not all(parts):
        raise NotRebuilt("pass project_id, dataset_id and table_id instead of destination_project_dataset_table")
    names = ("project_id", "dataset_id", "table_id")[-len(nodes) :]
    return {name: node for name, node in zip(names, nodes, strict=True) if node is not None}


def _schema(node: cst.Call) -> tuple[Folding, ...]:
    if argument(node, "schema_object") is None:
        return ()
    bucket = argument(node, "gcs_schema_bucket") or argument(node, "bucket")
    if bucket is None:
        raise NotRebuilt("pass gcs_schema_object, the whole gs:// path of schema_object")
    return (Folding(_SCHEMA, "gcs_schema_object", lambda found: _uri(bucket.value, found["schema_object"])),)


def _data(found: Mapping[str, cst.BaseExpression]) -> Tree:
    objects = found.get("source_objects")
    if "bucket" not in found or not isinstance(objects, cst.List) or "src_fmt_configs" in found:
        raise NotRebuilt("write externalDataConfiguration of its table_resource for its source_objects")
    if any(not isinstance(one, cst.Element) for one in objects.elements):
        raise NotRebuilt("its source_objects are unpacked")
    uris: list[Tree] = [_uri(found["bucket"], one.value) for one in objects.elements]
    kind = found.get("source_format", cst.SimpleString('"CSV"'))
    data: dict[str, Tree] = {"sourceUris": uris, "sourceFormat": kind, **_nested(found, _DATA)}
    if csv := _nested(found, _CSV):
        data["csvOptions"] = csv
    return _nested(found, _TABLE) | {"externalDataConfiguration": data}


def _uri(bucket: cst.BaseExpression, name: cst.BaseExpression) -> cst.BaseExpression:
    first, last = pieces(bucket), pieces(name)
    node = string(_joined("gs://", first, "/", last)) if first is not None and last is not None else None
    if node is None:
        raise NotRebuilt("its bucket and objects can't be joined to gs:// paths")
    return node


def _joined(*parts: str | tuple[str | cst.BaseExpression, ...]) -> tuple[str | cst.BaseExpression, ...]:
    flat = [one for part in parts for one in ((part,) if isinstance(part, str) else part)]
    merged: list[str | cst.BaseExpression] = []
    for one in flat:
        if isinstance(one, str) and merged and isinstance(merged[-1], str):
            merged[-1] += one
        else:
            merged.append(one)
    return tuple(merged)
