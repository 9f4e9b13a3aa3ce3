"""Lines of other programs: each is one that its program has, as far as a table knows."""

from __future__ import annotations

import re
import shlex

import pytest

from tests import markdown
from tests.documents.lines import DOCUMENTS, FILLED, ROOT, TEMPLATES, Line, lines, of_markdown

KNOWN: dict[tuple[str, ...], set[str]] = {
    ("terraform", "init"): {"-chdir"},
    ("terraform", "apply"): {"-chdir"},
    ("gcloud", "storage", "cp"): {"-r"},
    ("gcloud", "artifacts", "repositories", "list"): {"--project", "--location"},
    ("gcloud", "composer", "environments", "list"): {"--locations", "--format"},
    ("kubectl", "exec"): set(),
    ("age",): {"--decrypt", "-i"},
    ("base64",): {"-d"},
    ("jq",): {"-r"},
    ("touch",): set(),
    ("cd",): set(),
    ("git", "checkout"): set(),
    ("docker", "compose", "build"): set(),
    ("docker", "compose", "run"): {"--rm", "-e", "-m", "-s"},
    ("docker", "compose", "up"): set(),
    ("airflow", "dags", "trigger"): {"-e", "-r"},
    ("airflow", "roles", "create"): set(),
    ("airflow", "tasks", "test"): set(),
    ("./local.sh", "setup"): set(),
    ("./local.sh", "test"): set(),
    ("./local.sh", "run"): set(),
    ("./local.sh", "up"): set(),
    ("local/local.sh", "test"): set(),
    ("pytest",): {"-n", "-s", "-m", "-q"},
    ("python",): {"-m", "-c", "--help"},
    ("python3",): {"-m"},
    ("pip", "install"): set(),
    ("pipx", "install"): set(),
    ("uv", "sync"): set(),
    ("uv", "build"): {"--wheel"},
    ("uv", "tool", "install"): set(),
}
"""Words with which a command begins, and the options that it takes; by each program's own reference."""
PROGRAMS = {words[0] for words in KNOWN}


def spans() -> list[Line]:
    """Lines between backticks that begin with a program of the table."""
    found = [
        Line(words, path.name)
        for path in [*DOCUMENTS, *(one for one in TEMPLATES if one.name.endswith(".md.j2"))]
        for text in markdown.codes(FILLED.sub("x", path.read_text("utf-8")))
        for part in re.split(r"\s\|\s", text)
        if (words := tuple(shlex.split(part.removeprefix("uv run ")))) and words[0] in PROGRAMS and len(words) > 1
    ]
    guides = [path for path in TEMPLATES if path.name.endswith(".md.j2")]
    shown = [line for path in guides for line in of_markdown(FILLED.sub("x", path.read_text("utf-8")), path.name)]
    return [*found, *(line for line in (*shown, *lines()) if not line.ours)]


def wrong(words: tuple[str, ...]) -> str:
    """Why the program would not take the line; empty when it would, as far as the table knows."""
    plain = tuple(word for word in words if not word.startswith("-"))
    name = next((plain[:n] for n in range(4, 0, -1) if plain[:n] in KNOWN), None)
    if name is None:
        return f"{' '.join(plain[:3])} is not in the table"
    given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    return f"{' '.join(name)} takes no {given - KNOWN[name]}" if given - KNOWN[name] else ""


@pytest.mark.parametrize("line", sorted(set(spans())), ids=str)
def test_the_program_has_a_line(line):
    assert wrong(line.words) == ""


@pytest.mark.parametrize("text", ["gcloud storage copy x y", "terraform apply --all", "uv tools install x", "make it"])
def test_a_wrong_line_is_found(text):
    assert wrong(tuple(text.split()))


def test_what_local_sh_is_asked_for_is_there():
    script = (ROOT / "templates/local/local.sh.j2").read_text("utf-8")
    asked = {line.words[1] for line in spans() if line.words[0].endswith("local.sh")}
    assert asked
    assert {one for one in asked if not re.search(rf"^\s*{one}\)", script, re.MULTILINE)} == set()
