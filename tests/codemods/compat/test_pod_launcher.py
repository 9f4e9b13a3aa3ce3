"""The launcher of pods asks Kubernetes for what 1.10.15's own asks it for; its client is in neither environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codemods.compat import Place, package

if TYPE_CHECKING:
    from pathlib import Path

    from tests.airflows import Airflow

TARGET, SOURCE = "airflow1_compat.pod_launcher", "airflow.kubernetes.pod_launcher"
_RUN = """
import importlib, sys, time
from types import ModuleType, SimpleNamespace as Of
from unittest.mock import MagicMock, patch

calls = []


class ApiException(Exception):
    def __init__(self, status):
        self.status = status


class Client:
    def __init__(self, phases, refuses):
        self.phases, self.refuses = list(phases), refuses
        self.api_client = Of(sanitize_for_serialization=lambda pod: {"pod": pod.metadata.name})

    def __getattr__(self, name):
        def called(*args, **kwargs):
            kwargs.pop("body", None) if name.startswith("delete") else None
            calls.append([name, args, kwargs])
            if name.startswith("delete") and self.refuses:
                raise ApiException(self.refuses)
            if name == "read_namespaced_pod_log":
                return ["a line"]
            if "unreadable" in self.phases and name == "read_namespaced_pod":
                raise HTTPError()
            phase = self.phases.pop(0) if len(self.phases) > 1 else self.phases[0]
            state = Of(running=True if phase == "Running" else None)
            status = Of(phase=phase, start_time=None, container_statuses=[Of(name="base", state=state)])
            return Of(metadata=Of(name="p"), status=status)

        return called


class Stream:
    def is_open(self):
        return True

    def __getattr__(self, name):
        def called(*args, **kwargs):
            calls.append([name, args, kwargs])
            return '{"x": 1}' if name == "read_stdout" else name == "peek_stdout"

        return called


def stream(call, *args, **kwargs):
    calls.append(["exec", args, kwargs])
    return Stream()


names = ["kubernetes", "kubernetes.client", "kubernetes.client.rest", "kubernetes.stream", "kubernetes.watch"]
names += ["kubernetes.client.api_client", "kubernetes.client.models"]
names += ["airflow.kubernetes.kube_client", "airflow.providers.cncf", "airflow.providers.cncf.kubernetes"]
names += ["airflow.providers.cncf.kubernetes.kube_client", "airflow.kubernetes.pod_generator"]
names += ["airflow.contrib.kubernetes.pod"] if values["name"].startswith("airflow.") else []
stubs = {name: MagicMock(name=name) for name in names}
stubs["kubernetes.client.rest"].ApiException = ApiException
from urllib3.exceptions import HTTPError

stubs["kubernetes.stream"].stream = stream
if "airflow.contrib.kubernetes.pod" in stubs:
    defaults = stubs["airflow.kubernetes.pod_generator"].PodDefaults
    defaults.SIDECAR_CONTAINER_NAME, defaults.XCOM_MOUNT_PATH = "airflow-xcom-sidecar", "/airflow/xcom"
    stubs["airflow.contrib.kubernetes.pod"]._extract_env_vars_and_secrets.side_effect = AttributeError
    # as for a hook that knows only today's pods
sys.path.insert(0, values["folder"])
importlib.invalidate_caches()
sleep, time.sleep = time.sleep, lambda seconds: None
kept = sys.modules.pop(values["name"], None)
try:
    with patch.dict(sys.modules, stubs):
        module = importlib.import_module(values["name"])
        pod = Of(metadata=Of(name="p", namespace="n"), spec=Of(containers=[Of(env=[])]))
        result = []
        for phases, extract, refuses in values["runs"]:
            del calls[:]
            launcher = module.PodLauncher(kube_client=Client(phases, refuses), extract_xcom=extract)
            try:
                launcher.start_pod(pod, startup_timeout=100)
                told = [str(one) for one in launcher.monitor_pod(pod, get_logs=True)]
                launcher.read_pod_events(pod)
                launcher.delete_pod(pod)
            except Exception as error:
                told = type(error).__name__
            result.append([told, repr(calls)])
finally:
    time.sleep = sleep
    sys.modules.pop(values["name"], None)
"""
RUNS: list[tuple[list[str], bool, int]] = [
    (["Pending", "Pending", "Running", "Running", "Succeeded"], False, 0),
    (["Pending", "Running", "Running", "Succeeded"], True, 0),
    (["Pending", "Running", "Failed"], False, 404),
    (["Pending", "Odd"], False, 403),
    (["unreadable"], False, 0),
]


@pytest.mark.airflow
def test_kubernetes_is_asked_for_the_same(v1: Airflow, v2: Airflow, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for name, text in package([Place(f"{TARGET}.PodLauncher", "x.py", 1)]).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    before: list[Any] = v1.python(_RUN, name=SOURCE, folder=str(tmp_path), runs=RUNS)
    after = v2.python(_RUN, name=TARGET, folder=str(tmp_path), runs=RUNS)
    assert after == before
    assert [told for told, _ in before] == [
        ["success", "None"],
        ["success", "{'x': 1}"],
        ["failed", "None"],
        "ApiException",
        "AirflowException",
    ]
