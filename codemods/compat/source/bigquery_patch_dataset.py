"""``BigQueryPatchDatasetOperator`` of Airflow 1.10, by the target's ``BigQueryHook``."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from airflow.models.baseoperator import BaseOperator
from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook

from airflow1_compat.delegation import acting_for


class BigQueryPatchDatasetOperator(BaseOperator):
    """Change those properties of a dataset that the resource has; the XCom is the dataset after it."""

    template_fields = ("dataset_id", "project_id")
    ui_color = "#f0eee4"

    def __init__(
        self,
        dataset_id: str,
        dataset_resource: dict[str, Any],
        project_id: str | None = None,
        gcp_conn_id: str = "google_cloud_default",
        delegate_to: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.dataset_id = dataset_id
        self.project_id = project_id
        self.gcp_conn_id = gcp_conn_id
        self.dataset_resource = dataset_resource
        self.delegate_to = delegate_to

    def execute(self, context: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - as Airflow calls it
        """The dataset's resource as it is now."""
        if not self.dataset_id or not isinstance(self.dataset_id, str):
            raise ValueError(
                f"dataset_id argument must be provided and has a type 'str'. You provided: {self.dataset_id}"
            )
        hook = acting_for(BigQueryHook(gcp_conn_id=self.gcp_conn_id), self.delegate_to)
        dataset = hook.update_dataset(
            fields=list(self.dataset_resource),
            dataset_resource=deepcopy(self.dataset_resource),
            dataset_id=self.dataset_id,
            project_id=self.project_id or hook.project_id,
        )
        resource: dict[str, Any] = dataset.to_api_repr()
        return resource
