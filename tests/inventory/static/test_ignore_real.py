"""The files that are read beside those that real Airflows list, on one tree of folders and patterns."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.read import read_dags
from migrator.lab import installs

pytestmark = pytest.mark.airflow
RELEASES = [installs.SOURCE, pytest.param(installs.NEWER_SOURCE, marks=pytest.mark.soak), installs.TARGET]
CODE = "from airflow import DAG\n"
LIST = """
import json, sys
from airflow.utils.file import list_py_file_paths
print(json.dumps(list_py_file_paths(sys.argv[1], include_examples=False)))
"""
FILES = [
    f"{folder}{name}.py"
    for folder in ("", "alpha/", "alpha/beta/", "alpha/beta/gamma/", "delta/", "delta/tests/", "delta/tests/beta/")
    for name in ("one", "two_test", "three v2", "_four", "Five")
]
EXPRESSIONS = {
    "": "two_test\\.py$\n# one\n^_four\n  # only words\nbeta/gamma/one # why\n",
    "alpha/": "three\n^alpha/_four\n^beta\n",
    "delta/tests/": "one|Fi.e\n",
    "delta/tests/beta/": "(?i)FIVE\n",
}
GLOBS = {
    "": "*_test.py\n/one.py\nbeta/gamma\n!two_test.py\n",
    "alpha/": "/one.py\n_four.py\nbeta/one.py\n",
    "delta/": "tests/\n",
    "delta/tests/": "!one.py\n",
}


def tree(root, ignores):
    for path, text in {
        **{f"{path}": CODE for path in FILES},
        **{f"{f}.airflowignore": t for f, t in ignores.items()},
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def real(install, root, home, **environment):
    python = installs.ensure(install, print) / "bin" / "python"
    env = {**os.environ, "AIRFLOW_HOME": str(home), "PYTHONWARNINGS": "ignore", **environment}
    done = subprocess.run([python, "-c", LIST, root], env=env, capture_output=True, text=True, check=True)
    paths = json.loads(done.stdout.splitlines()[-1])
    return sorted(path.removeprefix(f"{root}/") for path in paths)


def here(root, version, syntax=""):
    names = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    asked = set()

    def read(path):
        asked.add(path.removeprefix("dags/"))
        return (root / path.removeprefix("dags/")).read_bytes()

    found = read_dags(
        [f"dags/{name}" for name in names], read, Defaults.of({"core-dag_ignore_file_syntax": syntax}, version)
    )
    assert not found.warnings
    return sorted(name for name in asked if name.endswith(".py"))


@pytest.mark.parametrize("install", RELEASES, ids=str)
def test_expressions_keep_the_same_files_from_it(install, tmp_path):
    tree(tmp_path / "root", EXPRESSIONS)
    expected = real(install, tmp_path / "root", tmp_path / "home")
    assert here(tmp_path / "root", install.airflow) == expected
    assert 0 < len(expected) < len(FILES)


def test_globs_keep_the_same_files_from_it(tmp_path):
    tree(tmp_path / "root", GLOBS)
    expected = real(installs.TARGET, tmp_path / "root", tmp_path / "home", AIRFLOW__CORE__DAG_IGNORE_FILE_SYNTAX="glob")
    assert here(tmp_path / "root", installs.TARGET.airflow, "glob") == expected
    assert 0 < len(expected) < len(FILES)
