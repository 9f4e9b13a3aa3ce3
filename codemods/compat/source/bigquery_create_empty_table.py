"""``BigQueryCreateEmptyTableOperator`` of Airflow 1.10, by the target's ``BigQueryHook``."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlparse

from airflow.models.baseoperator import BaseOperator
from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook
from airflow.providers.google.cloud.hooks.gcs import GCSHook

from airflow1_compat.delegation import acting_for


class BigQueryCreateEmptyTableOperator(BaseOperator):
    """Create a table; a table that is there already is an error."""

    template_fields = ("dataset_id", "table_id", "project_id", "gcs_schema_object", "labels")
    ui_color = "#f0eee4"

    def __init__(
        self,
        dataset_id: str,
        table_id: str,
        project_id: str | None = None,
        schema_fields: list[dict[str, Any]] | None = None,
        gcs_schema_object: str | None = None,
        time_partitioning: dict[str, Any] | None = None,
        bigquery_conn_id: str = "bigquery_default",
        google_cloud_storage_conn_id: str = "google_cloud_default",
        delegate_to: str | None = None,
        labels: dict[str, str] | None = None,
        encryption_configuration: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.dataset_id = dataset_id
        self.table_id = table_id
        self.schema_fields = schema_fields
        self.gcs_schema_object = gcs_schema_object
        self.bigquery_conn_id = bigquery_conn_id
        self.google_cloud_storage_conn_id = google_cloud_storage_conn_id
        self.delegate_to = delegate_to
        self.time_partitioning = {} if time_partitioning is None else time_partitioning
        self.labels = labels
        self.encryption_configuration = encryption_configuration

    def execute(self, context: dict[str, Any]) -> None:  # noqa: ARG002 - as Airflow calls it
        """Create the table."""
        hook = acting_for(BigQueryHook(gcp_conn_id=self.bigquery_conn_id), self.delegate_to)
        hook.create_table(
            project_id=hook.project_id if self.project_id is None else self.project_id,
            dataset_id=self.dataset_id,
            table_id=self.table_id,
            table_resource=self._resource(),
            exists_ok=False,
        )

    def _resource(self) -> dict[str, Any]:
        fields = self._fields()
        resource = {
            "schema": {"fields": fields} if fields else None,
            "timePartitioning": self.time_partitioning,
            "labels": self.labels,
            "encryptionConfiguration": self.encryption_configuration,
        }
        return {name: value for name, value in resource.items() if value}

    def _fields(self) -> Any:
        if self.schema_fields or not self.gcs_schema_object:
            return self.schema_fields
        url = urlparse(self.gcs_schema_object)
        hook = acting_for(GCSHook(gcp_conn_id=self.google_cloud_storage_conn_id), self.delegate_to)
        return json.loads(hook.download(bucket_name=url.netloc, object_name=url.path.lstrip("/")))
