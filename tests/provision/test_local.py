"""The local environment: what is written, and that a real Airflow 2.10.5 runs with it."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml

from codemods.profiles import load
from migrator.assess.examples import FACTS
from migrator.assess.uv import only_wheels
from migrator.errors import UsageError
from migrator.inventory import store
from migrator.lab import installs
from migrator.model.resources import Variable
from migrator.provision.local.files import Requirements, files
from migrator.provision.local.packages import pinned, wanted
from migrator.workspace.config import Config
from migrator.workspace.workspace import Workspace
from tests.assess.planted import inventory
from tests.provision.test_policies import GOOD, orphan
from tests.workspace.users import migrate

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.model.inventory import Inventory

READS = """
    from airflow.operators.python import PythonOperator
    from airflow.hooks.base import BaseHook
    from airflow.models import Variable

    def read():
        found = BaseHook.get_connection("warehouse_pg")
        print("SEEN", found.conn_type, found.password, Variable.get("region"))

    PythonOperator(task_id="read", python_callable=read)
"""


def estate() -> Inventory:
    facts = replace(FACTS, packages={"humanize": "==4.9.0"})
    return replace(inventory(), environment=facts, variables=(Variable("region", "f", 2), Variable("a.b-c", "f", 9)))


def write(root: Path) -> Path:
    """The files as the command writes them, but for the resolver."""
    workspace = Workspace(root, Config())
    made = files(workspace, estate(), load(), Requirements("", "humanize==4.9.0\n"), root / "local")
    for path, text in made.items():
        target = root / "local" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(0o755)
    workspace.target_dags.mkdir(parents=True)
    (workspace.target_dags / "good.py").write_text(GOOD.format(dag_id="good") + READS)
    return root / "local"


def local(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [str(folder / "local.sh"), *arguments]
    return subprocess.run(
        command, env=os.environ | env, capture_output=True, text=True, check=False, timeout=580, cwd="/"
    )


def test_the_files_agree_and_hold_no_secret(tmp_path: Path) -> None:
    folder = write(tmp_path)
    compose = yaml.safe_load((folder / "docker-compose.yaml").read_text())
    services = compose["services"]
    assert set(services) == {"postgres", "setup", "scheduler", "webserver", "triggerer"}
    assert services["webserver"]["ports"] == ["127.0.0.1:8080:8080"], "reachable from this machine only"
    assert "../dags/target:/opt/airflow/dags:ro" in services["scheduler"]["volumes"]
    paths = json.loads(services["scheduler"]["environment"]["AIRFLOW__SECRETS__BACKEND_KWARGS"]).values()
    assert all((folder / path.removeprefix("/opt/airflow/")).is_file() for path in paths)
    assert "FROM apache/airflow:2.10.5-python3.11" in (folder / "Dockerfile").read_text()
    assert json.loads((folder / "stubs/variables.json").read_text()) == {
        name: f"stub of the variable {name}" for name in ("region", "a.b-c")
    }
    connections = json.loads((folder / "stubs/connections.json").read_text())
    assert connections["lake"] == {"conn_type": "snowflake", "login": "stub", "password": "stub"}
    assert set(json.loads((folder / "stubs/pools.json").read_text())) == {"warehouse"}
    hooks = yaml.safe_load((folder / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert [hook["entry"] for hook in hooks] == [f"migrate rewrite --target {load().name}", "local/local.sh changed"]
    assert subprocess.run(["sh", "-n", str(folder / "local.sh")], check=False).returncode == 0


def test_every_package_of_the_image_is_asked_for_as_it_is() -> None:
    text = wanted(load(), {"humanize": "==4.9.0", "six": "*", "apache-airflow": "==1.10.15"})
    lines = text.splitlines()
    assert "apache-airflow==2.10.5" in lines
    assert "apache-airflow-providers-google==18.0.0" in lines
    assert lines[-2:] == ["humanize==4.9.0", "six"]
    assert "1.10.15" not in text


def test_only_what_an_image_has_without_wheels_may_be_built(tmp_path: Path) -> None:
    workspace, own = Workspace(tmp_path, Config()), {"unicodecsv": "", "humanize": ""}
    made = files(workspace, estate(), load(), Requirements("", "", only_wheels(own)), tmp_path / "local")
    for name in ("local.sh", "Dockerfile"):
        [line] = [one for one in made[name].splitlines() if "--only-binary=:all:" in one]
        assert "--no-binary=mysqlclient --no-binary=python-nvd3" in line
        assert "unicodecsv" not in line, "the estate names it"
    assert "uv pip sync --quiet --no-config " in made["local.sh"]


def test_a_folder_and_a_dag_of_any_name_stay_names(tmp_path: Path) -> None:
    root = tmp_path / "a $(touch BUILT) `touch BUILT` '\" {x: y} #"
    root.mkdir()
    hostile = replace(inventory().dags[0], dag_id="x; touch BUILT\n# `")
    taken = replace(estate(), dags=(hostile,))
    made = files(Workspace(root, Config()), taken, load(), Requirements("", ""), tmp_path / "local")
    compose = yaml.safe_load(made["docker-compose.yaml"])
    assert (
        f"../{root.name.replace('$', '$$')}/dags/target:/opt/airflow/dags:ro"
        in compose["services"]["scheduler"]["volumes"]
    )
    script = tmp_path / "local" / "local.sh"
    script.parent.mkdir()
    script.write_text(made["local.sh"].partition("\nsetup() {")[0] + '\nprintf "%s" "$AIRFLOW__CORE__DAGS_FOLDER"\n')
    (script.parent / "airflow.env").write_text(made["airflow.env"])
    shown = subprocess.run(["sh", str(script)], capture_output=True, text=True, check=False)
    assert shown.stdout.endswith(f"/../{root.name}/dags/target"), shown
    assert not list(tmp_path.rglob("BUILT"))
    assert "touch" not in made["README.md"]
    assert "./local.sh run DAG_ID 2026-01-01" in made["README.md"]


def test_packages_that_do_not_fit_are_told(tmp_path: Path) -> None:
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\necho 'No solution found: a needs b<2' >&2\nexit 1\n")
    uv.chmod(0o755)
    with pytest.raises(UsageError, match="do not fit together") as caught:
        pinned("a\n", {}, str(uv), 5)
    assert "a needs b<2" in caught.value.why


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "mine").write_text("")
    assert "--force" in migrate(tmp_path, "local", "init").ended(4).err


@pytest.mark.airflow
def test_every_dag_is_loaded_under_the_rules(tmp_path: Path) -> None:
    """With the lab's Airflow in place of the virtual environment; the soak builds that, too, and runs a DAG."""
    folder = write(tmp_path)
    (tmp_path / "dags/target/orphan.py").write_text(orphan("orphan"))
    tested = local(folder, "test", VENV=str(installs.ensure(installs.TARGET, print)))
    assert tested.returncode == 1
    assert "GV101 at dags/orphan.py:6: no owner is named" in tested.stderr
    assert "good" not in tested.stderr


@pytest.mark.airflow
def test_one_dag_or_one_file_is_tested_alone(tmp_path: Path) -> None:
    """Each `test` loads just what it is asked for, and what imports it; a name that is not there is told."""
    folder = write(tmp_path)
    dags = tmp_path / "dags" / "target"
    (dags / "orphan.py").write_text(orphan("orphan"))
    (dags / "shared.py").write_text("VALUE = 1\n")
    (dags / "uses.py").write_text("import shared\n\nshared.GONE\n")
    (tmp_path / "setup.py").write_text("raise SystemExit('no DAG')\n")
    venv = str(installs.ensure(installs.TARGET, print))

    def ended(*arguments: str) -> tuple[int, str]:
        done = local(folder, *arguments, VENV=venv)
        return done.returncode, done.stdout + done.stderr

    assert ended("test", "good")[0] == 0
    code, said = ended("test", "orphan")
    assert (code, "no owner is named" in said) == (1, True), said
    code, said = ended("test", "dags/shared.py")
    assert (code, "has no attribute 'GONE'" in said, "orphan" in said) == (1, True, False), said
    code, said = ended("test", "goood")
    assert (code, "did you mean good?" in said) == (1, True), said
    assert ended("changed", str(dags / "good.py"), str(tmp_path / "setup.py"))[0] == 0
    assert ended("changed", str(tmp_path / "setup.py"))[0] == 0
    assert ended("changed", str(dags / "good.py"), str(dags / "orphan.py"))[0] == 1


def test_stubs_are_of_what_the_code_names_too(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, Config())
    workspace.source_dags.mkdir(parents=True)
    (workspace.source_dags / "a.py").write_text("Variable.get('bucket')\nf(gcp_conn_id='lake_2')\n")
    (workspace.source_plugins).mkdir(parents=True)
    (workspace.source_plugins / "p.py").write_text("Variable.get('of_plugin')\n")
    made = files(workspace, estate(), load(), Requirements("", ""), tmp_path / "local")
    variables, connections = (json.loads(made[f"stubs/{name}.json"]) for name in ("variables", "connections"))
    assert variables["bucket"] == "stub of the variable bucket"
    assert {"of_plugin", "region"} <= variables.keys()
    assert connections["lake_2"]["host"] == "stub-of-lake-2.invalid"
    assert connections["lake"]["conn_type"] == "snowflake", "what the inventory knows is kept"


@pytest.mark.soak
@pytest.mark.airflow
def test_the_virtual_environment_is_that_of_the_image(tmp_path: Path) -> None:
    store.save(estate(), tmp_path / "inventory.json")
    (tmp_path / "migrate.toml").write_text("schema_version = 1\n")
    migrate(tmp_path, "local", "init").ended(0)
    folder = tmp_path / "local"
    (tmp_path / "dags/target").mkdir(parents=True)
    (tmp_path / "dags/target/good.py").write_text(GOOD.format(dag_id="good") + READS)
    made = local(folder, "setup")
    assert made.returncode == 0, made.stderr
    listed = subprocess.run(
        ["uv", "pip", "freeze", "--python", str(folder / ".venv")], capture_output=True, text=True, check=True
    )
    has = dict(line.split("==") for line in listed.stdout.splitlines() if "==" in line)
    assert {name: has.get(name) for name in load().packages} == dict(load().packages)
    assert has["humanize"] == "4.9.0"
    assert local(folder, "test").returncode == 0
    ran = local(folder, "run", "good", "2026-01-02")
    assert ran.returncode == 0, ran.stderr
    assert "SEEN postgres stub stub of the variable region" in (ran.stdout + ran.stderr).replace("***", "stub")
    assert "warehouse" in local(folder, "airflow", "pools", "list", "-o", "plain").stdout
