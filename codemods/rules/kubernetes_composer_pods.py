"""CM690: pods that ran beside Composer 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument, has_stars
from codemods.engine.nodes import literal
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.default_args import default_keys
from codemods.support.rebuild import with_keyword

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_POD = "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator"
_HEAD = f"from {_POD.rpartition('.')[0]} import KubernetesPodOperator\n\n"
_NAMESPACE = "composer-user-workloads"
_CONFIG = {"config_file": "/home/airflow/composer_kube_config", "kubernetes_conn_id": "kubernetes_default"}
_CLUSTER = ("config_file", "kubernetes_conn_id", "in_cluster", "cluster_context")
_NODES = ("affinity", "node_selector", "node_selectors", "tolerations")


class KubernetesComposerPods(Rule):
    """Run pods in the cluster of Composer 2: only where this rule's whole code is selected.

    Pods go to the namespace ``composer-user-workloads``, and the operator is told where the cluster's configuration is.
    A task that names a cluster by itself is left alone, and so is the namespace where one other than ``default`` is
    given. Secrets and config maps have to be there in the new namespace too. Nodes can't be chosen by pool: Composer 2
    runs on GKE Autopilot.
    """

    code = "CM690"
    name = "kubernetes-composer-pods"
    safety = Safety.UNSAFE
    opt_in = True
    since = "Composer 2"
    url = "https://cloud.google.com/composer/docs/composer-2/use-kubernetes-pod-operator"
    needles = (b"KubernetesPodOperator",)
    watches = (cst.Call,)
    examples = (
        Example(
            "the default namespace",
            _HEAD + "KubernetesPodOperator(\n    task_id='t',\n    namespace='default',  # ours\n)\n",
            _HEAD + "KubernetesPodOperator(\n    task_id='t',\n    namespace='composer-user-workloads',  # ours\n"
            "    config_file='/home/airflow/composer_kube_config',\n"
            "    kubernetes_conn_id='kubernetes_default',\n)\n",
            unsafe=True,
        ),
        Example(
            "no namespace",
            _HEAD + "KubernetesPodOperator(config_file=C)\n",
            _HEAD + 'KubernetesPodOperator(config_file=C, namespace="composer-user-workloads")\n',
            unsafe=True,
        ),
        Example(
            "a namespace of its own",
            _HEAD + "KubernetesPodOperator(namespace='etl', in_cluster=False)\n",
            unsafe=True,
            flagged=True,
        ),
        Example(
            "a pool of nodes",
            _HEAD + "KubernetesPodOperator(namespace='composer-user-workloads', config_file=C, affinity=A)\n",
            unsafe=True,
            flagged=True,
        ),
        Example("a namespace that can't be seen", _HEAD + "KubernetesPodOperator(namespace=N, config_file=C)\n",
                unsafe=True, flagged=True),
        Example("without --unsafe", _HEAD + "KubernetesPodOperator(config_file=C)\n", flagged=True),
        Example("unpacked", _HEAD + "KubernetesPodOperator(**pod)\n", unsafe=True),
        Example("another cluster", "from airflow.providers.google.cloud.operators.kubernetes_engine import "
                "GKEStartPodOperator\n\nGKEStartPodOperator(task_id='t', namespace='default')\n", unsafe=True),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Look at the namespace, the cluster and the nodes of a pod."""
        if file.called(node) != _POD or has_stars(node):
            return
        defaults = default_keys(file)
        yield from _namespace(node, defaults)
        if argument(node, *_CLUSTER) is None and defaults.isdisjoint(_CLUSTER):
            edits = tuple(_added(node, name, value) for name, value in _CONFIG.items())
            yield Fix(node.func, "Composer 2 keeps the configuration of its cluster in a file of its own", edits)
        nodes = argument(node, *_NODES)
        if nodes is not None and nodes.keyword is not None:
            why = f"Composer 2 runs on GKE Autopilot: {nodes.keyword.value} can't choose a pool of nodes there"
            yield Flag(nodes, why)


def _namespace(node: cst.Call, defaults: frozenset[str]) -> Iterator[Fix | Flag]:
    given = argument(node, "namespace")
    message = f"pods of Composer 2 run in the namespace {_NAMESPACE}"
    if given is None:
        if "namespace" not in defaults:
            yield Fix(node.func, message, (_added(node, "namespace", _NAMESPACE),))
    elif literal(given.value) == "default":
        yield Fix(given, message, (Edit(given.value, lambda _: cst.SimpleString(f'"{_NAMESPACE}"')),))
    elif literal(given.value) != _NAMESPACE:
        yield Flag(given, f"{message}: make this one there too and grant access to it, or use {_NAMESPACE}")


def _added(node: cst.Call, name: str, value: str) -> Edit:
    return Edit(node, lambda updated: with_keyword(updated, name, cst.SimpleString(f'"{value}"')))
