"""Every text that a person can read of this program, and the words that are not to be in it.

python -m tests.words                     # the strings, each with its file and line
python -m tests.words migrator/cutover    # those below a folder
python -m tests.words --gone              # only those with a word of the list, and what to write instead
python -m tests.words --docstrings        # with the docstrings, which `--gone` looks at in any case
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[1]
CODE = ("migrator", "codemods")
TEXTS = ("templates", "README.md", "MIGRATION.md", "CONTRIBUTING.md", "docs")
GONE = {
    r"\b(?:runs?|ran|one|ones) by hand\b": "manual run",
    r"\bnot said\b": "not set",
    r"\b[Nn]obody can (?:tell|say)\b": "unknown",
    r"\bof the house\b": "policies",
    r"\bthis machine refused\b": "cannot write F: reason",
    r"\bneeds? something of you\b": "needs work",
    r"\ba wave alone\b": "gets its own wave",
    r"\bswitch(?:es|ed|ing)? (?:it |them |DAGs |a DAG )?(?:on|off) in\b": "unpause, pause",
    r"\b(?:is|are|was|were|be|stays?|stayed) (?:on|off) in (?:v1|v2|both|the (?:source|target))\b": "unpaused, paused",
    r"\bis on and scheduled\b": "is unpaused and scheduled",
    r"\bswitched it on again\b": "unpaused it again",
    r"\b[Mm]end (?:what|it in|it by)\b": "fix",
    r"\bis \| takes \| because\b": "status | effort | reason",
    r"\brefused terraform\b": "cannot write terraform/: reason",
    r"\b(?:written|carried|planned) anew\b": "written, carried, planned again",
    r"\bon on both\b": "unpaused on both",
    r"\bstart_date moves\b": "start_date is dynamic",
    r"\bit is in no wave\b": "in no wave",
}
"""Words that need a second reading, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Said:
    """One text with where it stands; ``{}`` is what is known only when it is said."""

    path: str
    line: int
    text: str
    docstring: bool = False


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def said(root: Path = ROOT) -> Iterator[Said]:
    """Every text that may be shown, by file: those of the code, then of templates and documents, line by line."""
    for folder in CODE:
        for file in sorted((root / folder).rglob("*.py")):
            yield from _of_code(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))
    for name in TEXTS:
        place = root / name
        for file in sorted(place.rglob("*.*")) if place.is_dir() else [place]:
            if file.suffix not in {".js", ".css", ".svg", ".png", ".webp"}:
                lines = file.read_text(encoding="utf-8").splitlines()
                yield from (Said(file.relative_to(root).as_posix(), n, line) for n, line in enumerate(lines, 1) if line)


def gone(texts: Iterable[Said]) -> Iterator[tuple[Said, str]]:
    """The texts with a word of the list, each with what to write instead."""
    rules = {re.compile(pattern): instead for pattern, instead in GONE.items()}
    for one in texts:
        yield from ((one, instead) for rule, instead in rules.items() if rule.search(one.text))


def _of_code(path: str, text: str) -> Iterator[Said]:
    """The strings of a module with a space in them."""
    tree = ast.parse(text)
    inside = set()
    documents = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, _DOCUMENTED) and _starts(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in ast.walk(node)} - {id(node)}
            said_of = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            said_of = node.value
        else:
            continue
        if " " in said_of.strip():
            yield Said(path, node.lineno, " ".join(said_of.split()), id(node) in documents)


def _starts(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(node.body) and isinstance(node.body[0], ast.Expr)


def main(arguments: list[str]) -> None:
    """Print the list."""
    only = [one.rstrip("/") for one in arguments if not one.startswith("--")]
    texts = [one for one in said() if not only or one.path.startswith(tuple(only))]
    if "--gone" in arguments:
        for one, instead in gone(texts):
            print(f"{one.path}:{one.line}: {one.text}\n    write: {instead}")
    else:
        for one in texts:
            if "--docstrings" in arguments or not one.docstring:
                print(f"{one.path}:{one.line}: {one.text}")


if __name__ == "__main__":
    main(sys.argv[1:])
