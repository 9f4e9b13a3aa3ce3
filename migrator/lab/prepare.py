"""Decide what a lab looks like before anything of it runs: ports, folders, passwords, environments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.lab import airflow, bucket, config, ports, postgres, processes, settings, state
from migrator.lab.files import write_private
from migrator.lab.installs import SOURCE, TARGET, Release
from migrator.lab.model import Lab, Side

if TYPE_CHECKING:
    from pathlib import Path


def prepare(home: Path, binaries: dict[Release, Path]) -> state.State:
    """The state to start from: the one on disk while anything of it runs, else a new one with free ports."""
    current = state.read(home)
    if current is not None and any(processes.is_alive(row) for row in current.processes):
        return current
    free = ports.allocate()
    made = _Made(home, settings.load_or_create(home), free)
    lab = Lab(
        home=home,
        gcs_endpoint=bucket.endpoint(free.gcs),
        api_endpoint=f"http://{ports.LOOPBACK}:{free.api}",
        source=_side("v1", SOURCE, made, binaries[SOURCE]),
        target=_side("v2", TARGET, made, binaries[TARGET]),
        gcloud=home / "bin" / "gcloud",
    )
    return state.State(lab=lab, ports=free)


@dataclass(frozen=True, slots=True)
class _Made:
    """What both sides are made from."""

    home: Path
    own: settings.Settings
    free: ports.Ports


def _side(name: str, release: Release, made: _Made, binaries: Path) -> Side:
    own, free = made.own, made.free
    folder = made.home / name
    airflow.folders(folder)
    write_private(state.password_file(folder), own.admin_password if name == "v2" else "")
    web_port = free.web_v1 if name == "v1" else free.web_v2
    database_url = postgres.url(free.postgres, own.postgres_password, name)
    return Side(
        name=name,
        environment=config.environment_name(name),
        bucket=f"lab-{name}",
        airflow=binaries / "airflow",
        env=config.environ(
            name,
            home=folder,
            binaries=binaries,
            settings=own,
            database_url=database_url,
            web_port=web_port,
            gcs=bucket.endpoint(free.gcs),
        ),
        home=folder,
        dags=folder / "dags",
        data=folder / "data",
        url=f"http://{ports.LOOPBACK}:{web_port}",
        user="admin" if name == "v2" else "",
        password=own.admin_password if name == "v2" else "",
        database_url=database_url,
        airflow_version=release.airflow,
    )
