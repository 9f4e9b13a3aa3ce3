"""``DockerOperator`` with the ``volumes`` of Airflow 1.10, by the target's ``DockerOperator``."""

from __future__ import annotations

from functools import partial
from typing import Any

from airflow.providers.docker.operators import docker


class DockerOperator(docker.DockerOperator):
    """Run a container; ``volumes`` are binds such as ``/host:/container:ro``, which the daemon makes where missing."""

    def __init__(self, *, volumes: list[str] | None = None, auto_remove: str | bool = "never", **kwargs: Any) -> None:
        kept = {True: "force", False: "never"}.get(auto_remove) if isinstance(auto_remove, bool) else auto_remove
        super().__init__(auto_remove=kept, **kwargs)
        self.volumes = volumes or []

    def _run_image_with_mounts(self, target_mounts: list[Any], add_tmp_variable: bool) -> Any:
        client = self.cli
        plain = client.create_host_config
        client.create_host_config = partial(plain, binds=self.volumes)
        try:
            return super()._run_image_with_mounts(target_mounts, add_tmp_variable)
        finally:
            client.create_host_config = plain
