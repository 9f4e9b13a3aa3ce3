"""``BigQueryOperator`` of Airflow 1.10: a query job with its arguments, by the target's ``BigQueryHook``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.models.baseoperator import BaseOperator
from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

from airflow1_compat.bigquery_query_job import query_configuration
from airflow1_compat.delegation import acting_for

if TYPE_CHECKING:
    from collections.abc import Iterable


class BigQueryOperator(BaseOperator):
    """Run SQL, one statement or several one after the other; the XCom ``job_id`` holds the id of each job."""

    template_fields = ("bql", "sql", "destination_dataset_table", "labels")
    template_ext = (".sql",)
    ui_color = "#e4f0e8"

    def __init__(
        self,
        bql: str | Iterable[str] | None = None,
        sql: str | Iterable[str] | None = None,
        destination_dataset_table: str | None = None,
        write_disposition: str = "WRITE_EMPTY",
        allow_large_results: bool = False,
        flatten_results: bool | None = None,
        bigquery_conn_id: str = "bigquery_default",
        delegate_to: str | None = None,
        udf_config: list[Any] | None = None,
        use_legacy_sql: bool = True,
        maximum_billing_tier: int | None = None,
        maximum_bytes_billed: float | None = None,
        create_disposition: str = "CREATE_IF_NEEDED",
        schema_update_options: Iterable[str] = (),
        query_params: list[Any] | None = None,
        labels: dict[str, str] | None = None,
        priority: str = "INTERACTIVE",
        time_partitioning: dict[str, Any] | None = None,
        api_resource_configs: dict[str, Any] | None = None,
        cluster_fields: list[str] | None = None,
        location: str | None = None,
        encryption_configuration: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.bql = bql
        self.sql = sql or bql
        self.destination_dataset_table = destination_dataset_table
        self.write_disposition = write_disposition
        self.create_disposition = create_disposition
        self.allow_large_results = allow_large_results
        self.flatten_results = flatten_results
        self.bigquery_conn_id = bigquery_conn_id
        self.delegate_to = delegate_to
        self.udf_config = udf_config
        self.use_legacy_sql = use_legacy_sql
        self.maximum_billing_tier = maximum_billing_tier
        self.maximum_bytes_billed = maximum_bytes_billed
        self.schema_update_options = schema_update_options
        self.query_params = query_params
        self.labels = labels
        self.priority = priority
        self.time_partitioning = time_partitioning
        self.api_resource_configs = api_resource_configs
        self.cluster_fields = cluster_fields
        self.location = location
        self.encryption_configuration = encryption_configuration
        self._hook: BigQueryHook | None = None
        self._job_id: str | None = None
        if self.sql is None:
            raise TypeError(f"{self.task_id} missing 1 required positional argument: `sql`")

    def execute(self, context: dict[str, Any]) -> None:
        """Run each statement to its end, and push the ids of the jobs as 1.10 did."""
        self.log.info("Executing: %s", self.sql)
        self._hook = self._get_hook()
        job_id: Any = self._run(self.sql) if isinstance(self.sql, str) else [self._run(sql) for sql in self.sql or ()]
        context["task_instance"].xcom_push(key="job_id", value=job_id)

    def on_kill(self) -> None:
        """Cancel the job that runs."""
        if self._hook is not None and self._job_id is not None:
            self._hook.cancel_job(job_id=self._job_id, location=self.location)

    def _get_hook(self) -> BigQueryHook:
        hook = BigQueryHook(
            gcp_conn_id=self.bigquery_conn_id, use_legacy_sql=self.use_legacy_sql, location=self.location
        )
        return acting_for(hook, self.delegate_to)

    def _run(self, sql: str) -> str:
        assert self._hook is not None  # noqa: S101 - execute made it
        project = self._hook.project_id
        job = self._hook.insert_job(
            configuration=query_configuration(self, sql, project),
            project_id=project,
            location=self.location,
            nowait=True,
        )
        self._job_id = job.job_id
        job.result()
        return str(job.job_id)
