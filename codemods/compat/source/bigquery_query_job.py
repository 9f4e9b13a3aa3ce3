"""The configuration of a query job as ``run_query`` of Airflow 1.10 built it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from airflow1_compat.bigquery_names import table_parts

_UPDATES = ["ALLOW_FIELD_ADDITION", "ALLOW_FIELD_RELAXATION"]
_TYPES: dict[str, type] = {
    "query": str,
    "priority": str,
    "useLegacySql": bool,
    "queryParameters": list,
    "userDefinedFunctionResources": list,
    "maximumBillingTier": int,
    "maximumBytesBilled": float,
    "timePartitioning": dict,
    "schemaUpdateOptions": list,
    "destinationTable": dict,
    "clustering": dict,
}
_NOTHING: tuple[Any, ...] = (None, {}, ())


def query_configuration(operator: Any, sql: str, project: str) -> dict[str, Any]:
    """What a query operator of 1.10 sends for one statement; its attributes are the arguments."""
    updates = _checked_updates(list(operator.schema_update_options or []), operator.write_disposition)
    further = operator.api_resource_configs or {}
    _check_type("api_resource_configs", further, dict)
    configuration: dict[str, Any] = deepcopy(further)
    query = configuration.setdefault("query", {})
    _check_type("api_resource_configs['query']", query, dict)
    wanted = _wanted(operator, sql, project, updates)
    for name, value in wanted.items():
        if name == "useLegacySql" and name in query:
            continue
        if value in _NOTHING:
            continue
        _check_once(name, value, query)
        query[name] = value
        _check_type(name, value, _TYPES[name])
        if name == "destinationTable":
            query |= _into_table(operator)
    if query.get("useLegacySql") and "queryParameters" in query:
        raise ValueError("Query parameters are not allowed when using legacy SQL")
    if operator.labels:
        _check_once("labels", operator.labels, configuration)
        configuration["labels"] = operator.labels
    if operator.encryption_configuration:
        query["destinationEncryptionConfiguration"] = operator.encryption_configuration
    return configuration


def _wanted(operator: Any, sql: str, project: str, updates: list[str]) -> dict[str, Any]:
    """The entries of the query, in the order of 1.10."""
    table = operator.destination_dataset_table
    parts = table_parts(table, project) if table else None
    return {
        "query": sql,
        "priority": operator.priority,
        "useLegacySql": operator.use_legacy_sql,
        "queryParameters": operator.query_params,
        "userDefinedFunctionResources": operator.udf_config,
        "maximumBillingTier": operator.maximum_billing_tier,
        "maximumBytesBilled": operator.maximum_bytes_billed,
        "timePartitioning": operator.time_partitioning,
        "schemaUpdateOptions": updates,
        "destinationTable": dict(zip(("projectId", "datasetId", "tableId"), parts, strict=True)) if parts else None,
        "clustering": {"fields": operator.cluster_fields} if operator.cluster_fields else operator.cluster_fields,
    }


def _into_table(operator: Any) -> dict[str, Any]:
    return {
        "allowLargeResults": operator.allow_large_results,
        "flattenResults": operator.flatten_results,
        "writeDisposition": operator.write_disposition,
        "createDisposition": operator.create_disposition,
    }


def _checked_updates(options: list[str], write: str) -> list[str]:
    if not set(options) <= set(_UPDATES):
        raise ValueError(f"{options} contains invalid schema update options. Use one or more of {_UPDATES}")
    if options and write not in {"WRITE_APPEND", "WRITE_TRUNCATE"}:
        raise ValueError("schema_update_options needs write_disposition WRITE_APPEND or WRITE_TRUNCATE")
    return options


def _check_once(name: str, value: Any, config: dict[str, Any]) -> None:
    if name in config and config[name] != value:
        raise ValueError(f"Values of {name} param are duplicated: pass it once, or in api_resource_configs")


def _check_type(name: str, value: Any, kind: type) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{name} argument must have a type {kind} not {type(value)}")
