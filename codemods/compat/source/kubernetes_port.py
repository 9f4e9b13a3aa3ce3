"""``Port`` of Airflow 1.10: a port of a container."""

from __future__ import annotations

from typing import Any

from kubernetes.client import models as k8s

from airflow1_compat.kubernetes_model import K8SModel, with_more


class Port(K8SModel):
    """A port of a container."""

    def __init__(self, name: str | None = None, container_port: int | None = None) -> None:
        self.name = name
        self.container_port = container_port

    def to_k8s_client_obj(self) -> Any:
        """The model of Kubernetes."""
        return k8s.V1ContainerPort(name=self.name, container_port=self.container_port)

    def attach_to_pod(self, pod: Any) -> Any:
        """A copy of the pod whose first container has this port."""
        return with_more(pod, "ports", self.to_k8s_client_obj())
