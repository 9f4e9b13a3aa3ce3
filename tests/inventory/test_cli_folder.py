"""``migrate inventory --from-folder`` as a person uses it: a copy of a bucket, and nothing else."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from migrator.inventory.store import load
from migrator.lab import estate
from migrator.model.history import Source
from migrator.model.inventory import Origin
from tests.inventory.logs.trees import old, write
from tests.workspace.users import migrate_here as migrate

FACTORY = "from airflow import DAG\nfor name in open('names'):\n    globals()[name] = DAG(name)\n"


@pytest.fixture
def workspace(tmp_path):
    migrate(tmp_path / "ws", "init").ended(0)
    return tmp_path / "ws"


@pytest.fixture
def copy(tmp_path):
    """What ``gcloud storage cp -r`` left."""
    files = {f"dags/{path}": text for path, text in estate.small(datetime.now(UTC)).items()}
    files |= {"plugins/p.py": "x = 1\n", "data/big.csv": "1,2\n", "dags/team/factory.py": FACTORY}
    files |= {"dags/__pycache__/a.pyc": "", "dags/bad.py": "from airflow import DAG\ndef (\n"}
    for path, text in files.items():
        place = tmp_path / "copy" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    (tmp_path / "secret.txt").write_text("not of the bucket")
    (tmp_path / "copy/dags/leads_out.py").symlink_to(tmp_path / "secret.txt")
    return tmp_path / "copy"


def test_a_copy_of_a_bucket(workspace, copy):
    ran = migrate(workspace, "inventory", "--from-folder", str(copy)).ended(0)
    inventory = load(workspace / "inventory.json")
    assert (inventory.origin, inventory.environment.name) == (Origin.FOLDER, "folder copy")
    assert inventory.dag("daily_owner").owners == ("finance",)
    assert [one.file for one in inventory.broken_files] == ["bad.py"]
    assert [(one.file, one.line) for one in inventory.unlisted] == [("team/factory.py", 3)]
    assert {file.path for file in inventory.files} >= {"plugins/p.py", "dags/common/defaults.py"}
    assert not any("leads_out" in file.path or "data/" in file.path for file in inventory.files)
    assert (workspace / "dags/source/ingest/delta_ingest.py").is_file()
    assert not (workspace / "secrets.age").exists()
    assert "team/factory.py:3" in ran.out
    assert "known only at run time" in ran.out
    assert "nor which DAGs are paused" in ran.out


def test_plan_rewrite_and_assess_go_on_from_there(workspace, copy):
    migrate(workspace, "inventory", "--from-folder", str(copy)).ended(0)
    planned = migrate(workspace, "plan").ended(0)
    assert "it makes DAGs whose ids are known only at run time" in planned.out
    assert "sensor_downstream" in planned.out
    migrate(workspace, "rewrite").ended(0)
    assert "operators.bash import" in (workspace / "dags/target/kill_one.py").read_text()
    migrate(workspace, "assess", "--resolve-seconds", "0").ended(0)


def test_only_dag_files(workspace, copy):
    ran = migrate(workspace, "inventory", "--from-folder", str(copy / "dags"), "--format", "json").ended(0)
    assert '"dags/kill_one.py"' in ran.out
    assert load(workspace / "inventory.json").dag("trigger_parent").tasks[0].reference.dag_id == "none_child"


def test_twice_is_the_same_but_for_the_moment(workspace, copy):
    migrate(workspace, "inventory", "--from-folder", str(copy)).ended(0)
    one = load(workspace / "inventory.json")
    migrate(workspace, "inventory", "--from-folder", str(copy)).ended(0)
    two = load(workspace / "inventory.json")
    assert (one.dags, one.files, one.unlisted) == (two.dags, two.files, two.unlisted)


@pytest.mark.parametrize(("name", "words"), [("nowhere", "there is no folder"), ("empty", "holds no Python file")])
def test_a_folder_of_nothing(workspace, tmp_path, name, words):
    (tmp_path / "empty").mkdir()
    ran = migrate(workspace, "inventory", "--from-folder", str(tmp_path / name)).ended(2)
    assert words in ran.err
    assert not (workspace / "inventory.json").exists()


def test_odd_arguments_leave_an_inventory_that_can_be_read(workspace, tmp_path):
    text = "from airflow import DAG\n" + "".join(
        f"d{number} = DAG('d{number}', {odd})\n"
        for number, odd in enumerate(
            ["catchup='no way'", "catchup='no'", "description=5", "description=b'x'", "max_active_runs='many'",
             "max_active_runs=10**30", "tags=[5]", "tags='x'", "schedule_interval=5", "catchup=5.5",
             "description='\\ud800'", "is_paused_upon_creation='x'", "max_active_runs=True"]
        )
    )  # fmt: skip
    (tmp_path / "odd/dags").mkdir(parents=True)
    (tmp_path / "odd/dags/odd.py").write_text(text)
    (tmp_path / "odd/dags/good.py").write_text("from airflow import DAG\nd = DAG('good', catchup=False)\n")
    migrate(workspace, "inventory", "--from-folder", str(tmp_path / "odd")).ended(0)
    inventory = load(workspace / "inventory.json")
    unknown = {dag.dag_id: set(dag.unknown) - {"paused"} for dag in inventory.dags}
    assert unknown["good"] == set()
    assert [unknown[f"d{n}"] for n in range(6)] == [
        {"catchup"}, {"catchup"}, {"description"}, {"description"}, {"max_active_runs"}, {"max_active_runs"},
    ]  # fmt: skip
    migrate(workspace, "plan").ended(0)


def test_what_the_logs_of_a_copy_tell_of_its_runs(workspace, copy):
    logs = copy / "logs"
    for minute in ("20", "22", "24"):
        old(logs, f"2026-11-27T14:{minute}:00+00:00", "work", dag="kill_two")
    old(logs, "2026-11-27T14:24:00+00:00", "work", dag="kill_two", state="UP_FOR_RETRY", number=2)
    old(logs, "2026-11-27T14:20:00+00:00", "t", dag="made_by_a_factory")
    write(logs / "scheduler/2026-11-27/kill_two.py.log", "x")
    (logs / "kill_two/work/no date").mkdir()
    ran = migrate(workspace, "inventory", "--from-folder", str(copy)).ended(0)
    inventory = load(workspace / "inventory.json")
    last, (half,) = inventory.history.last_done("kill_two"), inventory.history.half_done("kill_two")
    assert (last.logical_date.minute, last.source, last.run_id) == (22, Source.INFERRED, None)
    assert last.interval_end == last.logical_date + timedelta(minutes=2)
    assert (half.logical_date.minute, half.tasks) == (24, {"start": "success", "work": "up_for_retry"})
    assert "kill_two" not in inventory.history.unknown
    assert {"kill_one", "once_bootstrap"} <= set(inventory.history.unknown)
    assert "none_child" not in inventory.history.unknown
    assert "2026-11-27T14:24:00+00:00" in ran.out
    assert "work=up_for_retry" in ran.out
    assert "DAGs that have logs and are in no list: made_by_a_factory\n" in ran.out
    assert not any(file.path.startswith("logs/") for file in inventory.files)


def test_a_copy_without_logs_tells_nothing_of_runs(workspace, copy):
    ran = migrate(workspace, "inventory", "--from-folder", str(copy)).ended(0)
    assert "kill_two" in load(workspace / "inventory.json").history.unknown
    assert "DAGs whose last run is unknown" in ran.out
    assert "inferred" not in ran.out


def test_logs_that_are_gone_do_not_replace_what_they_told(workspace, copy):
    old(copy / "logs", "2026-11-27T14:20:00+00:00", "work", dag="kill_two")
    migrate(workspace, "inventory", "--from-folder", str(copy)).ended(0)
    shutil.rmtree(copy / "logs")
    ran = migrate(workspace, "inventory", "--from-folder", str(copy)).ended(3)
    assert "last runs of DAG kill_two" in ran.err
    assert load(workspace / "inventory.json").history.last_done("kill_two")


def test_what_is_no_file_is_named(workspace, copy, tmp_path):
    (tmp_path / "elsewhere.py").write_text("import airflow\n")
    (copy / "dags/out.py").symlink_to(tmp_path / "elsewhere.py")
    (copy / "dags/gone.py").symlink_to(copy / "nothing")
    (copy / "dags/zero.py").symlink_to("/dev/zero")
    os.mkfifo(copy / "dags/pipe.py")
    shown = migrate(workspace, "inventory", "--from-folder", str(copy)).ended(0).out
    assert "warning: dags/out.py was left out: it is a link that leads out of the folder" in shown
    assert "warning: dags/gone.py was left out: it is a link to nothing" in shown
    assert "warning: dags/zero.py was left out: it is a link that leads out of the folder" in shown
    assert "warning: dags/pipe.py was left out: it is no regular file" in shown
    assert not (workspace / "dags/source/out.py").exists()
