"""``DataProcHook`` of Airflow 1.10: the REST API of Dataproc with the target's own credentials."""

from __future__ import annotations

import time
from typing import Any

from airflow.exceptions import AirflowException
from airflow.providers.google.common.hooks.base_google import GoogleBaseHook
from googleapiclient.discovery import build

from airflow1_compat.dataproc_job import JobTemplate, run_job
from airflow1_compat.delegation import acting_for


class DataProcHook(GoogleBaseHook):
    """Jobs, clusters and operations of Dataproc."""

    def __init__(
        self, gcp_conn_id: str = "google_cloud_default", delegate_to: str | None = None, api_version: str = "v1"
    ) -> None:
        super().__init__(gcp_conn_id=gcp_conn_id)
        self.delegate_to = delegate_to
        self.api_version = api_version.replace("v1beta2", "v1")  # that API is switched off

    def get_conn(self) -> Any:
        """The client of the REST API."""
        acting_for(self, self.delegate_to)
        return build("dataproc", self.api_version, http=self._authorize(), cache_discovery=False)

    def get_cluster(self, project_id: str, region: str, cluster_name: str) -> dict[str, Any]:
        """The resource of a cluster."""
        clusters = self.get_conn().projects().regions().clusters()
        cluster: dict[str, Any] = clusters.get(projectId=project_id, region=region, clusterName=cluster_name).execute(
            num_retries=self.num_retries
        )
        return cluster

    def submit(
        self, project_id: str, job: dict[str, Any], region: str = "global", job_error_states: set[str] | None = None
    ) -> None:
        """Submit a job and wait for its end."""
        jobs = self.get_conn().projects().regions().jobs()
        where = {"projectId": project_id, "region": region}
        run_job(jobs, job, where, job_error_states, self.num_retries, self.log)

    def create_job_template(
        self, task_id: str, cluster_name: str, job_type: str, properties: dict[str, str] | None
    ) -> JobTemplate:
        """A job to be filled in."""
        return JobTemplate(self.project_id, task_id, cluster_name, job_type, properties)

    def wait(self, operation: dict[str, Any]) -> None:
        """Wait for the end of an operation."""
        operations = self.get_conn().projects().regions().operations()
        while not operation.get("done"):
            time.sleep(10)
            operation = operations.get(name=operation["name"]).execute(num_retries=self.num_retries)
        if "error" in operation:
            raise AirflowException(f"Dataproc operation {operation['name']} failed: {operation['error']['message']}")

    def cancel(self, project_id: str, job_id: str, region: str = "global") -> Any:
        """Cancel a job."""
        jobs = self.get_conn().projects().regions().jobs()
        return jobs.cancel(projectId=project_id, region=region, jobId=job_id).execute(num_retries=self.num_retries)
