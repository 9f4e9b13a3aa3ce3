"""``BigQueryCreateExternalTableOperator`` of Airflow 1.10, by the target's ``BigQueryHook``."""

from __future__ import annotations

import json
from typing import Any

from airflow.models.baseoperator import BaseOperator
from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook
from airflow.providers.google.cloud.hooks.gcs import GCSHook

from airflow1_compat.bigquery_names import table_parts
from airflow1_compat.delegation import acting_for

_FORMATS = ["CSV", "NEWLINE_DELIMITED_JSON", "AVRO", "GOOGLE_SHEETS", "DATASTORE_BACKUP", "PARQUET"]
_COMPRESSIONS = ["NONE", "GZIP"]
_OPTIONS = {
    "CSV": (
        "csvOptions",
        ["allowJaggedRows", "allowQuotedNewlines", "fieldDelimiter", "skipLeadingRows", "quote", "encoding"],
    ),
    "GOOGLE_SHEETS": ("googleSheetsOptions", ["skipLeadingRows"]),
}


class BigQueryCreateExternalTableOperator(BaseOperator):
    """Create a table over files in Cloud Storage; a table that is there already is an error."""

    template_fields = ("bucket", "source_objects", "schema_object", "destination_project_dataset_table", "labels")
    ui_color = "#f0eee4"

    def __init__(
        self,
        bucket: str,
        source_objects: list[str],
        destination_project_dataset_table: str,
        schema_fields: list[dict[str, Any]] | None = None,
        schema_object: str | None = None,
        source_format: str = "CSV",
        compression: str = "NONE",
        skip_leading_rows: int = 0,
        field_delimiter: str = ",",
        max_bad_records: int = 0,
        quote_character: str | None = None,
        allow_quoted_newlines: bool = False,
        allow_jagged_rows: bool = False,
        bigquery_conn_id: str = "bigquery_default",
        google_cloud_storage_conn_id: str = "google_cloud_default",
        delegate_to: str | None = None,
        src_fmt_configs: dict[str, Any] | None = None,
        labels: dict[str, str] | None = None,
        encryption_configuration: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.bucket = bucket
        self.source_objects = source_objects
        self.schema_object = schema_object
        self.destination_project_dataset_table = destination_project_dataset_table
        self.schema_fields = schema_fields
        self.source_format = source_format
        self.compression = compression
        self.skip_leading_rows = skip_leading_rows
        self.field_delimiter = field_delimiter
        self.max_bad_records = max_bad_records
        self.quote_character = quote_character
        self.allow_quoted_newlines = allow_quoted_newlines
        self.allow_jagged_rows = allow_jagged_rows
        self.bigquery_conn_id = bigquery_conn_id
        self.google_cloud_storage_conn_id = google_cloud_storage_conn_id
        self.delegate_to = delegate_to
        self.src_fmt_configs = src_fmt_configs if src_fmt_configs is not None else {}
        self.labels = labels
        self.encryption_configuration = encryption_configuration

    def execute(self, context: dict[str, Any]) -> None:  # noqa: ARG002 - as Airflow calls it
        """Create the table."""
        hook = acting_for(BigQueryHook(gcp_conn_id=self.bigquery_conn_id), self.delegate_to)
        external = self._external()
        project, dataset, table = table_parts(self.destination_project_dataset_table, hook.project_id)
        resource = {
            "externalDataConfiguration": external,
            "labels": self.labels,
            "encryptionConfiguration": self.encryption_configuration,
        }
        hook.create_table(
            project_id=project,
            dataset_id=dataset,
            table_id=table,
            table_resource={name: value for name, value in resource.items() if value},
            exists_ok=False,
        )

    def _external(self) -> dict[str, Any]:
        """The configuration of the data outside."""
        form = _checked("source format", self.source_format, _FORMATS)
        external: dict[str, Any] = {
            "autodetect": False,
            "sourceFormat": form,
            "sourceUris": [f"gs://{self.bucket}/{name}" for name in self.source_objects],
            "compression": _checked("compression format", self.compression, _COMPRESSIONS),
            "ignoreUnknownValues": False,
        }
        if fields := self._fields():
            external["schema"] = {"fields": fields}
        if self.max_bad_records:
            external["maxBadRecords"] = self.max_bad_records
        if form in _OPTIONS:
            name, known = _OPTIONS[form]
            external[name] = self._options(form, known)
        return external

    def _options(self, form: str, known: list[str]) -> dict[str, Any]:
        arguments = {
            "skipLeadingRows": self.skip_leading_rows,
            "fieldDelimiter": self.field_delimiter,
            "quote": self.quote_character,
            "allowQuotedNewlines": self.allow_quoted_newlines,
            "allowJaggedRows": self.allow_jagged_rows,
            "encoding": "UTF-8",
        }
        options = {name: value for name, value in arguments.items() if name in known} | self.src_fmt_configs
        for name in options:
            if name not in known:
                raise ValueError(f"{name} is not a valid src_fmt_configs for type {form}.")
        return options

    def _fields(self) -> Any:
        if self.schema_fields or not self.schema_object or self.source_format == "DATASTORE_BACKUP":
            return self.schema_fields
        hook = acting_for(GCSHook(gcp_conn_id=self.google_cloud_storage_conn_id), self.delegate_to)
        return json.loads(hook.download(bucket_name=self.bucket, object_name=self.schema_object))


def _checked(what: str, value: str, known: list[str]) -> str:
    if value.upper() not in known:
        raise ValueError(f"{value} is not a valid {what}. Use one of {known}")
    return value.upper()
