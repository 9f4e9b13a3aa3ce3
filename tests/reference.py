"""The generated part of MIGRATION.md: every command and every rule. ``python -m tests.reference`` rewrites it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import typer.main
from typer.testing import CliRunner

from codemods.compat import origins
from codemods.engine.registry import all_rules
from migrator.cli.app import app

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[1] / "MIGRATION.md"
BEGIN, END = "<!-- generated: begin -->\n", "<!-- generated: end -->\n"


def reference() -> str:
    """The text between the marks."""
    return "\n".join(["## Every command", "", *_commands(), "## Every rule", "", *_rules(), "", *_adapters(), ""])


def _commands() -> Iterator[str]:
    for name in _names():
        shown = CliRunner().invoke(app, [*name.split(), "--help"], env={"COLUMNS": "110", "TERMINAL_WIDTH": "110"})
        assert shown.exit_code == 0, name
        usage = re.sub(r"^Usage: \S+", "Usage: migrate", shown.output.strip())
        yield f"### migrate {name}\n\n```text\n{usage}\n```\n"


def _names() -> Iterator[str]:
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        yield from (f"{name} {inner}" for inner in below) if below else (name,)


def _rules() -> Iterator[str]:
    yield "| code | rule | safety | what it does |"
    yield "|---|---|---|---|"
    for rule in all_rules():
        yield f"| {rule.code} | {rule.name} | {rule.safety.value} | {rule.summary()} |"


def _adapters() -> Iterator[str]:
    yield from ("## Every class that `rewrite --compat` offers", "", "| class of 1.10 | where | used | without it |")
    yield "|---|---|---|---|"
    for one in origins().values():
        uses = sorted(one.when - {"base"})
        told = [*(["as a base class"] if "base" in one.when else []), *(f"with `{use}`" for use in uses)]
        used = " or ".join(told) or "where it is gone"
        yield f"| {one.old[0]} | {one.target.rpartition('.')[0]} | {used} | {one.remains} |"


def page() -> str:
    """The whole page as it should be."""
    before, rest = PAGE.read_text("utf-8").split(BEGIN)
    return before + BEGIN + reference() + END + rest.split(END)[1]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
