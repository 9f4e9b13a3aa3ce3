"""Every command line of a document is one that the program takes, and it is run: here, or where the table says."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys

import pytest
import typer.main

from migrator.cli.app import app
from migrator.lab import installs
from tests.cli.test_help import EVERY
from tests.documents import estate
from tests.documents.desk import OFFLINE, PLACEHOLDER, Desk, beside, desk
from tests.documents.lines import ROOT, Line, lines, of_markdown, of_text
from tests.planted.cases import CASES

FOUND = lines()
OURS = {line.words: line for line in FOUND if line.ours}
GLOBAL = {"--workspace", "-w"}
ELSEWHERE = {
    "demo": ("tests/lab/test_outage.py", "Demo("),
    "lab up": ("tests/lab/conftest.py", "labs.up("),
    "--install-completion": ("tests/cli/test_help.py", "_MIGRATE_COMPLETE"),
}
"""Lines that are not run here: with the test that does what they do, and the words by which it is seen there."""
LASTING = {("dashboard",), ("bridge",), ("bridge", "--every", "30")}
"""What goes on until somebody ends it; the first words of options decide."""
OF_WHAT_IS_LEFT = {"--from-folder", "--from-snapshot", "--history", "--backlog", "--take-poorer"}
"""Options for a source that no longer runs: their lines are run in a workspace that names none."""


PLACES = {
    "--wave 3": "1", "etl_*": "orders", "etl_orders": "orders", "data-team": "team",
    "path/to/site-packages": "site-packages", "venv/lib/python3.11/site-packages": "site-packages",
    "N": "1", "P": "p", "L": "l", "V1": "v1", "V2": "v2", "CODE": "CM101", "DAG": "orders", "NAME": "a", "ID": "123",
    "FILE": "out.txt", "WHY": "seen", "OWNER": "team", "COMMAND": "status",
    "/srv/migration": ".", "--workspace DIR": ".", "--history FILE": "form.csv", "dags/x": "dags/orders.py",
}  # fmt: skip


def without_globals(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words behind ``migrate`` and its own options."""
    rest = tuple("status" if word == "COMMAND" else word for word in words[1:])
    while rest and rest[0] in GLOBAL:
        rest = rest[2:]
    return rest


def command_of(rest: tuple[str, ...]) -> str:
    """The command with which the words begin; empty where there is none."""
    return next((" ".join(rest[:n]) for n in (2, 1) if " ".join(rest[:n]) in EVERY), "")


def only_named(rest: tuple[str, ...]) -> bool:
    """Whether a document speaks of a command, or of a group, that takes more than its name."""
    groups = {name.split()[0] for name in EVERY if " " in name}
    name = command_of(rest)
    lacking = [param for param in EVERY[name].params if param.required] if name else []
    return (rest == tuple(name.split()) and bool(lacking)) or (len(rest) == 1 and rest[0] in groups)


def wrong(words: tuple[str, ...]) -> str:
    """Why the program would not take the line; empty when it would."""
    rest = without_globals(words)
    own = {option for param in typer.main.get_command(app).params for option in param.opts}
    if only_named(rest) or (rest and set(rest) <= {*own, "--help", "--install-completion"}):
        return ""
    if not (name := command_of(rest)):
        return "no such command"
    try:
        EVERY[name].make_context(name, [numbered(word) for word in rest[len(name.split()) :]]).close()
    except Exception as error:  # noqa: BLE001 - the errors of the library that Typer carries along
        return str(getattr(error, "message", "") or error)
    return ""


def numbered(word: str) -> str:
    return "1" if word == "N" else word


@pytest.mark.parametrize("line", [line for line in FOUND if line.ours], ids=str)
def test_the_program_takes_a_line(line):
    assert wrong(line.words) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("`migrate plan --no-such`", "No such option"),
        ("`migrate cutover --wave x`", "valid integer"),
        ("`migrate complete --accept d`", "Missing parameter"),
        ("`migrate plans`", "no such command"),
        ("```sh\nuv run migrate demo --fast\n```", "No such option"),
        ("```sh\nmigrate plan && migrate deploy --wawe 1\n```", "No such option"),
        ("`migrate lab up|gone`", "no such command"),
    ],
)
def test_a_wrong_line_is_found(text, why):
    assert any(why in wrong(line.words) for line in of_markdown(text, "x"))


def test_lines_of_templates_are_found():
    text = "a `migrate plan --format {{ form }}` b <code>migrate audit</code>\n  entry: migrate rewrite --check\n"
    assert [line.words[1:] for line in of_text(text, "x")] == [
        ("plan", "--format", "x"), ("audit",), ("rewrite", "--check"),
    ]  # fmt: skip


def test_what_stands_in_capitals_is_explained():
    intro = (ROOT / "MIGRATION.md").read_text("utf-8").split("<!-- contents")[0]
    explained = set(re.findall(r"`([A-Z][A-Z0-9]*)`", intro))
    used = {name for line in FOUND for word in line.words for name in PLACEHOLDER.findall(word)}
    assert used <= explained, used - explained


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_not_run_here_is_run_where_the_table_says(name):
    path, words = ELSEWHERE[name]
    assert words in (ROOT / path).read_text("utf-8")
    assert any(" ".join(words[1:]).startswith(name) for words in OURS), "no document has it: take it out of the table"


def of_table(words: tuple[str, ...]) -> bool:
    return " ".join(without_globals(words)).startswith(tuple(ELSEWHERE))


def test_every_line_can_be_run(composer, tmp_path, monkeypatch):
    monkeypatch.setenv("MIGRATE_LAB_HOME", str(tmp_path / "no-lab"))
    kept, snapshot = estate.copied(tmp_path / "left"), estate.snapshot(tmp_path / "saved")
    words = PLACES | {
        "--from-folder DIR": str(kept), "--from-folder ~/composer-bucket": str(kept),
        "--from-snapshot DIR": str(snapshot), "--from-snapshot ~/snapshot": str(snapshot),
        "PYTHON": str(installs.ensure(installs.TARGET, print) / "bin" / "python"),
    }  # fmt: skip
    todo = [line for line in sorted(OURS.values(), key=turn) if not of_table(line.words) and runs(line)]
    failed: list[str] = []
    for live in (True, False):
        with desk(tmp_path / ("live" if live else "gone"), composer, words) as made:
            begin(made, live=live, left=str(kept))
            monkeypatch.chdir(made.root)
            mine = [line for line in todo if OF_WHAT_IS_LEFT.isdisjoint(line.words) == live]
            failed += [problem for line in mine if (problem := run(made, line))]
    assert not failed, "\n\n".join(failed)


def runs(line: Line) -> bool:
    rest = without_globals(line.words)
    return not only_named(rest)


def turn(line: Line) -> tuple[int, tuple[str, ...]]:
    """Commands come as a migration has them, each by itself before with options."""
    rest = without_globals(line.words)
    name = command_of(rest)
    return (list(CASES).index(name) if name in CASES else -1, line.words)


def begin(made: Desk, *, live: bool, left: str) -> None:
    made.root.mkdir()
    made.configure(live=live)
    made.play()
    (made.root / "dags").mkdir()
    (made.root / "dags" / "orders.py").write_bytes(estate.FILES["dags/orders.py"])
    (made.root / "form.csv").write_text(f"dag_id,last_succeeded\nstock,{estate.DUE.isoformat()}\n")
    package = made.root / "site-packages" / "airflow"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('__version__ = "2.10.5"\n')
    told = package.with_name("apache_airflow-2.10.5.dist-info")
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: apache-airflow\nVersion: 2.10.5\n")
    for words in (["inventory", *([] if live else ["--from-folder", left])], ["rewrite"], ["plan"], ["docs", *OFFLINE]):
        made.run(*words).ended(0)
    for name in ("a", "b") if live else ():
        (made.root / "fleet" / name).mkdir(parents=True)
        shutil.copy(made.root / "inventory.json", made.root / "fleet" / name)
        shutil.copy(made.root / "secrets.age", made.root / "fleet" / name)


def run(made: Desk, line: Line) -> str:
    """Run a line; what is wrong with how it ended, empty when nothing is."""
    given = made.filled(line.words[1:])
    rest = without_globals(line.words)
    name = command_of(rest)
    if rest in LASTING or name == "dashboard":
        return lasting(made, given)
    if name == "init":
        given = ["--workspace", f"new-{len(given)}", *given]
    if name == "resume":
        made.interrupted()
    ran = made.run(*given, *beside(name, given))
    return f"{line} ended {ran.code}\n{ran.out[-500:]}\n{ran.err[-1500:]}" if ran.code in {2, 70} else ""


def lasting(made: Desk, given: list[str]) -> str:
    """Start it, wait until it says something, and interrupt it."""
    command = [sys.executable, "-m", "migrator.cli", "--workspace", str(made.root), *given]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        try:
            said = process.stdout.readline()
            process.send_signal(signal.SIGINT)
            code = process.wait(60)
        finally:
            process.kill()
        said += process.stdout.read()
    return "" if code in {0, 130, -signal.SIGINT} and "Traceback" not in said else f"{given} ended {code}\n{said}"
