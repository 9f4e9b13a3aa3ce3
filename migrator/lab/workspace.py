"""A workspace whose source and target are the lab's two environments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from migrator.errors import RefusedError
from migrator.workspace.files import write_atomic, write_private
from migrator.workspace.keys import create_identity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from migrator.lab.model import Lab, Side

MARK = "# DAGs of the lab run every minute"
SOURCE = """
[source]
environment = "{v1.environment}"
channel = "local"
api_endpoint = "{api}"
storage_endpoint = "{gcs}"

[source.local]
airflow = "{v1.airflow}"
env_file = "{env_file}"
"""
CONFIG = """\
schema_version = 1
{source}
[target]
environment = "{v2.environment}"
channel = "api"
api_endpoint = "{api}"
storage_endpoint = "{gcs}"

[target.rest]
url = "{v2.url}"
auth = "basic"
user = "{v2.user}"
password_file = "{password}"

[secrets]
recipient = "{recipient}"

# DAGs of the lab run every minute, so everything is quicker here than in production.
[cutover]
margin_seconds = 12
settle_seconds = 5
drain_timeout_seconds = 900
last_tasks_seconds = 60
observe_seconds = {observe}
poll_seconds = 1

[plan]
wave_size = {wave_size}
pins = {{{pins}}}
"""


def write_workspace(
    lab: Lab,
    root: Path,
    *,
    wave_size: int = 6,
    observe: int = 150,
    pins: Mapping[str, int] | None = None,
    ended: bool = False,
) -> None:
    """Write ``migrate.toml``, the operator's key and what the local channel needs; what is there is replaced.

    ``ended``: v1 no longer runs, so no source is named.
    """
    _refuse_foreign(root / "migrate.toml")
    private = root / ".migrate"
    env_file = private / "v1-env.json"
    write_private(env_file, json.dumps(lab.source.env, indent=2).encode())
    source = SOURCE.format(v1=lab.source, api=lab.api_endpoint, gcs=lab.gcs_endpoint, env_file=env_file.resolve())
    text = CONFIG.format(
        source="" if ended else source,
        v2=lab.target,
        api=lab.api_endpoint,
        gcs=lab.gcs_endpoint,
        password=_password_file(lab.target, private),
        recipient=create_identity(private / "identity.txt"),
        wave_size=wave_size,
        observe=observe,
        pins=", ".join(f"{dag_id} = {wave}" for dag_id, wave in (pins or {}).items()),
    )
    write_atomic(root / "migrate.toml", text.encode())


def _refuse_foreign(config: Path) -> None:
    """RefusedError when there is a workspace that is not of a lab."""
    if config.is_file() and MARK not in config.read_text("utf-8", "replace"):
        raise RefusedError(
            f"{config} is of another migration, so the lab's was not written over it",
            why="its settings would be lost",
            fix="name another folder: `migrate --workspace DIR demo`",
        )


def _password_file(side: Side, private: Path) -> Path:
    path = private / "v2-password"
    write_private(path, side.password.encode())
    return path.resolve()
