"""``BigQueryExecuteQueryOperator`` of the Google provider before 11, and of its backport to 1.10."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

from airflow1_compat.bigquery_operator import BigQueryOperator
from airflow1_compat.delegation import acting_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class BigQueryExecuteQueryOperator(BigQueryOperator):
    """Run SQL, one statement or several one after the other; the XCom ``job_id`` holds the id of each job."""

    template_fields = ("sql", "destination_dataset_table", "labels", "query_params", "impersonation_chain")

    def __init__(
        self,
        *,
        sql: str | Iterable[str],
        gcp_conn_id: str = "google_cloud_default",
        bigquery_conn_id: str | None = None,
        impersonation_chain: str | Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(sql=sql, bigquery_conn_id=bigquery_conn_id or gcp_conn_id, **kwargs)
        self.gcp_conn_id = self.bigquery_conn_id
        self.impersonation_chain = impersonation_chain

    def _get_hook(self) -> BigQueryHook:
        hook = BigQueryHook(
            gcp_conn_id=self.gcp_conn_id,
            use_legacy_sql=self.use_legacy_sql,
            location=self.location,
            impersonation_chain=self.impersonation_chain,
        )
        return acting_for(hook, self.delegate_to)
