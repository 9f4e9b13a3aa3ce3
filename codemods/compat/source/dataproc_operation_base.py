"""``DataprocOperationBaseOperator`` of Airflow 1.10, by the REST API of Dataproc."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from airflow.exceptions import AirflowException
from airflow.models.baseoperator import BaseOperator

from airflow1_compat.dataproc_hook import DataProcHook


class DataprocOperationBaseOperator(BaseOperator):
    """Wait for the operation that ``start`` of a subclass begins."""

    def __init__(
        self,
        project_id: str,
        region: str = "global",
        gcp_conn_id: str = "google_cloud_default",
        delegate_to: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.gcp_conn_id = gcp_conn_id
        self.delegate_to = delegate_to
        self.project_id = project_id
        self.region = region

    @cached_property
    def hook(self) -> DataProcHook:
        """The hook; 1.10 made it when the file was parsed."""
        return DataProcHook(gcp_conn_id=self.gcp_conn_id, delegate_to=self.delegate_to)

    def execute(self, context: dict[str, Any]) -> None:  # noqa: ARG002 - as Airflow calls it
        """Begin the operation and wait for its end."""
        self.hook.wait(self.start())

    def start(self) -> dict[str, Any]:
        """The operation, as the REST API gives it."""
        raise AirflowException("Please submit an operation")
