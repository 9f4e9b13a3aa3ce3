"""``DataProcSparkOperator`` of Airflow 1.10, by the REST API of Dataproc."""

from __future__ import annotations

from typing import Any

from airflow1_compat.dataproc_job_base import DataProcJobBaseOperator


class DataProcSparkOperator(DataProcJobBaseOperator):
    """Run the main class, or the jar, of a Spark job."""

    template_fields = [  # noqa: RUF012 - a list in 1.10, and subclasses add lists to it
        *("arguments", "job_name", "cluster_name", "region"),
        *("dataproc_jars", "dataproc_properties"),
    ]
    ui_color = "#0273d4"
    job_type = "sparkJob"

    def __init__(
        self,
        main_jar: str | None = None,
        main_class: str | None = None,
        arguments: list[str] | None = None,
        archives: list[str] | None = None,
        files: list[str] | None = None,
        dataproc_spark_properties: dict[str, str] | None = None,
        dataproc_spark_jars: list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dataproc_properties=dataproc_spark_properties, dataproc_jars=dataproc_spark_jars, **kwargs)
        self.main_jar = main_jar
        self.main_class = main_class
        self.arguments = arguments
        self.archives = archives
        self.files = files

    def execute(self, context: dict[str, Any]) -> None:
        """Submit the job and wait for it."""
        self.create_job_template()
        self.job_template.set_main(self.main_jar, self.main_class)
        self.job_template.add_args(self.arguments)
        self.job_template.add_archive_uris(self.archives)
        self.job_template.add_file_uris(self.files)
        super().execute(context)
