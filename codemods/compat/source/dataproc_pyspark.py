"""``DataProcPySparkOperator`` of Airflow 1.10, by the REST API of Dataproc."""

from __future__ import annotations

import ntpath
import time
import uuid
from pathlib import Path
from typing import Any

from airflow.exceptions import AirflowException
from airflow.providers.google.cloud.hooks.gcs import GCSHook

from airflow1_compat.dataproc_job_base import DataProcJobBaseOperator


class DataProcPySparkOperator(DataProcJobBaseOperator):
    """Run a Python file; one of this machine is put into the cluster's bucket first."""

    template_fields = [  # noqa: RUF012 - a list in 1.10, and subclasses add lists to it
        *("main", "arguments", "job_name", "cluster_name", "region"),
        *("dataproc_jars", "dataproc_properties"),
    ]
    ui_color = "#0273d4"
    job_type = "pysparkJob"

    def __init__(
        self,
        main: str,
        arguments: list[str] | None = None,
        archives: list[str] | None = None,
        pyfiles: list[str] | None = None,
        files: list[str] | None = None,
        dataproc_pyspark_properties: dict[str, str] | None = None,
        dataproc_pyspark_jars: list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dataproc_properties=dataproc_pyspark_properties, dataproc_jars=dataproc_pyspark_jars, **kwargs)
        self.main = main
        self.arguments = arguments
        self.archives = archives
        self.files = files
        self.pyfiles = pyfiles

    def execute(self, context: dict[str, Any]) -> None:
        """Submit the job and wait for it."""
        self.create_job_template()
        if Path(self.main).is_file():
            self.main = self._uploaded(self.main)
        self.job_template.set_python_main(self.main)
        self.job_template.add_args(self.arguments)
        self.job_template.add_archive_uris(self.archives)
        self.job_template.add_file_uris(self.files)
        self.job_template.add_python_file_uris(self.pyfiles)
        super().execute(context)

    def _uploaded(self, local: str) -> str:
        cluster = self.hook.get_cluster(
            project_id=self.hook.project_id, region=self.region, cluster_name=self.cluster_name
        )
        bucket = cluster["config"]["configBucket"]
        if not bucket:
            raise AirflowException(f"The cluster {self.cluster_name} has no bucket for {local}")
        name = f"{time.strftime('%Y%m%d%H%M%S')}_{str(uuid.uuid4())[:8]}_{ntpath.basename(local)}"
        GCSHook(gcp_conn_id=self.gcp_conn_id).upload(
            bucket_name=bucket, object_name=name, mime_type="application/x-python", filename=local
        )
        return f"gs://{bucket}/{name}"
