"""The job that Airflow 1.10 made of an operator's arguments, and its state at the service."""

from __future__ import annotations

import time
import uuid
from typing import Any

from airflow.exceptions import AirflowException
from airflow.version import version

_SUFFIX = 9
"""How long the part of a job's id is that is another in each try."""
_GOES_ON = {"PENDING", "SETUP_DONE", "RUNNING", "DONE"}


class JobTemplate:
    """A job for the REST API, step by step."""

    def __init__(
        self, project_id: str, task_id: str, cluster_name: str, job_type: str, properties: dict[str, str] | None
    ) -> None:
        self.job_type = job_type
        self.job: dict[str, Any] = {
            "job": {
                "reference": {"projectId": project_id, "jobId": f"{task_id}_{str(uuid.uuid4())[:8]}"},
                "placement": {"clusterName": cluster_name},
                "labels": {"airflow-version": "v" + version.replace(".", "-").replace("+", "-")},
                job_type: {},
            }
        }
        self._add("properties", properties)

    def add_labels(self, labels: dict[str, str] | None) -> None:
        """Add labels to the job."""
        if labels:
            self.job["job"]["labels"].update(labels)

    def add_variables(self, variables: dict[str, str] | None) -> None:
        """Set the variables of a script."""
        self._add("scriptVariables", variables)

    def add_args(self, args: list[str] | None) -> None:
        """Set the arguments of the driver."""
        self._add("args", args)

    def add_query(self, query: str) -> None:
        """Run this query."""
        self._add("queryList", {"queries": [query]})

    def add_query_uri(self, query_uri: str | None) -> None:
        """Run the queries of this file."""
        self.job["job"][self.job_type]["queryFileUri"] = query_uri

    def add_jar_file_uris(self, jars: list[str] | None) -> None:
        """Set the jars."""
        self._add("jarFileUris", jars)

    def add_archive_uris(self, archives: list[str] | None) -> None:
        """Set the archives."""
        self._add("archiveUris", archives)

    def add_file_uris(self, files: list[str] | None) -> None:
        """Set the files."""
        self._add("fileUris", files)

    def add_python_file_uris(self, pyfiles: list[str] | None) -> None:
        """Set the Python files."""
        self._add("pythonFileUris", pyfiles)

    def set_main(self, main_jar: str | None, main_class: str | None) -> None:
        """Run this jar, or this class; not both."""
        if main_class is not None and main_jar is not None:
            raise AirflowException("Set either main_jar or main_class")
        name, value = ("mainJarFileUri", main_jar) if main_jar else ("mainClass", main_class)
        self.job["job"][self.job_type][name] = value

    def set_python_main(self, main: str) -> None:
        """Run this Python file."""
        self.job["job"][self.job_type]["mainPythonFileUri"] = main

    def set_job_name(self, name: str) -> None:
        """Name the job, with an end of its own."""
        self.job["job"]["reference"]["jobId"] = f"{name}_{str(uuid.uuid4())[:8]}"

    def build(self) -> dict[str, Any]:
        """The whole job."""
        return self.job

    def _add(self, name: str, value: Any) -> None:
        if value is not None:
            self.job["job"][self.job_type][name] = value


def run_job(
    jobs: Any, job: dict[str, Any], where: dict[str, str], errors: set[str] | None, retries: int, log: Any
) -> None:
    """Submit a job, or go on with one of that name that runs or ran; wait for it, and raise where it failed."""
    running = _of_that_name(jobs, job, where)
    if running is None:
        running = jobs.submit(**where, body=job).execute(num_retries=retries)
    job_id = running["reference"]["jobId"]
    log.info("Dataproc job %s is %s", job_id, running["status"]["state"])
    while (state := running["status"]["state"]) not in {"ERROR", "CANCELLED", "DONE"}:
        time.sleep(5)
        running = jobs.get(**where, jobId=job_id).execute(num_retries=retries)
    if state == "ERROR" or (state != "DONE" and state in (errors or ())):
        raise AirflowException(f"Dataproc job {job_id} has state {state}: {running['status'].get('details', '')}")


def _of_that_name(jobs: Any, job: dict[str, Any], where: dict[str, str]) -> dict[str, Any] | None:
    name = job["job"]["reference"]["jobId"][:-_SUFFIX]
    cluster = job["job"]["placement"]["clusterName"]
    for one in jobs.list(**where, clusterName=cluster).execute().get("jobs", []):
        if one["reference"]["jobId"][:-_SUFFIX] == name and one["status"]["state"] in _GOES_ON:
            found: dict[str, Any] = one
            return found
    return None
