"""The hooks that other repositories use: pre-commit accepts them, and they do what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pre_commit.clientlib import load_manifest

MANIFEST = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
OLD = "from airflow.operators.bash_operator import BashOperator\n"
NEW = OLD.replace("bash_operator", "bash")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "dag.py").write_text(OLD)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "dag.py"], cwd=tmp_path, check=True)
    return tmp_path


def hook(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    """Run one hook of the manifest through pre-commit, on the ``migrate`` that is installed here."""
    (entry,) = (one for one in load_manifest(MANIFEST) if one["id"] == name)
    assert entry["language"] == "python"
    local = {key: entry[key] for key in ("id", "name", "entry", "types", "require_serial")} | {"language": "system"}
    config = folder / ".pre-commit-config.yaml"
    config.write_text(json.dumps({"repos": [{"repo": "local", "hooks": [local]}]}))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PRE_COMMIT_HOME": str(folder / ".git" / "pre-commit"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "pre_commit", "run", name, "--all-files", "--color=never"]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_check_fails_and_writes_nothing(repository: Path) -> None:
    done = hook(repository, "migrate-rewrite-check")
    assert done.returncode == 1, done
    assert "would change dag.py" in done.stdout
    assert (repository / "dag.py").read_text() == OLD
    (repository / "dag.py").write_text(NEW)
    assert hook(repository, "migrate-rewrite-check").returncode == 0


def test_the_fix_writes_and_then_is_content(repository: Path) -> None:
    done = hook(repository, "migrate-rewrite")
    assert done.returncode == 1, done
    assert "files were modified by this hook" in done.stdout
    assert (repository / "dag.py").read_text() == NEW
    subprocess.run(["git", "add", "dag.py"], cwd=repository, check=True)
    assert hook(repository, "migrate-rewrite").returncode == 0
