"""``VolumeMount`` of Airflow 1.10: where a container has a volume."""

from __future__ import annotations

from typing import Any

from kubernetes.client import models as k8s

from airflow1_compat.kubernetes_model import K8SModel, with_more


class VolumeMount(K8SModel):
    """Where a container has a volume of its pod."""

    def __init__(self, name: str, mount_path: str, sub_path: str | None, read_only: bool) -> None:
        self.name = name
        self.mount_path = mount_path
        self.sub_path = sub_path
        self.read_only = read_only

    def to_k8s_client_obj(self) -> Any:
        """The model of Kubernetes."""
        return k8s.V1VolumeMount(
            name=self.name, mount_path=self.mount_path, sub_path=self.sub_path, read_only=self.read_only
        )

    def attach_to_pod(self, pod: Any) -> Any:
        """A copy of the pod whose first container has this mount."""
        return with_more(pod, "volume_mounts", self.to_k8s_client_obj())
