"""``BigQueryOperator`` of Airflow 1.10: a query job with its arguments, by the target's ``BigQueryHook``."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from airflow.exceptions import AirflowException
from airflow.models.baseoperator import BaseOperator
from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

if TYPE_CHECKING:
    from collections.abc import Iterable

_UPDATES = {"ALLOW_FIELD_ADDITION", "ALLOW_FIELD_RELAXATION"}


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
        if self.delegate_to:
            raise AirflowException("delegate_to is gone: use BigQueryInsertJobOperator with an impersonation_chain")
        self.log.info("Executing: %s", self.sql)
        self._hook = BigQueryHook(
            gcp_conn_id=self.bigquery_conn_id, use_legacy_sql=self.use_legacy_sql, location=self.location
        )
        job_id: Any = self._run(self.sql) if isinstance(self.sql, str) else [self._run(sql) for sql in self.sql or ()]
        context["task_instance"].xcom_push(key="job_id", value=job_id)

    def on_kill(self) -> None:
        """Cancel the job that runs."""
        if self._hook is not None and self._job_id is not None:
            self._hook.cancel_job(job_id=self._job_id, location=self.location)

    def _run(self, sql: str) -> str:
        assert self._hook is not None  # noqa: S101 - execute made it
        project = self._hook.project_id
        job = self._hook.insert_job(
            configuration=self._configuration(sql, project), project_id=project, location=self.location, nowait=True
        )
        self._job_id = job.job_id
        job.result()
        if job.error_result:
            raise AirflowException(f"BigQuery job failed: {job.error_result}")
        return str(job.job_id)

    def _configuration(self, sql: str, project: str) -> dict[str, Any]:
        """The configuration of the job as 1.10's ``run_query`` built it."""
        options = list(self.schema_update_options or [])
        if not set(options) <= _UPDATES:
            raise ValueError(f"{options} contains invalid schema update options. Use one or more of {sorted(_UPDATES)}")
        if options and self.write_disposition not in {"WRITE_APPEND", "WRITE_TRUNCATE"}:
            raise ValueError("schema_update_options needs write_disposition WRITE_APPEND or WRITE_TRUNCATE")
        configuration = deepcopy(self.api_resource_configs or {})
        query = configuration.setdefault("query", {})
        table = _table(self.destination_dataset_table, project) if self.destination_dataset_table else None
        wanted = {
            "query": sql,
            "priority": self.priority,
            "useLegacySql": self.use_legacy_sql,
            "queryParameters": self.query_params,
            "userDefinedFunctionResources": self.udf_config,
            "maximumBillingTier": self.maximum_billing_tier,
            "maximumBytesBilled": self.maximum_bytes_billed,
            "timePartitioning": self.time_partitioning,
            "schemaUpdateOptions": options,
            "destinationTable": table,
            "clustering": {"fields": self.cluster_fields} if self.cluster_fields else None,
        }
        for name, value in wanted.items():
            if value in (None, {}, (), []):
                continue
            if query.get(name, value) != value and name != "useLegacySql":
                raise ValueError(f"Values of {name} param are duplicated: pass it once, or in api_resource_configs")
            query.setdefault(name, value)
        if table:
            query |= {
                "allowLargeResults": self.allow_large_results,
                "flattenResults": self.flatten_results,
                "writeDisposition": self.write_disposition,
                "createDisposition": self.create_disposition,
            }
        if query["useLegacySql"] and "queryParameters" in query:
            raise ValueError("Query parameters are not allowed when using legacy SQL")
        if self.labels:
            configuration["labels"] = self.labels
        if self.encryption_configuration:
            query["destinationEncryptionConfiguration"] = self.encryption_configuration
        return configuration


def _table(name: str, default: str) -> dict[str, str]:
    """The parts of ``project:dataset.table``, ``project.dataset.table`` or ``dataset.table``."""
    project, _, rest = name.rpartition(":")
    if project and rest.count(".") == 2:
        project, rest = "", name
    parts = rest.split(".")
    if len(parts) == 3 and not project:
        project, *parts = parts
    if len(parts) != 2:
        raise ValueError(f"Expect format of (<project>.|<project>:)<dataset>.<table>, got {name}")
    return {"projectId": project or default, "datasetId": parts[0], "tableId": parts[1]}
