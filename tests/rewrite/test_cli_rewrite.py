"""``migrate rewrite``, ``rules`` and ``explain`` as a user meets them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.workspace.users import migrate as migrate_apart_in
from tests.workspace.users import migrate_here

if TYPE_CHECKING:
    from tests.workspace.users import Ran

OLD = "from airflow.operators.bash_operator import BashOperator\nfrom airflow.operators import OurOperator\n"
NEW = OLD.replace("bash_operator", "bash")


def migrate(folder: Path, *args: str) -> Ran:
    """In that folder, in this process."""
    with contextlib.chdir(folder):
        return migrate_here(Path(), *args)


def migrate_apart(folder: Path, *args: str) -> Ran:
    """In that folder, in a process of its own."""
    with contextlib.chdir(folder):
        return migrate_apart_in(Path(), *args)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "dags" / "source").mkdir(parents=True)
    (tmp_path / "dags" / "source" / "a.py").write_text(OLD)
    (tmp_path / "dags" / "source" / "q.sql").write_text("select 1\n")
    return tmp_path


def test_the_workspace(project: Path) -> None:
    done = migrate_apart(project, "rewrite")
    assert done.code == 0, done
    assert (project / "dags" / "target" / "a.py").read_text() == NEW
    assert (project / "dags" / "target" / "q.sql").read_text() == "select 1\n"
    assert done.out.startswith("a.py:2: CM102 "), done
    assert "1 file read, 1 changed, 1 finding" in done.err
    assert list((project / ".migrate" / "cache").rglob("*.json"))


def test_in_place_needs_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(OLD)
    done = migrate_apart(tmp_path, "rewrite", "a.py")
    assert done.code == 0, done
    assert (tmp_path / "a.py").read_text() == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


def test_dry_run_prints_the_diff_and_writes_nothing(project: Path) -> None:
    done = migrate(project, "rewrite", "--dry-run")
    assert done.code == 0, done
    assert "-from airflow.operators.bash_operator import BashOperator\n" in done.out
    assert "+from airflow.operators.bash import BashOperator\n" in done.out
    assert "\x1b" not in done.out
    assert not (project / "dags" / "target").exists()


def test_check(project: Path) -> None:
    assert migrate(project, "rewrite", "--check").code == 1
    assert not (project / "dags" / "target").exists()
    (project / "dags" / "source" / "a.py").write_text(NEW)
    assert migrate(project, "rewrite", "--check").code == 0


def test_json(project: Path) -> None:
    done = migrate(project, "--quiet", "rewrite", "--format", "json", "--target", "composer-2.15.3-airflow-2.10.5")
    data = json.loads(done.out)
    assert data["schema_version"] == 1
    assert {"files": 1, "changed": 1, "findings": 1}.items() <= data["summary"].items()
    assert data["files"][0]["changes"][0]["code"] == "CM101"
    assert done.err == ""


def test_markdown_into_a_file(project: Path) -> None:
    done = migrate(project, "rewrite", "--format", "markdown", "-o", "out.md")
    assert done.code == 0, done
    assert done.out == ""
    page = (project / "out.md").read_text()
    assert page.index("### CM102") < page.index("| `a.py` | 2 |") < page.index("[CM101](") < page.index("```diff")


def test_html_into_a_file(project: Path) -> None:
    done = migrate(project, "rewrite", "--dry-run", "--format", "html", "-o", "reports/out.html")
    assert done.code == 0, done
    assert done.out == ""
    assert (project / "reports" / "out.html").read_text().startswith("<!doctype html>")


def test_sarif_names_files_as_the_repository_does(project: Path) -> None:
    done = migrate(project, "--quiet", "rewrite", "--check", "--format", "sarif")
    assert done.code == 1, done
    (result,) = json.loads(done.out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "dags/source/a.py"


def test_the_check_names_what_would_change(project: Path) -> None:
    done = migrate(project, "rewrite", "--check")
    assert done.err.startswith("would change a.py\n"), done
    assert done.out.startswith("a.py:2: CM102 "), done


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--select", "CM1O1"], "CM101"),
        (["--ignore", "XYZ"], "migrate rules"),
        (["--target", "composer-3"], "composer-2.15.3-airflow-2.10.5"),
        (["--target", "composer-1.20.12-airflow-1.10.15"], "older than 2.4"),
        (["--target", "composer-3-airflow-3.0.1"], "newer than 2"),
        (["nowhere.py"], "no nowhere.py"),
    ],
)
def test_a_wrong_command_line(project: Path, args: list[str], says: str) -> None:
    done = migrate(project, "rewrite", *args)
    assert done.code == 2, done
    assert says in done.err
    assert "Traceback" not in done.err


def test_without_a_source_it_names_the_command(tmp_path: Path) -> None:
    done = migrate(tmp_path, "rewrite")
    assert done.code == 2, done
    assert "migrate inventory" in done.err


def test_rules_and_explain(tmp_path: Path) -> None:
    assert "CM101" in migrate(tmp_path, "rules").out
    assert json.loads(migrate(tmp_path, "rules", "--format", "json").out)["schema_version"] == 1
    shown = migrate(tmp_path, "explain", "cm201").out
    assert "schedule_interval='@daily'" in shown
    wrong = migrate(tmp_path, "explain", "CM20I")
    assert wrong.code == 2
    assert "migrate explain CM" in wrong.err


def test_help_does_not_load_the_engine(tmp_path: Path) -> None:
    code = (
        "import sys\nsys.argv = ['migrate', '--help']\nfrom migrator.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('libcst', 'jinja2') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("[]\n"), done


def test_a_plugin_beside_the_dags_is_known(tmp_path: Path) -> None:
    (tmp_path / "dags").mkdir()
    (tmp_path / "plugins" / "ours").mkdir(parents=True)
    plugin = "from ours.load import Load\n\nclass P(AirflowPlugin):\n    name = 'p'\n    operators = [Load]\n"
    (tmp_path / "plugins" / "plugin.py").write_text(plugin)
    (tmp_path / "dags" / "a.py").write_text("from airflow.operators.p import Load\n")
    assert migrate(tmp_path, "rewrite", "dags").code == 0
    assert (tmp_path / "dags" / "a.py").read_text() == "from ours.load import Load\n"


def test_each_home_of_a_folder_has_its_own_plugins(tmp_path: Path) -> None:
    plugin = "class Load: ...\n\nclass P(AirflowPlugin):\n    name = 'p'\n    operators = [Load]\n"
    homes = {"one": "load", "more/two": "other_load", "none": ""}
    for home, module in homes.items():
        (tmp_path / home / "dags" / "team").mkdir(parents=True)
        (tmp_path / home / "dags" / "team" / "a.py").write_text("from airflow.operators import Load\n")
        if module:
            (tmp_path / home / "plugins" / "sub").mkdir(parents=True)
            (tmp_path / home / "plugins" / "sub" / f"{module}.py").write_text(plugin)
    assert migrate(tmp_path, "rewrite", ".").code == 0
    after = {home: (tmp_path / home / "dags" / "team" / "a.py").read_text() for home in homes}
    assert after == {
        "one": "from sub.load import Load\n",
        "more/two": "from sub.other_load import Load\n",
        "none": "from airflow.operators import Load\n",
    }


def test_datasets_are_weighed_and_nothing_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "a.py").write_text(
        "from airflow import DAG\nfrom airflow.sensors.external_task import ExternalTaskSensor\n"
        "with DAG('down', schedule=None) as dag:\n    ExternalTaskSensor(task_id='w', external_dag_id='up')\n"
    )
    (folder / "old.py").write_text("import airflow\nprint 'x'\n")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    shown = migrate(tmp_path, "rewrite", "--datasets", "dags")
    assert "dags/a.py:4: sensor up -> down: impossible\n    up is not in this tree" in shown.out
    assert "1 waits and triggers between DAGs: 1 impossible; not read, " in shown.err
    assert "no file of code: dags/old.py" in shown.err
    told = json.loads(migrate(tmp_path, "rewrite", "--datasets", "--format", "json", "dags").out)
    assert (told["summary"], told["unread"]) == ({"impossible": 1}, ["dags/old.py"])
    assert migrate(tmp_path, "rewrite", "--datasets", "--format", "html", "dags").code == 2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.fixture
def with_plugins(project: Path) -> Path:
    """DAGs that import from plugins, and plugins that import from each other."""
    plugins = {
        "hooks/own.py": "from airflow.hooks.base_hook import BaseHook\n\n\nclass OwnHook(BaseHook):\n    pass\n",
        "own_plugin.py": "from airflow.plugins_manager import AirflowPlugin\nfrom hooks.own import OwnHook\n\n\n"
        "class Own(AirflowPlugin):\n    name = 'own'\n    hooks = [OwnHook]\n",
        "uses.py": "from airflow.hooks.own import OwnHook\nfrom airflow.operators.bash_operator import BashOperator\n",
        "page.html": "<p>{{ x }}</p>\n",
    }
    for name, text in plugins.items():
        (project / "plugins" / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        (project / "plugins" / "source" / name).write_text(text)
    (project / "dags" / "source" / "b.py").write_text(
        "from airflow import DAG\nfrom airflow.hooks.own import OwnHook\nfrom uses import BashOperator\n"
    )
    return project


def test_plugins_are_code_of_the_estate(with_plugins: Path) -> None:
    done = migrate(with_plugins, "rewrite")
    assert done.code == 0, done
    target = with_plugins / "plugins" / "target"
    assert (target / "hooks/own.py").read_text().startswith("from airflow.hooks.base import BaseHook\n")
    uses = (target / "uses.py").read_text()
    assert "from hooks.own import OwnHook\n" in uses, (
        "what a plugin added to Airflow, another one gets from where it is"
    )
    assert "from airflow.operators.bash import BashOperator\n" in uses, "a DAG imports it from here, so it stays"
    assert (target / "page.html").read_text() == "<p>{{ x }}</p>\n"
    assert "from hooks.own import OwnHook\n" in (with_plugins / "dags/target/b.py").read_text()
    assert "5 files read" in done.err
    assert migrate(with_plugins, "rewrite").code == 0
    assert (target / "uses.py").read_text() == uses


def test_plugins_are_in_the_dry_run_and_in_the_findings(with_plugins: Path) -> None:
    (with_plugins / "plugins/source/gone.py").write_text("from airflow.operators import NoSuchOperator\n")
    done = migrate(with_plugins, "rewrite", "--dry-run")
    assert "a/plugins/source/uses.py" in done.out
    assert "plugins/source/gone.py:1: CM102" in done.out
    assert not (with_plugins / "plugins" / "target").exists()


def test_an_edit_in_the_target_s_plugins_stays(with_plugins: Path) -> None:
    migrate(with_plugins, "rewrite")
    mine = with_plugins / "plugins/target/uses.py"
    mine.write_text("# mine\n")
    done = migrate(with_plugins, "rewrite")
    assert done.code == 3
    assert "plugins/source/uses.py" in done.err
    assert mine.read_text() == "# mine\n"


@pytest.mark.parametrize("command", [("rewrite", "--dry-run"), ("rewrite", "--datasets")])
@pytest.mark.parametrize("kind", ["pipe", "device", "large"])
def test_what_is_no_file_of_code_is_told_and_not_waited_for(tmp_path, command, kind):
    place, beside = tmp_path / "code" / "odd.py", tmp_path / "code" / "right.py"
    place.parent.mkdir()
    beside.write_text("from airflow.operators.bash_operator import BashOperator\n")
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "device":
        place.symlink_to("/dev/zero")
    else:
        with place.open("wb") as handle:
            handle.truncate(1 << 30)
    ran = migrate(tmp_path, *command, str(place), str(beside))
    assert ran.code in {0, 3}
    assert "odd.py" in ran.out + ran.err
    assert command[1] == "--datasets" or "airflow.operators.bash import" in ran.out
