"""Rewritten files are imported by the real Airflow 2.10.5, and what fails is a finding on the right line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from codemods.engine.report import Options
from migrator.errors import UsageError
from migrator.lab import installs
from migrator.rewrite.tree import rewrite_in_place
from migrator.rewrite.verify import verify_import, with_imports
from tests.workspace.users import migrate_here

OLD = """
from airflow.operators.bash_operator import BashOperator
from airflow.operators import PythonOperator
from airflow import DAG

dag = DAG("a", schedule_interval=None, start_date=None)
BashOperator(task_id="a", bash_command="b", dag=dag, nonsense=1)
"""


@pytest.fixture(scope="module")
def python() -> Path:
    return installs.ensure(installs.TARGET, print) / "bin" / "python"


@pytest.mark.airflow
def test_each_file_has_a_process_of_its_own(python: Path) -> None:
    found = verify_import(
        python,
        {
            "dies.py": b"import os\nos._exit(3)\n",
            "hangs.py": b"import time\ntime.sleep(600)\n",
            "late_dag.py": b"import airflow.models.dag\nimport time\ntime.sleep(600)\n",
            "lacks.py": b"\nimport a_module_that_is_gone\n",
            "reads.py": b"from airflow.models import Variable\nfrom below.own import x\nVariable.get('k', x)\n",
            "below/own.py": b"x = 1\n",
            "note.sql": b"select 1",
        },
        seconds=5,
    )
    assert {one.path: one.loaded for one in found} == {
        "below/own.py": True, "dies.py": False, "hangs.py": False, "lacks.py": False,
        "late_dag.py": False, "reads.py": True,
    }  # fmt: skip
    told = {one.path: (one.line, one.error) for one in found}
    assert told["dies.py"][1] == "the interpreter died"
    assert told["hangs.py"][1].startswith("TimeoutError")
    assert told["late_dag.py"][1].startswith("AirflowTaskTimeout")
    assert told["lacks.py"] == (2, "ModuleNotFoundError: No module named 'a_module_that_is_gone'")


@pytest.mark.airflow
def test_what_fails_is_a_finding_on_the_line_it_had_before(python: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(OLD)
    result = with_imports(rewrite_in_place([file], options=Options(), dry_run=True), python, {})
    [finding] = [one for one in result.files[0].findings if one.code == "CM910"]
    assert finding.line == 7
    assert "nonsense" in finding.message
    assert file.read_text() == OLD, "a check writes nothing where the files are"


@pytest.mark.airflow
def test_what_an_import_says_is_told_without_secrets(python: Path) -> None:
    (found,) = verify_import(python, {"a.py": b"raise ValueError('password=hunter2-Zebra')\n"})
    assert "password=(redacted)" in found.error


@pytest.mark.parametrize("python", [Path("/bin/true"), Path("nowhere"), Path(sys.executable)])
def test_an_interpreter_without_airflow_is_refused(python: Path) -> None:
    with pytest.raises(UsageError) as refused:
        verify_import(python, {"a.py": b""})
    assert str(python) in str(refused.value)


@pytest.mark.airflow
def test_plugins_lie_where_airflow_finds_them_and_are_imported_too(python: Path) -> None:
    sources = {
        "dag.py": b"from tools.own import x\nimport beside_it\n",
        "plugins/source/tools/own.py": b"x = 1\n",
        "plugins/source/broken.py": b"import a_module_that_is_gone\n",
    }
    found = verify_import(python, sources, beside={"plugins/source/beside_it.py": b""})
    assert {one.path: one.loaded for one in found} == {
        "dag.py": True, "plugins/source/broken.py": False, "plugins/source/tools/own.py": True,
    }  # fmt: skip


BEGIN = """from datetime import datetime
from airflow import DAG
from airflow.models import BaseOperator
from airflow.operators.empty import EmptyOperator

"""
DAG = "with DAG('a', schedule={}, start_date=datetime(2024, 1, 1)) as dag:\n    EmptyOperator(task_id='b')\n"
REFUSED = {
    "a cycle": (
        DAG.format(None)
        + "    one, two = EmptyOperator(task_id='c'), EmptyOperator(task_id='d')\n    one >> two >> one\n",
        "AirflowDagCycleException: Cycle detected",
    ),
    "no cron": (DAG.format("'61 * * * *'"), "61 * * * *"),
    "no start date": (
        "with DAG('a', schedule='@daily'):\n    EmptyOperator(task_id='b')\n",
        "ValueError: DAG is mis",
    ),
    "a task id twice": (DAG.format(None) + "    EmptyOperator(task_id='b')\n", "DuplicateTaskIdFound: "),
    "params without values and a schedule": (
        "from airflow.models.param import Param\n" + DAG.format("'@daily', params={'x': Param(type='string')}"),
        "AirflowException: DAG is not allowed to define a Schedule",
    ),
    "a timetable of its own": (
        "from airflow.timetables.interval import CronDataIntervalTimetable\n\n"
        "class Own(CronDataIntervalTimetable):\n    pass\n\n" + DAG.format("Own('@daily', 'UTC')"),
        "DAG a_5 cannot be serialized: ",
    ),
}
TAKEN = {
    "a DAG": "with DAG('ok', schedule='@daily', start_date=datetime(2024, 1, 1)):\n    EmptyOperator(task_id='b')\n",
    "no schedule": "with DAG('none', schedule=None):\n    pass\n",
    "no DAG at all": "x = 1\n",
}


@pytest.mark.airflow
def test_what_the_scheduler_refuses_is_refused(python: Path) -> None:
    """All of them load when they are only imported, but for what a constructor raises."""
    names = {about: f"dag_{number}.py" for number, about in enumerate([*REFUSED, *TAKEN])}
    texts = {about: text.replace("'a'", f"'a_{names[about][4:-3]}'") for about, (text, _) in REFUSED.items()}
    sources = {names[about]: (BEGIN + text).encode() for about, text in {**texts, **TAKEN}.items()}
    found = {one.path: one for one in verify_import(python, sources)}
    for about, (_, said) in REFUSED.items():
        one = found[names[about]]
        assert not one.loaded, about
        assert said in one.error, (about, one.error)
    assert all(found[names[about]].loaded for about in TAKEN), found
    constructed = found[names["a task id twice"]]
    assert constructed.line == BEGIN.count("\n") + 3


@pytest.mark.airflow
def test_an_id_of_another_file_is_refused_and_a_helper_in_a_package_is_not(python: Path) -> None:
    dag = (BEGIN + "dag = DAG('same', schedule=None)\n").encode()
    helpers = {"pkg/__init__.py": b"", "pkg/one.py": b"from . import two\n", "pkg/two.py": b"x = 1\n"}
    found = {one.path: one for one in verify_import(python, {"a.py": dag, "b.py": dag, **helpers})}
    assert {path for path, one in found.items() if not one.loaded} == {"b.py"}
    assert "a.py" in found["b.py"].error


@pytest.mark.airflow
def test_what_it_said_is_what_the_assessment_says_until_a_file_changes(python: Path, tmp_path: Path) -> None:
    """The rules find nothing in a DAG with a cycle."""
    source = tmp_path / "bucket/dags/loop.py"
    source.parent.mkdir(parents=True)
    source.write_text(BEGIN + REFUSED["a cycle"][0])
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "migrate.toml").write_text("schema_version = 1\n")
    migrate_here(workspace, "inventory", "--from-folder", str(tmp_path / "bucket")).ended(0)

    def verdict() -> tuple[str, str]:
        done = migrate_here(workspace, "assess", "--format", "json", "--resolve-seconds", "0").ended(0)
        [dag] = json.loads(done.out)["dags"]
        return dag["readiness"], " ".join(dag["why"])

    before = verdict()
    assert before[0] in {"ready", "automatic"}
    migrate_here(workspace, "rewrite", "--dry-run", "--verify-import", str(python)).ended(1)
    assert verdict() == before, "a dry run writes nothing"
    migrate_here(workspace, "rewrite", "--verify-import", str(python)).ended(1)
    readiness, why = verdict()
    assert readiness == "needs a person"
    assert "CM910 AirflowDagCycleException: Cycle detected" in why
    target = workspace / "dags/target/loop.py"
    kept = target.read_bytes()
    target.write_text(BEGIN + TAKEN["a DAG"])
    migrate_here(workspace, "rewrite", "--verify-import", str(python)).ended(3)
    assert verdict()[0] == "ready", "the file in the target is a person's, and it is what will be deployed"
    target.write_bytes(kept)
    file = workspace / "dags/source/loop.py"
    file.write_text(file.read_text() + "\n# mended\n")
    assert verdict() == before
