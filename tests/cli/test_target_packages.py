"""``[target.packages]``: what v2 will have is decided in one place, and every command goes by it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from migrator.inventory import store
from migrator.model.resources import Connection
from tests.workspace.users import migrate_here

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ("--resolve-seconds", "0")
DAG = """
from datetime import datetime
from airflow import DAG
{line}

with DAG("{name}", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    pass
"""
LINES = {
    "flake": "from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook",
    "moved": "from airflow.operators.docker_operator import DockerOperator",
    "lake": "CONN = 'lake'",
    "google": "from airflow.providers.google.cloud.hooks.gone import GoneHook",
}
BOTH = '"apache-airflow-providers-snowflake" = ""\n"apache_airflow_providers.Docker" = ">=3"\n'


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder of DAGs that need providers which no image has, and a connection that one of them names."""
    (tmp_path / "bucket/dags").mkdir(parents=True)
    for name, line in LINES.items():
        (tmp_path / f"bucket/dags/{name}.py").write_text(DAG.format(name=name, line=line))
    root = tmp_path / "workspace"
    root.mkdir()
    configured(root, "")
    migrate_here(root, "inventory", "--from-folder", str(tmp_path / "bucket")).ended(0)
    return root


def configured(root: Path, tables: str) -> None:
    (root / "migrate.toml").write_text(f"schema_version = 1\n{tables}")


def verdicts(root: Path) -> dict[str, str]:
    rows = json.loads(migrate_here(root, "assess", "--format", "json", *QUICK).ended(0).out)["dags"]
    return {row["dag_id"]: row["readiness"] for row in rows}


def test_what_will_be_installed_blocks_nobody(workspace: Path) -> None:
    before = verdicts(workspace)
    assert (before["flake"], before["moved"], before["google"]) == ("blocked", "blocked", "needs a person")
    configured(workspace, f"[target.packages]\n{BOTH}")
    after = verdicts(workspace)
    assert (after["flake"], after["moved"], after["google"]) == ("ready", "automatic", "needs a person")


def test_a_package_that_is_left_out_still_blocks(workspace: Path) -> None:
    configured(workspace, '[target.packages]\napache-airflow-providers-snowflake = "-"\n')
    assert verdicts(workspace)["flake"] == "blocked"


def test_a_connection_takes_the_provider_that_was_chosen(workspace: Path) -> None:
    inventory = store.load(workspace / "inventory.json")
    unknown = tuple(part for part in inventory.unknown if part != "connections")
    lake = Connection("lake", "snowflake", "f")
    store.save(replace(inventory, connections=(lake,), unknown=unknown), workspace / "inventory.json")
    assert verdicts(workspace)["lake"] == "blocked"
    configured(workspace, f"[target.packages]\n{BOTH}")
    assert verdicts(workspace)["lake"] == "ready"


def test_the_rewrite_takes_the_names_of_a_chosen_package(workspace: Path) -> None:
    configured(workspace, f"[target.packages]\n{BOTH}")
    made = migrate_here(workspace, "rewrite", "--format", "json", "--dry-run").ended(0)
    codes = {(file["path"], one["code"]) for file in json.loads(made.out)["files"] for one in file["findings"]}
    assert {path for path, code in codes if code == "CM904"} == set()
    assert ("google.py", "CM901") in codes


def test_the_rewrite_of_a_file_goes_by_the_workspace_around_it(workspace: Path) -> None:
    file = str(workspace / "dags/source/flake.py")
    assert "CM904" in migrate_here(workspace, "rewrite", file, "--dry-run").ended(0).out
    configured(workspace, f"[target.packages]\n{BOTH}")
    assert "CM904" not in migrate_here(workspace, "rewrite", file, "--dry-run").ended(0).out


def test_the_old_table_is_read_and_told_to_move(workspace: Path) -> None:
    configured(workspace, f"[provision.packages]\n{BOTH}")
    assert (verdicts(workspace)["flake"], verdicts(workspace)["moved"]) == ("ready", "automatic")
    for command in (("assess", *QUICK), ("rewrite", "--dry-run"), ("provision", *QUICK)):
        said = " ".join(migrate_here(workspace, *command).err.split())
        assert (
            'write there: "apache-airflow-providers-snowflake" = ""; "apache_airflow_providers.Docker" = ">=3"' in said
        )
    configured(workspace, f"[target.packages]\n{BOTH}")
    assert "write there" not in migrate_here(workspace, "assess", *QUICK).ended(0).err


def test_the_new_table_comes_before_the_old_one(workspace: Path) -> None:
    configured(workspace, f'[provision.packages]\n{BOTH}[target.packages]\napache-airflow-providers-snowflake = "-"\n')
    assert verdicts(workspace)["flake"] == "blocked"


def test_terraform_has_the_packages(workspace: Path) -> None:
    configured(
        workspace,
        f'[target]\nenvironment = "projects/p/locations/europe-west1/environments/new"\n[target.packages]\n{BOTH}'
        '[provision]\nimage = "composer-2.15.3-airflow-2.10.5"\n',
    )
    migrate_here(workspace, "provision", *QUICK)
    written = "".join(path.read_text() for path in (workspace / "terraform").glob("*.tf*"))
    assert "apache-airflow-providers-snowflake" in written
    assert "apache_airflow_providers.Docker" in written
