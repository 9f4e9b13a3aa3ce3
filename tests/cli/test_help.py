"""Help is there at once, for every command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from migrator.cli.app import COMMANDS, app
from migrator.cli.help import HELP
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


def commands(found: Any = None, path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every command of the program, by its words."""
    found = found or typer.main.get_command(app)
    if not hasattr(found, "commands"):
        return {" ".join(path): found}
    return {
        words: one for name, inner in found.commands.items() for words, one in commands(inner, (*path, name)).items()
    }


EVERY = commands()


def test_every_command_has_examples_and_exit_codes() -> None:
    assert set(HELP) == set(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_the_examples_are_of_the_command_and_the_program_takes_them(name: str) -> None:
    words = len(name.split())
    for example in HELP[name].examples:
        given = example.split()
        assert given[:words] == name.split()
        EVERY[name].make_context(name, given[words:], parent=None).close()


@pytest.mark.parametrize("name", [name for name in EVERY if HELP[name].groups])
def test_every_option_stands_in_one_group(name: str, tmp_path: Path) -> None:
    shown = migrate_here(tmp_path, *name.split(), "--help").ended(0).out.partition("Example")[0]
    for param in EVERY[name].params:
        spelled = max(param.opts, key=len) if param.param_type_name == "option" else "[PATH...]"
        listed = [line for line in shown.splitlines() if line.startswith("  ") and spelled in line.split("  ")[1]]
        assert len(listed) == 1, (spelled, listed)
    grouped = {option for options in HELP[name].groups.values() for option in options}
    assert grouped <= {param.name for param in EVERY[name].params}


def test_the_list_of_commands_cuts_no_sentence(tmp_path: Path) -> None:
    assert "..." not in migrate_here(tmp_path, "--help").ended(0).out.partition("Commands:")[2]


def test_a_shell_completes_a_command() -> None:
    asked = {"_MIGRATE_COMPLETE": "complete_bash", "COMP_WORDS": "migrate cutov", "COMP_CWORD": "1"}
    program = Path(sys.executable).with_name("migrate")
    done = subprocess.run([program], capture_output=True, text=True, check=True, env={**os.environ, **asked})
    assert done.stdout.split() == ["cutover"]
