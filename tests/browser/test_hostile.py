"""Every page that a command writes over a hostile estate, in a real browser: no script of the estate ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile import estate
from tests.hostile.texts import CANARY
from tests.planted.cases import OFF
from tests.workspace.users import migrate_here

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.devtools import Page

HARM = """[...document.querySelectorAll('*')].filter((e) =>
  ['IMG', 'IFRAME', 'OBJECT', 'EMBED', 'BASE'].includes(e.tagName.toUpperCase()) || /evil/i.test(e.tagName)
  || [...e.attributes].some((a) => /^on|evil/i.test(a.name)
    || (/^(href|src|(form)?action|xlink:href)$/.test(a.name) && /^\\s*(javascript|vbscript|data:text)/i.test(a.value))
  )).map((e) => e.outerHTML.slice(0, 200))"""
OPENED = "document.querySelectorAll('details').forEach((e) => { e.open = true })"
COMMANDS = (
    ("rewrite", "--unsafe", "--no-cache", "--format", "html"),
    ("assess", *OFF, "--format", "html"),
    ("plan", "--format", "html"),
)


def pages(workspace: Path, made: Path) -> list[Path]:
    """The pages of every command that writes some."""
    for command in COMMANDS:
        ran = migrate_here(workspace, *command, "-o", str(made / f"{command[0]}.html"))
        assert ran.code == 0, ran.err
    assert migrate_here(workspace, "report", *OFF).code == 0
    return sorted([*made.glob("*.html"), *workspace.rglob("*.html")])


def test_no_page_runs_what_the_estate_brought(tmp_path: Path, visit: Callable[..., Page]) -> None:
    workspace, made = tmp_path / "ws", tmp_path / "made"
    made.mkdir()
    folder = estate.folder(tmp_path / "bucket", tmp_path / CANARY)
    assert migrate_here(workspace, "init").code == 0
    assert migrate_here(workspace, "inventory", "--from-folder", str(folder)).code == 0
    found = pages(workspace, made)
    assert {one.name for one in found} >= {"rewrite.html", "assess.html", "plan.html", "index.html", "readiness.html"}
    for path in found:
        page = visit(path)
        page.js(OPENED)
        page.settle()
        assert page.js("window.evil === undefined"), path.name
        assert page.js(HARM) == [], path.name
