"""A pod of 1.10, rewritten, is the same pod on a real 2.10.5."""

from __future__ import annotations

import json
import subprocess
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite
from tests.corpus import target

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = """\
import datetime
from airflow import DAG
from airflow.contrib.kubernetes import pod
from airflow.contrib.kubernetes.pod_runtime_info_env import PodRuntimeInfoEnv
from airflow.contrib.kubernetes.secret import Secret
from airflow.contrib.kubernetes.volume import Volume
from airflow.contrib.kubernetes.volume_mount import VolumeMount
from airflow.contrib.operators import kubernetes_pod_operator

claim = {'persistentVolumeClaim': {'claimName': 'data'}}
volumes = [
    Volume(name='data', configs=claim),
    Volume('settings', {'configMap': {'name': 's', 'items': [{'key': 'k', 'path': 'p'}], 'defaultMode': 420}}),
    Volume(name='scratch', configs={'emptyDir': {}}),
    Volume(name='host', configs={'hostPath': {'path': '/var', 'type': 'Directory'}}),
]
RESOURCES = {'request_memory': '1Gi', 'request_cpu': '500m', 'limit_memory': '2Gi', 'limit_gpu': 1}
with DAG('pods', schedule_interval=None, start_date=datetime.datetime(2020, 1, 1)) as dag:
    task = kubernetes_pod_operator.KubernetesPodOperator(
        task_id='t',
        name='t',
        namespace='etl',
        image='busybox',
        cmds=['sh'],
        resources=RESOURCES,
        node_selectors={'disk': 'ssd'},
        image_pull_secrets='a,b',
        ports=[pod.Port('http', 80)],
        volumes=volumes,
        volume_mounts=[VolumeMount('data', mount_path='/data', sub_path=None, read_only=True)],
        pod_runtime_info_envs=[PodRuntimeInfoEnv('IP', 'status.podIP')],
        secrets=[Secret('env', 'password', 'db', 'key')],
    )
"""

# What 1.10.15 with kubernetes 11.0.0 makes of it: ``task.create_pod_request_obj()``, less its empty and default parts
POD: dict[str, Any] = {
    "containers": {
        "args": [],
        "command": ["sh"],
        "env": [
            {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"key": "key", "name": "db"}}},
        ],
        "image": "busybox",
        "name": "base",
        "ports": [{"containerPort": 80, "name": "http"}],
        "resources": {
            "limits": {"memory": "2Gi", "nvidia.com/gpu": 1},
            "requests": {"cpu": "500m", "memory": "1Gi"},
        },
        "volumeMounts": [{"mountPath": "/data", "name": "data", "readOnly": True}],
    },
    "imagePullSecrets": [{"name": "a"}, {"name": "b"}],
    "nodeSelector": {"disk": "ssd"},
    "restartPolicy": "Never",
    "volumes": [
        {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
        {"configMap": {"defaultMode": 420, "items": [{"key": "k", "path": "p"}], "name": "s"}, "name": "settings"},
        {"emptyDir": {}, "name": "scratch"},
        {"hostPath": {"path": "/var", "type": "Directory"}, "name": "host"},
    ],
}

# the operator asks its cluster where it is: the hook stands in for one that is elsewhere
ASK = """\
import json, sys, types
import dag
from kubernetes.client import ApiClient
dag.task.__dict__["hook"] = types.SimpleNamespace(is_in_cluster=False, get_namespace=lambda: None)
pod = ApiClient().sanitize_for_serialization(dag.task.build_pod_request_obj())
print(json.dumps([pod["spec"], dag.task.on_finish_action, pod["metadata"]["namespace"]]))
"""


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The pod's specification, what happens when it ends, and its namespace, on 2.10.5 after --unsafe."""
    home = tmp_path_factory.mktemp("pods")
    result = rewrite(BEFORE.encode(), Options(unsafe=True))
    assert not result.findings
    (home / "dag.py").write_bytes(result.source)
    return _asked(home)


def _asked(home: Path) -> list[Any]:
    place = target.ensure()
    env = {**target.environment(place, home), "PYTHONPATH": str(home)}
    command = [str(place / "bin" / "python"), "-c", ASK]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.airflow
def test_the_pod_is_the_same(after: list[Any]) -> None:
    spec, _, namespace = after
    assert namespace == "etl"
    (container,) = spec.pop("containers")
    assert {key: container[key] for key in POD["containers"]} == POD["containers"]
    assert {key: spec[key] for key in POD if key != "containers"} == {k: v for k, v in POD.items() if k != "containers"}


@pytest.mark.airflow
def test_pods_that_have_ended_are_kept_as_before(after: list[Any]) -> None:
    assert after[1] == "keep_pod"


MODELS = """\
import csv, json, sys
from kubernetes.client import models
rows = csv.DictReader(sys.stdin)
wrong = [row for row in rows if getattr(models, row["class"]).attribute_map.get(row["argument"]) != row["key"]]
print(json.dumps(wrong))
"""


@pytest.mark.airflow
def test_the_table_of_volumes_is_that_of_the_client(tmp_path_factory: pytest.TempPathFactory) -> None:
    place, home = target.ensure(), tmp_path_factory.mktemp("models")
    table = (files("codemods.tables") / "kubernetes_volumes.csv").read_text(encoding="utf-8")
    command = [str(place / "bin" / "python"), "-c", MODELS]
    env = target.environment(place, home)
    done = subprocess.run(command, input=table, env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []
