"""``DataProcSparkSqlOperator`` of Airflow 1.10, by the REST API of Dataproc."""

from __future__ import annotations

from typing import Any

from airflow.exceptions import AirflowException

from airflow1_compat.dataproc_job_base import DataProcJobBaseOperator


class DataProcSparkSqlOperator(DataProcJobBaseOperator):
    """Run a Spark SQL query, or the queries of a file."""

    template_fields = [  # noqa: RUF012 - a list in 1.10, and subclasses add lists to it
        *("query", "variables", "job_name", "cluster_name", "region"),
        *("dataproc_jars", "dataproc_properties"),
    ]
    template_ext = (".q",)
    ui_color = "#0273d4"
    job_type = "sparkSqlJob"

    def __init__(
        self,
        query: str | None = None,
        query_uri: str | None = None,
        variables: dict[str, str] | None = None,
        dataproc_spark_properties: dict[str, str] | None = None,
        dataproc_spark_jars: list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dataproc_properties=dataproc_spark_properties, dataproc_jars=dataproc_spark_jars, **kwargs)
        self.query = query
        self.query_uri = query_uri
        self.variables = variables
        if self.query is not None and self.query_uri is not None:
            raise AirflowException("Only one of `query` and `query_uri` can be passed.")

    def execute(self, context: dict[str, Any]) -> None:
        """Submit the job and wait for it."""
        self.create_job_template()
        if self.query is None:
            self.job_template.add_query_uri(self.query_uri)
        else:
            self.job_template.add_query(self.query)
        self.job_template.add_variables(self.variables)
        super().execute(context)
