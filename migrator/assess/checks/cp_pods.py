"""CP210: pods that are placed on nodes which Composer 2 does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import COMPOSER, Example, of_file
from migrator.assess.examples import added
from migrator.assess.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile

OPERATORS = ("KubernetesPodOperator",)
PLACING = ("affinity", "node_selector", "node_selectors", "tolerations")


def _pod(arguments: str) -> dict[str, str]:
    top = "\nfrom airflow.contrib.operators.kubernetes_pod_operator import KubernetesPodOperator\n"
    return added(f"{top}KubernetesPodOperator(task_id='p', name='p', image='i', {arguments})\n")


@of_file(
    "CP210",
    Severity.ERROR,
    fix="Take it out, or run the pod in a cluster of your own with GKEStartPodOperator.",
    link=f"{COMPOSER}/use-kubernetes-pod-operator",
    runs=True,
    minutes=45,
    examples=(
        Example("Affinity to a pool of nodes", 1, _pod("affinity={'nodeAffinity': {}}")),
        Example("A node selector", 1, _pod("node_selectors={'cloud.google.com/gke-nodepool': 'big'}")),
        Example("Tolerations", 1, _pod("tolerations=[{'key': 'gpu'}]")),
        Example("A pod that may run anywhere", files=_pod("namespace='default'")),
        Example("Another operator", files=added("\nBashOperator(task_id='b', bash_command='', affinity={})\n")),
    ),
)
def pod_placement(file: SourceFile) -> Iterator[Problem]:
    """Tell which pods ask for certain nodes.

    Composer 2 runs on Autopilot, where nodes are not yours to choose: such a pod never starts.
    """
    for call in file.calls:
        if file.dotted(call.func).endswith(OPERATORS):
            for keyword in call.keywords:
                if keyword.arg in PLACING:
                    yield Problem(f"{keyword.arg} asks for nodes that Autopilot does not have", keyword.value.lineno)
