"""CM333: pods of the Kubernetes executor that are described as a dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import literal
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HEAD = "from airflow.operators.bash import BashOperator\n\n"
_CALL = _HEAD + "BashOperator(task_id='a', bash_command='x', executor_config={})\n"


class ExecutorConfigs(Rule):
    """Find executor_config that describes a pod by KubernetesExecutor: Airflow 2 takes pod_override.

    The dictionary raises TypeError when the Kubernetes executor starts the task; other executors ignore it, as before.
    ``{"pod_override": k8s.V1Pod(...)}`` says the same with the Kubernetes client's models.
    """

    code = "CM333"
    name = "executor-configs"
    safety = Safety.FLAG
    url = "https://airflow.apache.org/docs/apache-airflow-providers-cncf-kubernetes/stable/kubernetes_executor.html"
    needles = (b"KubernetesExecutor",)
    watches = (cst.DictElement,)
    examples = (
        Example("an image", _CALL.format("{'KubernetesExecutor': {'image': 'i'}}"), flagged=True),
        Example(
            "by a name", _HEAD + "BIG = {\n    'KubernetesExecutor': {'request_memory': '1Gi'},\n}\n", flagged=True
        ),
        Example("a pod", _CALL.format("{'pod_override': pod}")),
        Example("another dictionary", _HEAD + "NAMES = {'KubernetesExecutor': 'kubernetes'}\n"),
        Example("another key", _CALL.format("{'CeleryExecutor': {'a': 1}}")),
    )

    def check(self, node: cst.DictElement, file: File) -> Iterator[Flag]:  # noqa: ARG002
        """Look at dictionaries with such a key."""
        if literal(node.key) == "KubernetesExecutor" and isinstance(node.value, cst.Dict):
            yield Flag(
                node.key,
                "the Kubernetes executor of Airflow 2 raises TypeError for this: say it with "
                '{"pod_override": k8s.V1Pod(...)}; other executors ignore it',
            )
