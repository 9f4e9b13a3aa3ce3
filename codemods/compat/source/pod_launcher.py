"""The launcher of pods of Airflow 1.10, which copies of its KubernetesPodOperator use, by Kubernetes' own client."""

from __future__ import annotations

import json
import time
from typing import Any

import tenacity
from airflow import settings
from airflow.exceptions import AirflowException
from airflow.providers.cncf.kubernetes.kube_client import get_kube_client
from airflow.utils.log.logging_mixin import LoggingMixin
from airflow.utils.state import State
from kubernetes import client, watch
from kubernetes.client.rest import ApiException
from kubernetes.stream import stream as kubernetes_stream
from urllib3.exceptions import HTTPError

_SIDECAR, _MOUNT = "airflow-xcom-sidecar", "/airflow/xcom"


class PodStatus:
    """The phases of a pod."""

    PENDING = "pending"
    RUNNING = "running"
    FAILED = "failed"
    SUCCEEDED = "succeeded"


class PodLauncher(LoggingMixin):
    """Create a pod, wait for it, and read its logs and its XCom."""

    def __init__(
        self,
        kube_client: Any = None,
        in_cluster: bool = True,
        cluster_context: str | None = None,
        extract_xcom: bool = False,
    ) -> None:
        super().__init__()
        self._client = kube_client or get_kube_client(in_cluster=in_cluster, cluster_context=cluster_context)
        self._watch = watch.Watch()
        self.extract_xcom = extract_xcom

    def run_pod_async(self, pod: Any, **kwargs: Any) -> Any:
        """Create the pod; what Kubernetes answers."""
        settings.pod_mutation_hook(pod)
        body = self._client.api_client.sanitize_for_serialization(pod)
        try:
            return self._client.create_namespaced_pod(body=body, namespace=pod.metadata.namespace, **kwargs)
        except Exception:
            self.log.exception("Exception when attempting to create Namespaced Pod: %s", json.dumps(body, indent=2))
            raise

    def delete_pod(self, pod: Any) -> None:
        """Delete the pod, if it is still there."""
        try:
            self._client.delete_namespaced_pod(pod.metadata.name, pod.metadata.namespace, body=client.V1DeleteOptions())
        except ApiException as error:
            if error.status != 404:
                raise

    def start_pod(self, pod: Any, startup_timeout: float) -> None:
        """Create the pod and wait until it has started."""
        response = self.run_pod_async(pod)
        began = time.monotonic()
        if response.status.start_time is None:
            while self.pod_not_started(pod):
                self.log.warning("Pod not yet started: %s", pod.metadata.name)
                if time.monotonic() - began >= startup_timeout:
                    raise AirflowException("Pod took too long to start")
                time.sleep(1)

    def monitor_pod(self, pod: Any, get_logs: bool) -> tuple[Any, Any]:
        """The pod's last state, and its XCom, when it has ended."""
        if get_logs:
            for line in self.read_pod_logs(pod):
                self.log.info(line)
        result = None
        if self.extract_xcom:
            while self.base_container_is_running(pod):
                self.log.info("Container %s has state %s", pod.metadata.name, State.RUNNING)
                time.sleep(2)
            result = json.loads(self._extract_xcom(pod))
        while self.pod_is_running(pod):
            self.log.info("Pod %s has state %s", pod.metadata.name, State.RUNNING)
            time.sleep(2)
        return self._task_status(self.read_pod(pod)), result

    def _task_status(self, event: Any) -> Any:
        self.log.info("Event: %s had an event of type %s", event.metadata.name, event.status.phase)
        return self.process_status(event.metadata.name, event.status.phase)

    def pod_not_started(self, pod: Any) -> bool:
        """Whether the pod has not started."""
        return bool(self._task_status(self.read_pod(pod)) == State.QUEUED)

    def pod_is_running(self, pod: Any) -> bool:
        """Whether the pod has not ended."""
        return self._task_status(self.read_pod(pod)) not in (State.SUCCESS, State.FAILED)

    def base_container_is_running(self, pod: Any) -> bool:
        """Whether the container ``base`` runs."""
        statuses = self.read_pod(pod).status.container_statuses
        status = next((one for one in statuses if one.name == "base"), None)
        return status is not None and status.state.running is not None

    def read_pod_logs(self, pod: Any, tail_lines: int = 10) -> Any:
        """The lines that ``base`` writes."""
        return self._read(
            self._client.read_namespaced_pod_log,
            name=pod.metadata.name,
            namespace=pod.metadata.namespace,
            container="base",
            follow=True,
            tail_lines=tail_lines,
            _preload_content=False,
        )

    def read_pod_events(self, pod: Any) -> Any:
        """The events of the pod."""
        about = f"involvedObject.name={pod.metadata.name}"
        return self._read(self._client.list_namespaced_event, namespace=pod.metadata.namespace, field_selector=about)

    def read_pod(self, pod: Any) -> Any:
        """The pod as it is now."""
        return self._read(self._client.read_namespaced_pod, pod.metadata.name, pod.metadata.namespace)

    @staticmethod
    def _read(call: Any, *args: Any, **kwargs: Any) -> Any:
        """What a call gives, at the third attempt at the latest."""

        def once() -> Any:
            try:
                return call(*args, **kwargs)
            except HTTPError as error:
                raise AirflowException(f"There was an error reading the kubernetes API: {error}") from error

        three = tenacity.stop_after_attempt(3)
        return tenacity.Retrying(stop=three, wait=tenacity.wait_exponential(), reraise=True)(once)

    def _extract_xcom(self, pod: Any) -> str:
        response = kubernetes_stream(
            self._client.connect_get_namespaced_pod_exec,
            pod.metadata.name,
            pod.metadata.namespace,
            container=_SIDECAR,
            command=["/bin/sh"],
            stdin=True,
            stdout=True,
            stderr=True,
            tty=False,
            _preload_content=False,
        )
        try:
            result = self._exec_pod_command(response, f"cat {_MOUNT}/return.json")
            self._exec_pod_command(response, "kill -s SIGINT 1")
        finally:
            response.close()
        if result is None:
            raise AirflowException(f"Failed to extract xcom from pod: {pod.metadata.name}")
        return result

    def _exec_pod_command(self, response: Any, command: str) -> str | None:
        if response.is_open():
            response.write_stdin(command + "\n")
            while response.is_open():
                response.update(timeout=1)
                if response.peek_stdout():
                    return str(response.read_stdout())
                if response.peek_stderr():
                    self.log.info(response.read_stderr())
                    break
        return None

    def process_status(self, job_id: str, status: str) -> Any:
        """The state of a task whose pod is in this phase."""
        states = {
            PodStatus.PENDING: State.QUEUED,
            PodStatus.FAILED: State.FAILED,
            PodStatus.SUCCEEDED: State.SUCCESS,
            PodStatus.RUNNING: State.RUNNING,
        }
        if status.lower() not in states:
            self.log.info("Event: Invalid state %s on job %s", status, job_id)
        return states.get(status.lower(), State.FAILED)
