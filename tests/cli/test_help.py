"""Help is there at once, for every command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from migrator.cli.app import COMMANDS
from tests.workspace.users import migrate_here

HEAVY = ("google", "libcst", "jinja2", "rich", "pydantic", "pyrage", "requests", "tabulate", "croniter")
PROGRAM = f"""
import sys
from migrator.cli.app import app
try:
    app(["--help"])
except SystemExit:
    pass
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""


def test_help_loads_no_heavy_library() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert "cutover" in done.stdout
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("command", [*COMMANDS, "resume", "rollback"])
def test_every_command_says_what_it_does(command: str, tmp_path: Path) -> None:
    if command == "rules":
        command = "explain"
    assert len(migrate_here(tmp_path, command, "--help").ended(0).out.splitlines()) > 5


def test_the_readme_and_the_runbook_name_every_command() -> None:
    root = Path(__file__).parents[2]
    text = (root / "README.md").read_text() + (root / "MIGRATION.md").read_text()
    missing = [command for command in (*COMMANDS, "resume", "rollback", "explain") if f"migrate {command}" not in text]
    assert not missing
