"""A lab on disk, none of whose processes runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.lab import lab as labs
from migrator.lab import state
from migrator.lab.files import write_private
from migrator.lab.ports import Ports
from migrator.lab.processes import Started


def _side(home: Path, name: str) -> labs.Side:
    write_private(state.password_file(home / name), "secret")
    return labs.Side(
        name=name,
        environment=f"projects/lab/locations/local/environments/{name}",
        bucket=f"lab-{name}",
        airflow=Path("/venv/bin/airflow"),
        env={"A": "b"},
        home=home / name,
        dags=home / name / "dags",
        data=home / name / "data",
        url="http://127.0.0.1:1",
        user="admin",
        password="secret",
        database_url="postgresql+psycopg2://airflow:pw@127.0.0.1:5/v1",
        airflow_version="2.10.5",
    )


@pytest.fixture
def dead_lab(tmp_path: Path) -> state.State:
    """Its folder is ``tmp_path``; nothing is written there yet."""
    home = tmp_path
    made = labs.Lab(
        home, "http://127.0.0.1:1", "http://127.0.0.1:2", _side(home, "v1"), _side(home, "v2"), home / "bin/gcloud"
    )
    dead = Started("gcs", 2**22 + 1, 1.0, str(home / "logs/gcs.log"))
    return state.State(lab=made, ports=Ports(1, 2, 3, 4, 5), processes=(dead,), ready=True)
