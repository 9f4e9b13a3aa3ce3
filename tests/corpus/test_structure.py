"""A rewrite keeps the DAGs: real 1.10.15 before and real 2.10.5 after agree on what they are made of."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite
from migrator.lab import installs
from tests.corpus import corpus, loading
from tests.corpus.loading import Failed, Loaded

pytestmark = pytest.mark.airflow

# rule -> the files whose structure it means to change, as its description says
MEANT = {"CM310": {"example_gcp_dlp_operator.py"}}
# CM303: trigger rules that only have another name
RENAMED = {"none_failed_or_skipped": "none_failed_min_one_success", "dummy": "always"}
FIELDS = ("downstream", "trigger_rule", "start_date", "retries", "depends_on_past")


def under_1_10(files: dict[str, bytes]) -> dict[str, Loaded | Failed]:
    """What a real 1.10.15 makes of these files."""
    place = installs.ensure(installs.SOURCE, print)
    with tempfile.TemporaryDirectory(prefix="corpus-") as name:
        home = Path(name)
        loading.write(files, home / "dags")
        env = {
            "PATH": f"{place / 'bin'}:{os.environ['PATH']}",
            "AIRFLOW_HOME": name,
            "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
            "PYTHONWARNINGS": "ignore",
        }
        return loading.run(list(files), home, place / "bin" / "python", env, ["airflow.operators", "airflow.sensors"])


@pytest.fixture(scope="module")
def both() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """The DAGs of each file that loads on both sides: before, after."""
    files = {one.path: one.content for one in corpus.sources() if one.origin == "airflow-1.10.15"}
    rewritten = {path: rewrite(content, Options(unsafe=True)).source for path, content in files.items()}
    beside = {one.path: one.content for one in corpus.companions() if one.origin == "airflow-1.10.15"}
    before, after = under_1_10({**beside, **files}), loading.load(rewritten, beside)
    pairs = ((path, before[path], after[path]) for path in files)
    loaded = {p: (b.dags, a.dags) for p, b, a in pairs if isinstance(b, Loaded) and isinstance(a, Loaded)}
    return {path: dags for path, dags in loaded.items() if dags[0]}  # some make no DAG where an import fails


def test_many_dags_are_compared(both: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    assert len(both) >= 22
    assert sum(len(dags) for dags, _ in both.values()) >= 22
    assert sum(len(dag["tasks"]) for dags, _ in both.values() for dag in dags.values()) >= 100


def test_every_dag_and_task_is_there(both: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for path, (before, after) in both.items():
        assert {name: set(dag["tasks"]) for name, dag in before.items()} == {
            name: set(dag["tasks"]) for name, dag in after.items()
        }, path


def test_schedules_and_dates_are_the_same(both: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for path, (before, after) in both.items():
        for name, dag in before.items():
            for key in ("schedule", "start_date", "end_date", "catchup"):
                assert dag[key] == after[name][key], (path, name, key)


def test_edges_and_trigger_rules_are_the_same(both: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    meant = set().union(*MEANT.values())
    for path, (before, after) in both.items():
        for name, dag in before.items():
            for task, facts in dag["tasks"].items():
                for key in FIELDS:
                    old = RENAMED.get(facts[key], facts[key]) if key == "trigger_rule" else facts[key]
                    same = old == after[name]["tasks"][task][key]
                    assert same or Path(path).name in meant, (path, name, task, key)
