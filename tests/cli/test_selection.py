"""`--dag` and `--owner`: one definition for every command, and totals of what they select."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from migrator.inventory import store
from migrator.model.dag import Dag, Schedule, ScheduleKind
from tests.assess.planted import inventory
from tests.workspace.users import migrate_here

if TYPE_CHECKING:
    from pathlib import Path

HELPER = "from airflow.operators.bash_operator import BashOperator\n"
CODE = """\
from airflow import DAG
from airflow.operators.python_operator import PythonOperator
{imports}
dag = DAG("{dag_id}", schedule_interval=None, start_date=None, default_args={{"owner": "{owner}"}})
"""
ESTATE = {"etl_orders": "data-team", "etl_users": "data-team", "report": "finance"}
OFF = ("--resolve-seconds", "0")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Three DAGs of two owners, one of which imports a helper that the rewrite changes too."""
    source = tmp_path / "dags" / "source"
    source.mkdir(parents=True)
    for dag_id, owner in ESTATE.items():
        imports = "import helper\n" if dag_id == "etl_orders" else ""
        (source / f"{dag_id}.py").write_text(CODE.format(dag_id=dag_id, owner=owner, imports=imports))
    (source / "helper.py").write_text(HELPER)
    (source / "query.sql").write_text("select 1\n")
    dags = tuple(Dag(i, f"{i}.py", Schedule(ScheduleKind.NONE), owners=(o,)) for i, o in ESTATE.items())
    store.save(replace(inventory(), dags=dags, runs=(), files=(), broken_files=()), tmp_path / "inventory.json")
    (tmp_path / "migrate.toml").write_text("schema_version = 1\n")
    return tmp_path


def data(workspace: Path, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(migrate_here(workspace, *arguments, "--format", "json").ended(0).out)
    return found


def test_an_assessment_counts_what_is_selected(workspace: Path) -> None:
    every = data(workspace, "assess", *OFF)
    some = data(workspace, "assess", *OFF, "--dag", "etl_*")
    one = data(workspace, "assess", *OFF, "--dag", "etl_*", "--dag", "report", "--owner", "finance")
    assert every["selection"] is None
    assert some["selection"] == {"dag": ["etl_*"], "owner": [], "dags": ["etl_orders", "etl_users"], "of": 3}
    assert [made["summary"]["dags"] for made in (every, some, one)] == [3, 2, 1]
    assert {dag["dag_id"] for dag in one["dags"]} == {"report"}
    for made, ids in ((some, {"etl_orders", "etl_users"}), (one, {"report"})):
        assert made["summary"]["findings"]["error"] == sum(f["severity"] == "error" for f in made["findings"])
        assert all(set(finding["dags"]) and set(finding["dags"]) <= ids for finding in made["findings"])
    assert some["effort"]["parts"]["test"] * 3 == every["effort"]["parts"]["test"] * 2
    assert one["effort"]["parts"]["review"] * 4 == every["effort"]["parts"]["review"], "the helper is of another DAG"
    told = {dag["dag_id"]: dag["readiness"] for dag in every["dags"]}
    assert all(dag["readiness"] == told[dag["dag_id"]] for dag in some["dags"]), "a verdict is the same in each answer"


def test_people_read_what_was_selected(workspace: Path) -> None:
    ran = migrate_here(workspace, "assess", *OFF, "--owner", "finance").ended(0)
    assert "only 1 of 3 DAGs (--owner finance)" in ran.out
    assert "1 of 3 DAGs (--owner finance), what is of no single DAG left out" in ran.err


@pytest.mark.parametrize("command", ["assess"])
@pytest.mark.parametrize(
    ("option", "near"), [(("--dag", "etl_order"), "etl_orders"), (("--owner", "financ"), "finance")]
)
def test_a_name_that_is_not_there(workspace: Path, command: str, option: tuple[str, ...], near: str) -> None:
    said = migrate_here(workspace, command, *option).ended(2).err
    assert f"did you mean {near}" in said
    assert "migrate inventory --list" in said


def test_the_command_that_lists_all(workspace: Path) -> None:
    listed = data(workspace, "inventory", "--list")["dags"]
    assert [(dag["dag_id"], dag["owners"]) for dag in listed] == [(i, [o]) for i, o in ESTATE.items()]
    table = migrate_here(workspace, "inventory", "--list").ended(0).out
    assert all(dag_id in table and owner in table for dag_id, owner in ESTATE.items())


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("--dag etl_o", ["etl_orders"]), ("--owner ", ["data-team", "finance"]), ("--dag zzz", [])],
)
@pytest.mark.parametrize("command", ["assess"])
def test_the_shell_completes_names(workspace: Path, command: str, typed: str, expected: list[str]) -> None:
    env = os.environ | {
        "_MIGRATE_COMPLETE": "complete_bash",
        "COMP_WORDS": f"migrate -w {workspace} {command} {typed}",
        "COMP_CWORD": "5",
    }
    program = "from migrator.cli.app import app; app(prog_name='migrate')"
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
    assert done.stdout.split() == expected, done.stderr
