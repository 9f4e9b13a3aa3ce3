"""The generated documents: docs/reference and MIGRATION.md's contents. ``python -m tests.reference`` writes them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import typer.main
from typer.testing import CliRunner

from codemods.compat import origins
from codemods.engine.registry import all_rules
from migrator.cli.app import app
from tests import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
RUNBOOK = ROOT / "MIGRATION.md"
BEGIN, END = "<!-- contents: begin -->\n", "<!-- contents: end -->\n"
MADE = "Written by `python -m tests.reference` from the program itself.\n"


def pages() -> dict[Path, str]:
    """Each generated document with the text that it should have."""
    folder = ROOT / "docs" / "reference"
    return {
        folder / "commands.md": "\n".join(["# Every command", "", MADE, *_commands()]),
        folder / "rules.md": "\n".join(["# Every rule of the rewrite", "", MADE, *_rules(), ""]),
        folder / "compat.md": "\n".join(["# Every class that `rewrite --compat` offers", "", MADE, *_adapters(), ""]),
        RUNBOOK: runbook(RUNBOOK.read_text("utf-8")),
    }


def runbook(text: str) -> str:
    """The runbook with the contents that its headings give."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return before + BEGIN + "".join(_contents(after)) + END + after


def _contents(text: str) -> Iterator[str]:
    for heading in markdown.headings(text):
        if heading.level <= 3:
            yield f"{'  ' * (heading.level - 2)}- [{heading.text}](#{heading.anchor})\n"


def _commands() -> Iterator[str]:
    for name in _names():
        shown = CliRunner().invoke(app, [*name.split(), "--help"], env={"COLUMNS": "110", "TERMINAL_WIDTH": "110"})
        assert shown.exit_code == 0, name
        usage = re.sub(r"^Usage: \S+", "Usage: migrate", shown.output.strip())
        yield f"## migrate {name}\n\n```text\n{usage}\n```\n"


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
    yield "| class of 1.10 | where | used | without it |"
    yield "|---|---|---|---|"
    for one in origins().values():
        uses = sorted(one.when - {"base"})
        told = [*(["as a base class"] if "base" in one.when else []), *(f"with `{use}`" for use in uses)]
        used = " or ".join(told) or "where it is gone"
        yield f"| {one.old[0]} | {one.target.rpartition('.')[0]} | {used} | {one.remains} |"


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, "utf-8")
