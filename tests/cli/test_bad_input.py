"""What a user can do wrong: a clear error with its fix, the right exit code, and nothing lost."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from migrator.inventory.store import fingerprint, save
from migrator.model.dag import Dag, Schedule, ScheduleKind
from migrator.model.environment import EnvironmentFacts
from migrator.model.inventory import Inventory
from migrator.plan import store
from migrator.plan.files import deployed_md5s
from migrator.plan.options import PlanOptions
from migrator.plan.planner import plan

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Project

Make = "Callable[[dict[str, str]], Project]"
CONFIG = """
schema_version = 1
[source]
environment = "projects/p/locations/l/environments/v1"
channel = "local"
api_endpoint = "http://127.0.0.1:{port}"
storage_endpoint = "http://127.0.0.1:{port}"
[source.local]
airflow = "/nowhere/airflow"
[target]
environment = "projects/p/locations/l/environments/v2"
channel = "api"
api_endpoint = "http://127.0.0.1:{port}"
storage_endpoint = "http://127.0.0.1:{port}"
"""
COMMANDS = [
    ("inventory",), ("rewrite",), ("plan",), ("transfer",), ("deploy",), ("doctor",), ("audit",), ("status",),
    ("resume",), ("complete", "--wave", "0"), ("cutover", "--wave", "0", "--yes"), ("rollback", "--wave", "0", "--yes"),
]  # fmt: skip


def closed_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def planned(make: Make) -> Project:
    """A workspace with one DAG in wave 1, whose environments do not answer."""
    project = make({"migrate.toml": CONFIG.format(port=closed_port()), "dags/target/etl.py": "# etl\n"})
    facts = EnvironmentFacts("projects/p/locations/l/environments/v1", "composer-1-airflow-1.10.15", "RUNNING", "b", "")
    dag = Dag("etl", "etl.py", Schedule(ScheduleKind.CRON, "0 0 * * *"))
    inventory = Inventory(datetime(2026, 1, 1, tzinfo=UTC), facts, "1.10.15", "3.8.18", (dag,))
    save(inventory, project.root / "inventory.json")
    options = PlanOptions("v1", "v2", fingerprint(inventory))
    files = deployed_md5s(inventory, project.root / "dags" / "target")
    store.save(plan(inventory, files, options), project.root / "plan.json")
    return project


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_missing_workspace_names_the_command_that_begins_one(project: Make, command: tuple[str, ...]) -> None:
    shown = project({}).run(*command, code=2).stderr
    assert "error: " in shown
    assert "why: " in shown
    assert "fix: migrate init" in shown or command == ("rewrite",)


@pytest.mark.parametrize("command", ["cutover", "rollback"])
def test_an_unknown_wave_names_those_there_are(project: Make, command: str) -> None:
    shown = planned(project).run(command, "--wave", "7", "--yes", code=2).stderr
    assert "no wave 7" in shown
    assert "Its waves are: 1" in shown


def test_a_corrupt_plan_is_told_and_kept(project: Make) -> None:
    workspace = planned(project)
    path = workspace.root / "plan.json"
    path.write_text('{"waves": [')
    shown = workspace.run("cutover", "--wave", "1", "--yes", code=2).stderr
    assert "fix: " in shown
    assert "migrate plan" in shown
    assert path.read_text() == '{"waves": ['


def test_an_environment_that_does_not_answer_is_named(project: Make) -> None:
    workspace = planned(project)
    shown = workspace.run("cutover", "--wave", "1", "--yes", code=2).stderr
    assert "127.0.0.1" in shown
    assert "fix: " in shown
    assert not (workspace.root / ".migrate" / "journal.db").exists(), "nothing was begun"


def test_nothing_is_cut_over_without_a_terminal_and_without_yes(project: Make) -> None:
    shown = planned(project).run("cutover", "--wave", "1", code=2).stderr
    assert "fix: add --yes" in shown


def test_an_edited_file_makes_the_plan_stale(project: Make) -> None:
    workspace = planned(project)
    (workspace.root / "dags" / "target" / "etl.py").write_text("# edited\n")
    shown = workspace.run("cutover", "--wave", "1", "--yes", code=4).stderr
    assert "etl" in shown
    assert "migrate plan" in shown


@pytest.mark.parametrize("arguments", [("audit", "--format", "xml"), ("audit", "--since", "yesterday")])
def test_wrong_options_say_which_are_right(project: Make, arguments: tuple[str, ...]) -> None:
    assert "fix: --" in planned(project).run(*arguments, code=2).stderr


def test_status_of_a_new_workspace_is_no_error(project: Make) -> None:
    assert "migrate cutover --wave N --dry-run" in planned(project).run("status").stderr


def test_what_is_accepted_needs_a_reason(project: Make) -> None:
    shown = planned(project).run("complete", "--wave", "1", "--accept", "etl", code=2).stderr
    assert "fix: add --reason" in shown


def test_a_wrong_flag_is_refused_by_the_parser(project: Make) -> None:
    assert "No such option" in project({}).run("cutover", "--wafe", "1", code=2).stderr


@pytest.mark.parametrize(
    ("raised", "shown"),
    [
        ("OSError(28, 'No space left on device')", "fix: make room"),
        ("PermissionError(13, 'Permission denied', 'docs/x')", "cannot use docs/x: permission denied"),
        ("FileNotFoundError(2, 'No such file or directory', 'x/y')", "fix: name one that is there"),
    ],
)
def test_what_the_machine_refuses_is_no_bug_of_ours(tmp_path: Path, raised: str, shown: str) -> None:
    program = f"import migrator.cli.app as a\ndef fail(): raise {raised}\na.app = fail\na.main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, shown in done.stderr) == (2, True)


def test_an_error_of_a_connection_is_no_matter_of_files(tmp_path: Path) -> None:
    program = (
        "import migrator.cli.app as a\ndef fail(): raise ConnectionResetError(104, 'reset')\na.app = fail\na.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 70


def test_a_bug_becomes_a_sentence_and_an_exit_code(tmp_path: Path) -> None:
    program = "import migrator.cli.app as a; a.app = lambda: {}['x']; a.main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 70
    assert "A bug in this program: KeyError" in done.stderr
    assert "--debug" in done.stderr
    assert "Traceback" not in done.stderr
