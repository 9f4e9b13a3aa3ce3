"""No line of a result is wider than the terminal; a file and a pipe get lines as they are."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import sys
import termios
from typing import TYPE_CHECKING

import pytest

from tests.workspace.users import migrate_here

if TYPE_CHECKING:
    from pathlib import Path

LONG = "settlement_of_all_the_regional_ledgers_for_finance"
DAG = f'''
from datetime import datetime
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.contrib.operators.bigquery_operator import BigQueryOperator

with DAG("{LONG}_{{}}", schedule_interval="{{}}", start_date=datetime(2020, 1, 1)) as dag:
    BashOperator(task_id="t", bash_command="true") >> BigQueryOperator(task_id="u", bql="SELECT 1", made_up=1)
'''
COMMANDS = (
    "inventory --from-folder {folder}", "assess --resolve-seconds 0", "assess --list", "rewrite --no-cache", "rules",
    "explain GV104", "explain CM101", "plan", f"plan --explain {LONG}_1", "status", "docs --resolve-seconds 0",
    "policies", "local init --no-packages", "profile list", "fleet list", "doctor", "audit", "cutover --wave 1",
    "deploy --dry-run", "verify", "freshness", "report --resolve-seconds 0", "transfer --dry-run", "plan --wave x",
    "inventory --from-folder /no/such/folder/that/has/a/long/name/of/many/many/parts", "explain NO999",
)  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "estate" / "dags"
    folder.mkdir(parents=True)
    for number, schedule in enumerate(("@daily", "*/5 2-4 * * 1-5", "@weekly")):
        (folder / f"{LONG}_{number}.py").write_text(DAG.format(number, schedule))
    (folder / "factory.py").write_text("from airflow import DAG\nfor one in ask():\n    DAG(one)\n")
    assert migrate_here(tmp_path / "ws", "init").code == 0
    return tmp_path / "ws"


def walked(workspace: Path) -> list[tuple[str, str]]:
    """Each line that a command prints, behind the command."""
    found = []
    for command in COMMANDS:
        ran = migrate_here(workspace, *command.format(folder=workspace.parent / "estate" / "dags").split())
        assert ran.code != 70, ran.err
        found += [(command, line) for line in (ran.out + ran.err).splitlines()]
    return found


def one_word(line: str) -> bool:
    """A path or a command that is taken from the screen as one."""
    return len(line.split()) == 1 or line.lstrip().startswith("`")


def is_code(command: str, line: str) -> bool:
    """An example of a rule, or of a configuration: its lines are those of a file."""
    return command.startswith("explain") and line.startswith(("  ", "only some names"))


@pytest.mark.parametrize("width", [60, 80, 160])
def test_no_line_is_wider_than_the_terminal(workspace: Path, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrator.cli.app.terminal_width", lambda: width)
    lines = walked(workspace)
    assert len(lines) > 500
    assert [(c, line) for c, line in lines if len(line) > width and not one_word(line) and not is_code(c, line)] == []


def test_a_pipe_gets_each_row_as_one_line(workspace: Path) -> None:
    lines = [line for _, line in walked(workspace)]
    assert max(map(len, lines)) > 160
    assert sum(f"{LONG}_1" in line and "unknown" in line for line in lines) > 1


def test_a_file_is_not_bounded_by_the_terminal(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walked(workspace)
    monkeypatch.setattr("migrator.cli.app.terminal_width", lambda: 60)
    assert migrate_here(workspace, "plan", "-o", str(workspace.parent / "plan.txt")).code == 0
    assert max(map(len, (workspace.parent / "plan.txt").read_text().splitlines())) > 100


def test_a_real_terminal_says_how_wide_it_is() -> None:
    assert [line for line in in_terminal(60, "rules", "CM") if len(line) > 60] == []
    assert max(map(len, in_terminal(200, "rules", "CM"))) > 100


def in_terminal(columns: int, *arguments: str) -> list[str]:
    """The lines that ``migrate`` prints in a terminal of so many columns."""
    pid, terminal = pty.fork()
    if not pid:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        os.execve(sys.executable, [sys.executable, "-m", "migrator.cli", *arguments], environment)
    text = b""
    while piece := _read(terminal):
        text += piece
    os.waitpid(pid, 0)
    return text.decode().replace("\r", "").splitlines()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""
