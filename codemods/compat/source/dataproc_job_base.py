"""``DataProcJobBaseOperator`` of Airflow 1.10, by the REST API of Dataproc."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from airflow.exceptions import AirflowException
from airflow.models.baseoperator import BaseOperator

from airflow1_compat.dataproc_hook import DataProcHook


class DataProcJobBaseOperator(BaseOperator):
    """Submit a job and wait for it; subclasses fill in ``job_template``."""

    job_type = ""

    def __init__(
        self,
        job_name: str = "{{task.task_id}}_{{ds_nodash}}",
        cluster_name: str = "cluster-1",
        dataproc_properties: dict[str, str] | None = None,
        dataproc_jars: list[str] | None = None,
        gcp_conn_id: str = "google_cloud_default",
        delegate_to: str | None = None,
        labels: dict[str, str] | None = None,
        region: str = "global",
        job_error_states: set[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.gcp_conn_id = gcp_conn_id
        self.delegate_to = delegate_to
        self.labels = labels
        self.job_name = job_name
        self.cluster_name = cluster_name
        self.dataproc_properties = dataproc_properties
        self.dataproc_jars = dataproc_jars
        self.region = region
        self.job_error_states = job_error_states if job_error_states is not None else {"ERROR"}
        self.job_template: Any = None
        self.job: dict[str, Any] | None = None
        self.dataproc_job_id: str | None = None

    @cached_property
    def hook(self) -> DataProcHook:
        """The hook; 1.10 made it when the file was parsed."""
        return DataProcHook(gcp_conn_id=self.gcp_conn_id, delegate_to=self.delegate_to)

    def create_job_template(self) -> None:
        """Begin the job."""
        self.job_template = self.hook.create_job_template(
            self.task_id, self.cluster_name, self.job_type, self.dataproc_properties
        )
        self.job_template.set_job_name(self.job_name)
        self.job_template.add_jar_file_uris(self.dataproc_jars)
        self.job_template.add_labels(self.labels)

    def execute(self, context: dict[str, Any]) -> None:  # noqa: ARG002 - as Airflow calls it
        """Submit the job and wait for it."""
        if not self.job_template:
            raise AirflowException("Create a job template before")
        job: dict[str, Any] = self.job_template.build()
        self.job, self.dataproc_job_id = job, job["job"]["reference"]["jobId"]
        self.hook.submit(self.hook.project_id, job, self.region, self.job_error_states)

    def on_kill(self) -> None:
        """Cancel the job that runs."""
        if self.dataproc_job_id:
            self.hook.cancel(self.hook.project_id, self.dataproc_job_id, self.region)
