"""UpdateEnvironment as the lab plays it: one kind of change a request, kept beside the environment it belongs to.

The settings are remembered and served; the lab's Airflow is not restarted for them.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from migrator.lab.files import write_private
from migrator.reading import read_json

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab.model import Side

MASKS = {
    "config.softwareConfig.airflowConfigOverrides": "airflowConfigOverrides",
    "config.softwareConfig.envVariables": "envVariables",
}
REFUSED = {
    "airflowConfigOverrides": ("cli-*", "core-dags_folder", "core-fernet_key", "core-load_examples", "core-store_*"),
    "envVariables": ("AIRFLOW__*__*", "AIRFLOW_HOME", "DAGS_FOLDER", "GCP_PROJECT", "GCS_BUCKET", "SQL_*"),
}
"""Some of what Composer 2 refuses, by its documentation of blocked configurations and reserved names."""


def update(side: Side, mask: str, environment: dict[str, Any]) -> None:
    """Replace the settings that the mask names; ValueError as the API words it, and then nothing is changed."""
    if mask not in MASKS:
        raise ValueError(f"Invalid update_mask: exactly one of {', '.join(MASKS)} is supported, found {mask!r}")
    key = MASKS[mask]
    wanted = environment.get("config", {}).get("softwareConfig", {}).get(key, {})
    for name in wanted:
        if any(fnmatchcase(name, pattern) for pattern in REFUSED[key]):
            raise ValueError(f"{key} contains {name!r}, which is blocked for this image version")
    write_private(_path(side), json.dumps(changed(side) | {key: wanted}, indent=2))


def changed(side: Side) -> dict[str, Any]:
    """The settings that were updated since the lab began."""
    path = _path(side)
    return dict(read_json(path.read_bytes())) if path.exists() else {}


def operation(name: str, environment: dict[str, Any]) -> dict[str, Any]:
    """The finished operation of an update."""
    kind = "type.googleapis.com/google.cloud.orchestration.airflow.service.v1"
    return {
        "name": name,
        "done": True,
        "metadata": {"@type": f"{kind}.OperationMetadata", "state": "SUCCEEDED", "operationType": "UPDATE"},
        "response": {"@type": f"{kind}.Environment", **environment},
    }


def _path(side: Side) -> Path:
    return side.home / "composer-updates.json"
