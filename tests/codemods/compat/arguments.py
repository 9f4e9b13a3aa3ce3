"""Calls of a class, from its own signature: the least, each argument alone with each of its values, all, and mixes."""

from __future__ import annotations

import random
from typing import Any

VALUES: dict[str, list[Any]] = {
    "allow_jagged_rows": [True],
    "allow_large_results": [True],
    "allow_quoted_newlines": [True],
    "api_resource_configs": [
        {"query": {"useQueryCache": False}},
        {"query": {"useLegacySql": False}},
        {"query": {"priority": "BATCH"}, "labels": {"a": "c"}},
        {"dryRun": True},
    ],
    "api_params": [{"channel": "c", "text": "t"}],
    "archives": [["gs://b/a.zip"]],
    "arguments": [["a", "b"]],
    "attachments": [[{"text": "a"}]],
    "autocommit": [True],
    "aws_conn_id": ["ours"],
    "bigquery_conn_id": ["ours"],
    "blocks": [[{"type": "divider"}]],
    "bql": ["select 2"],
    "bucket_name": ["b"],
    "bucket": ["b"],
    "channel": ["#c"],
    "cluster_fields": [["a", "b"], []],
    "cluster_name": ["c"],
    "compression": ["GZIP", "gzip", "zip"],
    "configs": [{"persistentVolumeClaim": {"claimName": "c"}}, {"hostPath": {"path": "/p"}}, {"odd": 1}],
    "container_port": [80],
    "create_disposition": ["CREATE_NEVER"],
    "database": ["db"],
    "dataflow_default_options": [{"project": "p"}, {"project": "p", "region": "r", "streaming": "", "numWorkers": "2"}],
    "dataproc_jars": [["gs://b/j.jar"]],
    "dataproc_properties": [{"a": "b"}],
    "dataset_id": ["d"],
    "dataset_resource": [{"friendlyName": "n", "labels": {"a": "b"}}, {"description": None}],
    "delegate_to": ["a@b.c"],
    "delimiter": ["|"],
    "destination_dataset_table": ["d.t", "p.d.t", "p:d.t", "a.com:p.d.t", "p:d.t$20210308", "t", "p:d:t"],
    "destination_project_dataset_table": ["d.t", "p.d.t", "p:d.t", "t"],
    "encryption_configuration": [{"kmsKeyName": "k"}],
    "field_delimiter": ["\t"],
    "field_path": ["metadata.name"],
    "files": [["gs://b/f"]],
    "flatten_results": [False],
    "gcp_conn_id": ["ours"],
    "gcs_schema_object": ["gs://b/d/s.json"],
    "google_cloud_storage_conn_id": ["ours"],
    "graceful_decommission_timeout": ["30s", "10m", "4h", "1d", "10w"],
    "icon_url": ["https://x/i.png"],
    "jar": ["gs://b/d/x.jar", "/x.jar", "gs://b"],
    "job_error_states": [["ERROR", "CANCELLED"]],
    "job_class": ["a.B"],
    "job_name": ["n_x", "n_{{ ds }}"],
    "labels": [{"a": "b"}],
    "limit_cpu": ["2", 1],
    "limit_ephemeral_storage": ["1Gi"],
    "limit_gpu": [1, ""],
    "limit_memory": ["2Gi"],
    "location": ["EU"],
    "main": ["gs://b/m.py", "/etc/hostname"],
    "main_class": ["a.B"],
    "main_jar": ["gs://b/m.jar"],
    "max_bad_records": [3],
    "maximum_billing_tier": [2, "2"],
    "maximum_bytes_billed": [5.0, 5],
    "method": ["chat.delete"],
    "mount_path": ["/m"],
    "mysql_conn_id": ["ours"],
    "name": ["n"],
    "num_preemptible_workers": [4],
    "num_workers": [3],
    "options": [{"maxNumWorkers": "3"}, {"labels": {"a": "b"}, "region": "s"}, {"odd": 3}, {"project": None}],
    "parameters": [["a"], {"k": "v"}],
    "poll_sleep": [3],
    "postgres_conn_id": ["ours"],
    "prefix": ["p/q", "p/"],
    "priority": ["BATCH"],
    "project_id": ["p"],
    "py_file": ["gs://b/d/x.py", "/x.py"],
    "py_options": [["-m"]],
    "pyfiles": [["gs://b/p.py"]],
    "query": ["show tables"],
    "query_uri": ["gs://b/q.sql"],
    "read_only": [True, False],
    "region": ["europe-west1"],
    "request_cpu": ["1"],
    "request_ephemeral_storage": ["1Gi"],
    "request_memory": ["1Gi"],
    "query_params": [[{"name": "n", "parameterType": {"type": "STRING"}, "parameterValue": {"value": "v"}}]],
    "quote_character": ["'"],
    "schema_fields": [[{"name": "n", "type": "STRING", "mode": "NULLABLE"}]],
    "schema_object": ["s.json"],
    "schema_update_options": [["ALLOW_FIELD_ADDITION"], ["ALLOW_ALL"]],
    "slack_conn_id": ["ours"],
    "skip_leading_rows": [1],
    "source_format": ["AVRO", "csv", "GOOGLE_SHEETS", "DATASTORE_BACKUP", "ODD"],
    "source_objects": [["a.csv", "b.csv"]],
    "sql": ["select 1", ["select 1", "select 2"]],
    "sqlite_conn_id": ["ours"],
    "src_fmt_configs": [{"skipLeadingRows": 4}, {"odd": 1}],
    "sub_path": [None, "s"],
    "table_id": ["t"],
    "time_partitioning": [{"type": "DAY", "field": "f"}],
    "text": ["said"],
    "token": ["xoxb"],
    "udf_config": [[{"resourceUri": "gs://b/u.js"}]],
    "username": ["us"],
    "use_legacy_sql": [False],
    "variables": [{"v": "w"}],
    "verify": [False, "/c.pem"],
    "write_disposition": ["WRITE_APPEND"],
}
NEEDED = {
    "DataFlowJavaOperator": ["job_name", "dataflow_default_options"],
    "DataFlowPythonOperator": ["job_name", "dataflow_default_options"],
    "BigQueryOperator": ["sql"],
    "SlackAPIOperator": ["token", "api_params"],
    "SlackAPIPostOperator": ["token"],
}
ONE_OF = [("slack_conn_id", "token")]
"""What is refused together."""
"""What has a default, and is needed all the same."""


def calls(name: str, arguments: list[list[Any]], *, mixes: int) -> list[dict[str, Any]]:
    """The calls of a class; ``arguments``: name, whether it is required, default. KeyError for one without a value."""
    values = {argument: _values(argument) for argument, _, _ in arguments}
    if any(argument.endswith("_jars") and argument != "dataproc_jars" for argument in values):
        del values["dataproc_jars"], values["dataproc_properties"]  # a subclass passes them itself
    needed = [argument for argument, required, _ in arguments if required] + NEEDED.get(name, [])
    least = {argument: values[argument][0] for argument in needed}
    alone = [least | {argument: value} for argument in values for value in values[argument]]
    chance = random.Random(name)
    mixed = [least | _mix(values, chance) for _ in range(mixes)]
    for first, second in ONE_OF:
        if first in values and second in values:
            others = [{name: value for name, value in call.items() if name != second} for call in alone]
            alone += [call | {first: "ours"} for call in others]
            del values[first]
    return [least, *alone, {argument: value[0] for argument, value in values.items()}, *mixed]


def _values(argument: str) -> list[Any]:
    """Each kind of Dataproc job has its own name for the same two."""
    for kind in ("properties", "jars"):
        if argument.startswith("dataproc_") and argument.endswith(f"_{kind}"):
            return VALUES[f"dataproc_{kind}"]
    return VALUES[argument]


def _mix(values: dict[str, list[Any]], chance: random.Random) -> dict[str, Any]:
    chosen = {argument: chance.choice(every[:1] * 3 + every) for argument, every in values.items()}
    return {argument: value for argument, value in chosen.items() if chance.random() < 0.3}
