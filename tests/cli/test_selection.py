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
from migrator.rewrite import loads
from migrator.rewrite.result import FileResult, TreeResult
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
@pytest.mark.parametrize("command", ["assess", "verify"])
def test_the_shell_completes_names(workspace: Path, command: str, typed: str, expected: list[str]) -> None:
    env = os.environ | {
        "_MIGRATE_COMPLETE": "complete_bash",
        "COMP_WORDS": f"migrate -w {workspace} {command} {typed}",
        "COMP_CWORD": "5",
    }
    program = "from migrator.cli.app import app; app(prog_name='migrate')"
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
    assert done.stdout.split() == expected, done.stderr


def target_of(workspace: Path) -> dict[str, str]:
    folder = workspace / "dags" / "target"
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_rewrite_of_one_dag_writes_its_file_alone(workspace: Path) -> None:
    ran = migrate_here(workspace, "rewrite", "--dag", "etl_orders").ended(0)
    assert set(target_of(workspace)) == {"etl_orders.py"}
    assert "airflow.operators.python import" in target_of(workspace)["etl_orders.py"]
    assert "1 file read, 1 changed" in ran.err
    assert "helper.py; add --with-imports" in ran.err
    migrate_here(workspace, "rewrite", "--dag", "etl_orders", "--with-imports").ended(0)
    assert set(target_of(workspace)) == {"etl_orders.py", "helper.py"}


def test_a_rewrite_of_one_dag_leaves_the_others_as_they_were(workspace: Path) -> None:
    migrate_here(workspace, "rewrite").ended(0)
    before = target_of(workspace)
    source = workspace / "dags" / "source"
    for name in ("report.py", "etl_users.py"):
        (source / name).write_text((source / name).read_text() + "# later\n")
    (source / "query.sql").unlink()
    migrate_here(workspace, "rewrite", "--dag", "report").ended(0)
    after = target_of(workspace)
    assert {name for name in before | after if before.get(name) != after.get(name)} == {"report.py"}
    migrate_here(workspace, "rewrite").ended(0)
    last = target_of(workspace)
    assert {name for name in before | last if after.get(name) != last.get(name)} == {"etl_users.py", "query.sql"}


def test_a_dry_rewrite_and_a_check_are_of_the_selection(workspace: Path) -> None:
    made = data(workspace, "rewrite", "--dry-run", "--owner", "finance")
    assert made["selection"]["dags"] == ["report"]
    assert [file["path"] for file in made["files"]] == ["report.py"]
    assert made["summary"]["files"] == made["summary"]["changed"] == 1
    assert not (workspace / "dags" / "target").exists()
    migrate_here(workspace, "rewrite", "--dag", "report").ended(0)
    migrate_here(workspace, "rewrite", "--check", "--dag", "report").ended(1)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("dags/source", "--dag", "report"), "a PATH"),
        (("--datasets", "--dag", "report"), "--datasets"),
        (("--with-imports",), "--with-imports goes with"),
    ],
)
def test_two_ways_of_saying_what_is_rewritten(workspace: Path, options: tuple[str, ...], why: str) -> None:
    assert why in migrate_here(workspace, "rewrite", *options).ended(2).err
    assert not (workspace / "dags" / "target").exists()


def test_a_dag_whose_file_is_not_there(workspace: Path) -> None:
    (workspace / "dags" / "source" / "report.py").unlink()
    assert "report.py" in migrate_here(workspace, "rewrite", "--dag", "report").ended(2).err


def test_what_an_interpreter_said_of_other_files_is_kept(workspace: Path) -> None:
    change = FileResult("a.py", changed=False, before="", after="", changes=(), findings=())
    loads.save(TreeResult((change, replace(change, path="b.py"))), workspace / "reports")
    loads.save(TreeResult((replace(change, after="new"),)), workspace / "reports", partial=True)
    kept = loads.load(workspace / "reports")
    assert set(kept) == {"dags/a.py", "dags/b.py"}
    assert kept["dags/a.py"].md5 != kept["dags/b.py"].md5


def test_a_guide_of_some_dags_does_not_replace_that_of_all(workspace: Path) -> None:
    migrate_here(workspace, "docs", *OFF).ended(0)
    whole = {path: path.read_bytes() for path in (workspace / "docs").rglob("*.md")}
    ran = migrate_here(workspace, "docs", *OFF, "--owner", "finance").ended(0)
    assert {path: path.read_bytes() for path in (workspace / "docs").rglob("*.md")} == whole
    made = workspace / "docs-selected"
    assert [path.name for path in (made / "owners").iterdir()] == ["finance.md"]
    assert "Only 1 of 3 DAGs" in (made / "README.md").read_text()
    assert "docs/ is of all DAGs and stays as it is" in ran.err
