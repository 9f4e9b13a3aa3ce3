"""``DataprocClusterScaleOperator`` of Airflow 1.10, by the REST API of Dataproc."""

from __future__ import annotations

import re
import uuid
from typing import Any

from airflow.exceptions import AirflowException

from airflow1_compat.dataproc_operation_base import DataprocOperationBaseOperator

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class DataprocClusterScaleOperator(DataprocOperationBaseOperator):
    """Give a cluster this many workers."""

    template_fields = ["cluster_name", "project_id", "region"]  # noqa: RUF012 - a list in 1.10

    def __init__(
        self,
        cluster_name: str,
        project_id: str,
        region: str = "global",
        num_workers: int = 2,
        num_preemptible_workers: int = 0,
        graceful_decommission_timeout: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(project_id=project_id, region=region, **kwargs)
        self.cluster_name = cluster_name
        self.num_workers = num_workers
        self.num_preemptible_workers = num_preemptible_workers
        self.optional_arguments = {}
        if graceful_decommission_timeout:
            self.optional_arguments["gracefulDecommissionTimeout"] = _seconds(graceful_decommission_timeout)

    def start(self) -> dict[str, Any]:
        """Begin to scale the cluster."""
        workers = {
            "workerConfig": {"numInstances": self.num_workers},
            "secondaryWorkerConfig": {"numInstances": self.num_preemptible_workers},
        }
        clusters = self.hook.get_conn().projects().regions().clusters()
        operation: dict[str, Any] = clusters.patch(
            projectId=self.project_id,
            region=self.region,
            clusterName=self.cluster_name,
            updateMask="config.worker_config.num_instances,config.secondary_worker_config.num_instances",
            body={"config": workers},
            requestId=str(uuid.uuid4()),
            **self.optional_arguments,
        ).execute()
        return operation


def _seconds(time: str) -> str:
    found = re.fullmatch(r"(\d+)([smhd])", time)
    if found is None:
        raise AirflowException("graceful_decommission_timeout is a number of d, h, m or s: 1d, 4h, 10m, 30s")
    return f"{int(found[1]) * _SECONDS[found[2]]}s"
