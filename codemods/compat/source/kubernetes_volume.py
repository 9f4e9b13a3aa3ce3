"""``Volume`` of Airflow 1.10: a volume of a pod."""

from __future__ import annotations

import copy
import re
from typing import Any

from kubernetes.client import models as k8s

from airflow1_compat.kubernetes_model import K8SModel


class Volume(K8SModel):
    """A volume of a pod; ``configs`` has its kind, such as ``persistentVolumeClaim``."""

    def __init__(self, name: str, configs: dict[str, Any]) -> None:
        self.name = name
        self.configs = configs

    def to_k8s_client_obj(self) -> Any:
        """The model of Kubernetes."""
        volume = k8s.V1Volume(name=self.name)
        for kind, value in self.configs.items():
            attribute = re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", kind).lstrip("_")
            if not hasattr(volume, attribute):
                raise AttributeError(f"V1Volume does not have attribute {kind}")
            setattr(volume, attribute, value)
        return volume

    def attach_to_pod(self, pod: Any) -> Any:
        """A copy of the pod that has this volume."""
        made = copy.deepcopy(pod)
        made.spec.volumes = [*(made.spec.volumes or []), self.to_k8s_client_obj()]
        return made
