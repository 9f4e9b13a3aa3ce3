"""``Resources`` of Airflow 1.10: what a container asks for, and its limits."""

from __future__ import annotations

import copy
from typing import Any

from kubernetes.client import models as k8s

from airflow1_compat.kubernetes_model import K8SModel


class Resources(K8SModel):
    """The resources of a container; operators of the target take them as ``container_resources``."""

    def __init__(
        self,
        request_memory: str | None = None,
        request_cpu: str | float | None = None,
        request_ephemeral_storage: str | None = None,
        limit_memory: str | None = None,
        limit_cpu: str | float | None = None,
        limit_gpu: str | int | None = None,
        limit_ephemeral_storage: str | None = None,
    ) -> None:
        self.request_memory = request_memory
        self.request_cpu = request_cpu
        self.request_ephemeral_storage = request_ephemeral_storage
        self.limit_memory = limit_memory
        self.limit_cpu = limit_cpu
        self.limit_gpu = limit_gpu
        self.limit_ephemeral_storage = limit_ephemeral_storage

    def is_empty_resource_request(self) -> bool:
        """Whether nothing is set."""
        return not self.has_limits() and not self.has_requests()

    def has_limits(self) -> bool:
        """Whether a limit is set."""
        limits = (self.limit_cpu, self.limit_memory, self.limit_gpu, self.limit_ephemeral_storage)
        return any(limit is not None for limit in limits)

    def has_requests(self) -> bool:
        """Whether a request is set."""
        requests = (self.request_cpu, self.request_memory, self.request_ephemeral_storage)
        return any(request is not None for request in requests)

    def to_k8s_client_obj(self) -> Any:
        """The model of Kubernetes."""
        limits = {
            "cpu": self.limit_cpu,
            "memory": self.limit_memory,
            "nvidia.com/gpu": self.limit_gpu,
            "ephemeral-storage": self.limit_ephemeral_storage,
        }
        requests = {
            "cpu": self.request_cpu,
            "memory": self.request_memory,
            "ephemeral-storage": self.request_ephemeral_storage,
        }
        return k8s.V1ResourceRequirements(
            limits={name: limit for name, limit in limits.items() if limit},
            requests={name: request for name, request in requests.items() if request},
        )

    def attach_to_pod(self, pod: Any) -> Any:
        """A copy of the pod whose first container has these resources."""
        made = copy.deepcopy(pod)
        made.spec.containers[0].resources = self.to_k8s_client_obj()
        return made
