"""``migrate transfer`` and ``migrate deploy`` refuse, in words, what they cannot do; the lab shows the rest."""

from __future__ import annotations

import subprocess
import sys

import pytest

from migrator.inventory import store
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
