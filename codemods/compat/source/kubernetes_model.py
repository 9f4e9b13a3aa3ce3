"""``K8SModel`` of Airflow 1.10: an object that becomes one of Kubernetes' own, and can be put into a pod."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from functools import reduce
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class K8SModel(ABC):
    """What operators of pods take for a model of Kubernetes."""

    @abstractmethod
    def attach_to_pod(self, pod: Any) -> Any:
        """A copy of the pod that has this object."""

    def as_dict(self) -> dict[str, Any]:
        """The arguments by name."""
        return dict(vars(self))


def append_to_pod(pod: Any, k8s_objects: Iterable[K8SModel] | None) -> Any:
    """The pod with all of these objects."""
    return reduce(lambda made, one: one.attach_to_pod(made), k8s_objects or (), pod)


def with_more(pod: Any, part: str, more: Any) -> Any:
    """A copy of the pod whose first container has one more of ``part``."""
    made = copy.deepcopy(pod)
    container = made.spec.containers[0]
    setattr(container, part, [*(getattr(container, part) or []), more])
    return made
