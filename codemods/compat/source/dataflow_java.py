"""``DataFlowJavaOperator`` of Airflow 1.10, by the target's Beam and Google providers."""

from __future__ import annotations

import json
from typing import Any

from airflow.models.baseoperator import BaseOperator

from airflow1_compat.dataflow_pipeline import VERSION, job_name, local_file, run_pipeline


class DataFlowJavaOperator(BaseOperator):
    """Run a jar that starts a job of Dataflow, and wait for the job."""

    template_fields = ["options", "jar", "job_name"]  # noqa: RUF012 - a list in 1.10, and subclasses add lists to it
    ui_color = "#0273d4"

    def __init__(
        self,
        jar: str,
        job_name: str = "{{task.task_id}}",
        dataflow_default_options: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        gcp_conn_id: str = "google_cloud_default",
        delegate_to: str | None = None,
        poll_sleep: int = 10,
        job_class: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.gcp_conn_id = gcp_conn_id
        self.delegate_to = delegate_to
        self.jar = jar
        self.job_name = job_name
        self.dataflow_default_options = dataflow_default_options or {}
        self.options = options or {}
        self.options.setdefault("labels", {}).update(VERSION)
        self.poll_sleep = poll_sleep
        self.job_class = job_class

    def execute(self, context: dict[str, Any]) -> None:  # noqa: ARG002 - as Airflow calls it
        """Run the jar and wait for its job."""
        self.jar = local_file(self.jar, self.gcp_conn_id, self.delegate_to)
        name = job_name(self.job_name)
        program = ["java", "-cp", self.jar, self.job_class] if self.job_class else ["java", "-jar", self.jar]
        options = {**self.dataflow_default_options, **self.options, "jobName": name}
        run_pipeline(self, program, options, name, _labels)


def _labels(labels: dict[str, str]) -> list[str]:
    return [f"--labels={json.dumps(labels).replace(' ', '')}"]
