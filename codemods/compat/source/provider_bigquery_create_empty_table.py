"""``BigQueryCreateEmptyTableOperator`` of the Google provider before 11, and of its backport to 1.10."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook
from google.api_core.exceptions import Conflict

from airflow1_compat import bigquery_create_empty_table
from airflow1_compat.delegation import acting_for

if TYPE_CHECKING:
    from collections.abc import Sequence


class BigQueryCreateEmptyTableOperator(bigquery_create_empty_table.BigQueryCreateEmptyTableOperator):
    """Create a table or a view; one that is there already is left, and no error."""

    template_fields = (
        *("dataset_id", "table_id", "project_id", "gcs_schema_object", "labels"),
        *("view", "materialized_view", "impersonation_chain"),
    )

    def __init__(
        self,
        *,
        table_resource: dict[str, Any] | None = None,
        bigquery_conn_id: str | None = None,
        gcp_conn_id: str = "google_cloud_default",
        view: dict[str, Any] | None = None,
        materialized_view: dict[str, Any] | None = None,
        location: str | None = None,
        cluster_fields: list[str] | None = None,
        impersonation_chain: str | Sequence[str] | None = None,
        exists_ok: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(bigquery_conn_id=bigquery_conn_id or gcp_conn_id, **kwargs)
        self.gcp_conn_id = self.bigquery_conn_id
        self.table_resource = table_resource
        self.view = view
        self.materialized_view = materialized_view
        self.location = location
        self.cluster_fields = cluster_fields
        self.impersonation_chain = impersonation_chain
        self.exists_ok = exists_ok

    def execute(self, context: dict[str, Any]) -> None:  # noqa: ARG002 - as Airflow calls it
        """Create the table; say so where it is there already."""
        chain = self.impersonation_chain
        hook = acting_for(
            BigQueryHook(gcp_conn_id=self.bigquery_conn_id, location=self.location, impersonation_chain=chain),
            self.delegate_to,
        )
        try:
            hook.create_table(
                project_id=self.project_id or hook.project_id,
                dataset_id=self.dataset_id,
                table_id=self.table_id,
                table_resource=self.table_resource or self._resource(),
                exists_ok=self.exists_ok,
            )
        except Conflict:
            self.log.info("Table %s.%s already exists.", self.dataset_id, self.table_id)

    def _resource(self) -> dict[str, Any]:
        more = {
            "clustering": {"fields": self.cluster_fields} if self.cluster_fields else None,
            "view": self.view,
            "materializedView": self.materialized_view,
        }
        resource: dict[str, Any] = super()._resource()
        return resource | {name: value for name, value in more.items() if value}
