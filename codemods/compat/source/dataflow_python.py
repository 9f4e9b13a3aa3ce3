"""``DataFlowPythonOperator`` of Airflow 1.10, by the target's Beam and Google providers."""

from __future__ import annotations

import re
from typing import Any

from airflow.models.baseoperator import BaseOperator

from airflow1_compat.dataflow_pipeline import VERSION, job_name, local_file, run_pipeline


class DataFlowPythonOperator(BaseOperator):
    """Run a Python file that starts a job of Dataflow, and wait for the job; 1.10 ran it with ``python2``."""

    template_fields = [  # noqa: RUF012 - a list in 1.10, and subclasses add lists to it
        *("options", "dataflow_default_options", "job_name", "py_file"),
    ]

    def __init__(
        self,
        py_file: str,
        job_name: str = "{{task.task_id}}",
        py_options: list[str] | None = None,
        dataflow_default_options: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        gcp_conn_id: str = "google_cloud_default",
        delegate_to: str | None = None,
        poll_sleep: int = 10,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.py_file = py_file
        self.job_name = job_name
        self.py_options = py_options or []
        self.dataflow_default_options = dataflow_default_options or {}
        self.options = options or {}
        self.options.setdefault("labels", {}).update(VERSION)
        self.gcp_conn_id = gcp_conn_id
        self.delegate_to = delegate_to
        self.poll_sleep = poll_sleep

    def execute(self, context: dict[str, Any]) -> None:  # noqa: ARG002 - as Airflow calls it
        """Run the file and wait for its job."""
        self.py_file = local_file(self.py_file, self.gcp_conn_id, self.delegate_to)
        name = job_name(self.job_name)
        options = {_snake(key): value for key, value in {**self.dataflow_default_options, **self.options}.items()}
        program = ["python3", *self.py_options, self.py_file]
        run_pipeline(self, program, options | {"job_name": name}, name, _labels)


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)


def _labels(labels: dict[str, str]) -> list[str]:
    return [f"--labels={name}={value}" for name, value in labels.items()]
