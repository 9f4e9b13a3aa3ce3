"""The end of the lab's v1: it is switched off for good, and what is left of it is downloaded as by an operator."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.lab import bucket, processes, state

if TYPE_CHECKING:
    from migrator.lab.model import Lab

SNAPSHOTS = "snapshots"
COPIED = ("dags/", "plugins/", "data/", "logs/")


def saved(lab: Lab, place: Path) -> Path:
    """The folder below ``place`` with the snapshot of v1 that the real client had saved."""
    from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415 - slow to import
    from google.cloud.orchestration.airflow import service_v1  # noqa: PLC0415
    from google.cloud.orchestration.airflow.service_v1.services.environments import transports  # noqa: PLC0415

    host = lab.api_endpoint.removeprefix("http://")
    rest = transports.EnvironmentsRestTransport(host=host, url_scheme="http", credentials=AnonymousCredentials())
    client = service_v1.EnvironmentsClient(transport=rest)
    root = f"gs://{lab.source.bucket}/"
    where = {"environment": lab.source.environment, "snapshot_location": f"{root}{SNAPSHOTS}"}
    prefix = client.save_snapshot(where).result(timeout=300).snapshot_path.removeprefix(root)
    rest.close()
    return _downloaded(lab, f"{prefix}/", place / Path(prefix).name, f"{prefix}/")


def copied(lab: Lab, place: Path) -> Path:
    """The folder below ``place`` with a copy of v1's bucket, its logs included."""
    upload_logs(lab)
    for prefix in COPIED:
        _downloaded(lab, prefix, place / lab.source.bucket)
    return place / lab.source.bucket


def upload_logs(lab: Lab) -> None:
    """Bring the logs of v1's tasks into its bucket, where Composer's workers write them at once."""
    root = lab.source.home
    logs = (path for path in (root / "logs").rglob("*.log") if path.is_file() and "scheduler" not in path.parts)
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in logs}
    bucket.upload(lab.gcs_endpoint, lab.source.bucket, files)


def _downloaded(lab: Lab, prefix: str, folder: Path, cut: str = "") -> Path:
    storage = bucket.client(lab.gcs_endpoint)
    for blob in storage.bucket(lab.source.bucket).list_blobs(prefix=prefix):
        path = folder / blob.name.removeprefix(cut)
        if not blob.name.endswith("/"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(blob.download_as_bytes())
    storage.close()
    return folder


def switch_off(home: Path, lab: Lab) -> None:
    """Stop v1's scheduler and web server, with every task that they run; nothing starts them again."""
    current = state.read(home.expanduser().resolve())
    if current is not None:
        processes.stop([row for row in current.processes if row.name.startswith(f"{lab.source.name}-")])
        left = tuple(row for row in current.processes if not row.name.startswith(f"{lab.source.name}-"))
        state.write(replace(current, processes=left))
