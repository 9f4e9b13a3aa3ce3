"""``migrate transfer`` and ``migrate deploy`` refuse, in words, what they cannot do; the lab shows the rest."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext

import pytest
import typer

from migrator.cli.context import Context
from migrator.cli.transfer import _check
from migrator.inventory import store
from migrator.transfer.resources import Item, Kind, Status
from migrator.workspace.workspace import open_workspace
from tests.transfer.targets import inventory

CONFIG = 'schema_version = 1\n[source]\nenvironment = "projects/p/locations/l/environments/old"\n'


@pytest.fixture
def run(tmp_path):
    def run(*arguments: str, exit_code: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "migrator.cli", "-w", str(tmp_path), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == exit_code, f"{command}\n{done.stdout}\n{done.stderr}"
        assert done.stdout == ""
        assert "Traceback (most recent" not in done.stderr
        return done

    return run


@pytest.mark.parametrize("command", ["transfer", "deploy"])
def test_no_workspace(run, command):
    assert "fix: migrate init" in run(command, exit_code=2).stderr


def test_transfer_before_the_inventory(run, tmp_path):
    (tmp_path / "migrate.toml").write_text(CONFIG)
    assert "fix: migrate inventory" in run("transfer", exit_code=2).stderr


def test_deploy_step_by_step_says_what_is_missing(run, tmp_path):
    (tmp_path / "migrate.toml").write_text(CONFIG)
    assert "fix: migrate inventory" in run("deploy", exit_code=2).stderr
    store.save(inventory({"a": "a.py"}), tmp_path / "inventory.json")
    assert "fix: migrate rewrite" in run("deploy", exit_code=2).stderr
    (tmp_path / "dags" / "target").mkdir(parents=True)
    assert "fix: migrate plan" in run("deploy", "--wave", "1", exit_code=2).stderr
    assert "no target environment" in run("deploy", exit_code=2).stderr


@pytest.mark.parametrize("arguments", [("transfer", "--only", "dags"), ("transfer", "--policy", "mix")])
def test_a_wrong_word_is_a_usage_error(run, arguments):
    run(*arguments, exit_code=2)


NAMED, UNNAMED = 'X(aws_conn_id="aws_default")\n', 'X(aws_conn_id="my_aws_default")\n'


@pytest.mark.parametrize(("source", "matters"), [(NAMED, True), (UNNAMED, False)])
def test_a_connection_without_a_provider_matters_where_a_dag_names_it(tmp_path, capsys, source, matters):
    (tmp_path / "migrate.toml").write_text(CONFIG)
    (tmp_path / "dags" / "source").mkdir(parents=True)
    (tmp_path / "dags" / "source" / "a.py").write_text(source)
    lacking = Item(Kind.CONNECTIONS, "aws_default", Status.EQUAL, "no provider of the target knows the type 'aws'")
    with pytest.raises(typer.Exit) if matters else nullcontext():
        _check(Context(tmp_path), open_workspace(tmp_path), [lacking])
    assert ("1 connections that no DAG names" in capsys.readouterr().err) is not matters
