"""The drawn parts of ARCHITECTURE.md: the layers and the states. ``python -m tests.architecture`` rewrites them."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.cutover.machine import Direction
from migrator.cutover.steps import STEPS, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "ARCHITECTURE.md"


def parts() -> dict[str, str]:
    """Each drawn part by the name in its marks."""
    return {"layers": "\n".join(_layers()), "states": "\n".join(_states())}


def page() -> str:
    """The whole page as it should be; ValueError where the marks of a part are missing."""
    text = PAGE.read_text("utf-8")
    for name, drawn in parts().items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
        before, rest = text.split(begin)
        _, after = rest.split(end)
        text = f"{before}{begin}{drawn}\n{end}{after}"
    return text


def _layers() -> Iterator[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    yield "| layer | package | what it is |"
    yield "|---|---|---|"
    for number, layer in enumerate(next(one for one in contracts if one["type"] == "layers")["layers"], 1):
        yield from (f"| {number} | `{name}` | {_purpose(name)} |" for name in layer.split(" | "))


def _purpose(name: str) -> str:
    return (importlib.import_module(name).__doc__ or "").split("\n", 1)[0]


def _states() -> Iterator[str]:
    yield "```text"
    for step in STEPS:
        name = step.act.__module__.rpartition(".")[2]
        before, after = (state.label(Direction.FORWARD) for state in (step.before, step.after))
        yield f"{before:<13} --> {after:<13} steps/{name}.py{_turn(step)}"
    yield "```"


def _turn(step: Step) -> str:
    if step.ordered:
        return ", in the plan's order of pausing"
    return ", when nothing else moves" if step.patient else ""


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
