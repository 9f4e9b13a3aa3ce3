"""``PodRuntimeInfoEnv`` of Airflow 1.10: an environment variable that tells of the pod."""

from __future__ import annotations

from typing import Any

from kubernetes.client import models as k8s

from airflow1_compat.kubernetes_model import K8SModel, with_more


class PodRuntimeInfoEnv(K8SModel):
    """An environment variable with a field of the pod, such as its name."""

    def __init__(self, name: str, field_path: str) -> None:
        self.name = name
        self.field_path = field_path

    def to_k8s_client_obj(self) -> Any:
        """The model of Kubernetes."""
        source = k8s.V1EnvVarSource(field_ref=k8s.V1ObjectFieldSelector(field_path=self.field_path))
        return k8s.V1EnvVar(name=self.name, value_from=source)

    def attach_to_pod(self, pod: Any) -> Any:
        """A copy of the pod whose first container has this variable."""
        return with_more(pod, "env", self.to_k8s_client_obj())
