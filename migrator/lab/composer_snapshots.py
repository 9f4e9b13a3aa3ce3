"""SaveSnapshot: the bucket's folders, a dump of the database and its fernet key, as objects under a prefix.

Composer's documentation lists what a snapshot saves; the name of the dump is that of a real one, those of the key and
of the environment's description are the lab's own.
"""

from __future__ import annotations

import gzip
import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrator.lab import bucket, postgres
from migrator.lab.composer_resources import environment

if TYPE_CHECKING:
    from migrator.lab.model import Lab, Side

KEPT = ("dags/", "plugins/", "data/")


def save(lab: Lab, side: Side, location: str) -> str:
    """Write a snapshot below ``gs://BUCKET/PREFIX`` and return its path. Raises ValueError on another form."""
    if not location.startswith("gs://"):
        raise ValueError(f"snapshot_location must begin with gs://, not {location!r}")
    where, _, prefix = location.removeprefix("gs://").partition("/")
    name = f"lab_local_{side.name}_{time.strftime('%Y-%m-%dT%H-%M-%S', time.gmtime())}"
    folder = "/".join(part for part in (prefix.strip("/"), name) if part)
    client = bucket.client(lab.gcs_endpoint)
    try:
        source, target = client.bucket(side.bucket), client.bucket(where)
        target.blob(f"{folder}/airflow-database.postgres.sql.gz").upload_from_string(_database(side))
        target.blob(f"{folder}/airflow-fernet-key.txt").upload_from_string(side.env["AIRFLOW__CORE__FERNET_KEY"])
        target.blob(f"{folder}/environment.json").upload_from_string(json.dumps(environment(side)))
        for blob in [blob for kept in KEPT for blob in source.list_blobs(prefix=kept)]:
            target.blob(f"{folder}/{blob.name}").upload_from_string(blob.download_as_bytes())
    finally:
        client.close()
    return f"gs://{where}/{folder}"


def operation(name: str, side: Side, path: str) -> dict[str, Any]:
    """A long-running operation that is done, with the snapshot's path as its response."""
    types = "type.googleapis.com/google.cloud.orchestration.airflow.service.v1"
    meta = {"state": "SUCCESSFUL", "operationType": "SAVE_SNAPSHOT", "resource": side.environment}
    return {
        "name": name,
        "metadata": {"@type": f"{types}.OperationMetadata", **meta},
        "done": True,
        "response": {"@type": f"{types}.SaveSnapshotResponse", "snapshotPath": path},
    }


def _database(side: Side) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dump.sql"
        postgres.dump(side.database_url, path)
        return gzip.compress(path.read_bytes(), mtime=0)
