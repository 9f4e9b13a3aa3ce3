"""Prepare an Airflow's database and know whether it is healthy."""

from __future__ import annotations

import subprocess
import urllib.request
from typing import TYPE_CHECKING

from migrator.errors import LabError
from migrator.lab.files import tail
from migrator.reading import read_json

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab.model import Side

_DONE = ".initialised"

_INIT_V2 = """
from airflow.utils.db import initdb
initdb()
import os
from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
with get_application_builder() as builder:
    manager = builder.sm
    if not manager.find_user("admin"):
        role = manager.find_role("Admin")
        assert manager.add_user("admin", "Lab", "Admin", "admin@lab.invalid", role, os.environ["LAB_ADMIN_PASSWORD"])
"""
"""One process instead of three commands: each would load Airflow again."""


def folders(home: Path) -> None:
    """Make the folders that Composer gives an Airflow."""
    for name in ("dags", "data", "plugins", "logs"):
        (home / name).mkdir(parents=True, exist_ok=True)


def is_initialised(side: Side) -> bool:
    """Whether the tables are there."""
    return (side.home / _DONE).exists()


def initialise(side: Side) -> None:
    """Create the tables, the default connections and, on v2, the admin user; once."""
    if is_initialised(side):
        return
    log = side.home / "logs" / "init.log"
    env = side.env | {"LAB_ADMIN_PASSWORD": side.password}
    command = [str(side.airflow), "initdb"] if side.name == "v1" else [str(side.python), "-c", _INIT_V2]
    with log.open("wb") as out:
        done = subprocess.run(command, env=env, cwd=side.home, stdout=out, stderr=out, check=False)
    if done.returncode != 0:
        raise LabError(
            f"the database of {side.name} could not be prepared",
            why=tail(log),
            fix=f"read {log}, then `migrate lab reset` and `migrate lab up`",
        )
    (side.home / _DONE).touch()


def scheduler_command(side: Side) -> list[str]:
    """The scheduler; 2.x would also serve logs on every interface, which a lab does not want."""
    extra = [] if side.name == "v1" else ["--skip-serve-logs"]
    return [str(side.airflow), "scheduler", *extra]


def webserver_command(side: Side) -> list[str]:
    """The web server; host and port come from the environment."""
    return [str(side.airflow), "webserver"]


def forget_webserver(side: Side) -> None:
    """Drop what a web server that was killed left behind, because the next one would take it for alive."""
    for stale in side.home.glob("airflow-webserver*.pid"):
        stale.unlink()


def is_healthy(side: Side) -> bool:
    """Whether the web server answers and says that the scheduler's heartbeat is fresh."""
    try:
        with urllib.request.urlopen(f"{side.url}/health", timeout=5) as answer:  # noqa: S310 - loopback
            health = read_json(answer.read())
    except (OSError, ValueError):
        return False
    return bool(health.get("scheduler", {}).get("status") == "healthy")
