"""A rewrite keeps the DAGs: real 1.10.15 before and real 2.10.5 after agree on what they are made of."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite
from tests.corpus import corpus, loading, source
from tests.corpus.loading import Failed, Loaded

pytestmark = pytest.mark.airflow

# rule -> the files whose structure it means to change, as its description says
MEANT = {"CM310": {"example_gcp_dlp_operator.py"}}
# takes its sub-DAGs from a module of the installed Airflow, which is another one there
SIBLINGS = {"example_subdag_operator.py"}
# CM303: trigger rules that only have another name
RENAMED = {"none_failed_or_skipped": "none_failed_min_one_success", "dummy": "always"}
FIELDS = ("downstream", "trigger_rule", "start_date", "retries", "depends_on_past")


def under_1_10(files: dict[str, bytes]) -> dict[str, Loaded | Failed]:
    """What a real 1.10.15 makes of these files."""
    python, extras = source.ensure()
    with tempfile.TemporaryDirectory(prefix="corpus-") as name:
        home = Path(name)
        shutil.copy(extras / "home" / "airflow.db", home / "airflow.db")
        loading.write(files, home / "dags")
        env = source.environment(python.parent, extras, home)
        return loading.run(list(files), home, python, env, ["airflow.operators", "airflow.sensors"])


@pytest.fixture(scope="module")
def both() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """The DAGs of each file that loads on both sides: before, after."""
    files = {one.path: one.content for one in corpus.sources() if one.origin == "airflow-1.10.15"}
    rewritten = {path: rewrite(content, Options(unsafe=True)).source for path, content in files.items()}
    beside = {one.path: one.content for one in corpus.companions() if one.origin == "airflow-1.10.15"}
    before, after = under_1_10({**beside, **files}), loading.load(rewritten, beside)
    pairs = ((path, before[path], after[path]) for path in files)
    loaded = {p: (b.dags, a.dags) for p, b, a in pairs if isinstance(b, Loaded) and isinstance(a, Loaded)}
    made = {path: dags for path, dags in loaded.items() if dags[0]}  # some make no DAG where an import fails
    return {path: dags for path, dags in made.items() if Path(path).name not in SIBLINGS}


def test_many_dags_are_compared(both: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    assert len(both) >= 45
    assert sum(len(dags) for dags, _ in both.values()) >= 50
    assert sum(len(dag["tasks"]) for dags, _ in both.values() for dag in dags.values()) >= 250


def test_every_dag_and_task_is_there(both: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for path, (before, after) in both.items():
        assert {name: set(dag["tasks"]) for name, dag in before.items()} == {
            name: set(dag["tasks"]) for name, dag in after.items()
        }, path


def test_schedules_and_dates_are_the_same(both: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for path, (before, after) in both.items():
        for name, dag in before.items():
            assert start(dag) == start(after[name]), (path, name)
            for key in ("schedule", "end_date", "catchup"):
                assert dag[key] == after[name][key], (path, name, key)


def start(dag: dict[str, Any]) -> str | None:
    """When a DAG begins: Airflow 2 copies the date of default_args to the DAG, 1.10 leaves it with the tasks."""
    dates = [task["start_date"] for task in dag["tasks"].values() if task["start_date"]]
    found: str | None = dag["start_date"] or min(dates, default=None)
    return found


def test_edges_and_trigger_rules_are_the_same(both: dict[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    meant = set().union(*MEANT.values())
    for path, (before, after) in both.items():
        for name, dag in before.items():
            for task, facts in dag["tasks"].items():
                for key in FIELDS:
                    old = RENAMED.get(facts[key], facts[key]) if key == "trigger_rule" else facts[key]
                    same = old == after[name]["tasks"][task][key]
                    assert same or Path(path).name in meant, (path, name, task, key)
