"""No command shows, writes or uploads a secret: every one with every format, when it works and when it fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib import request

import pytest
import typer.main

from migrator.cli.app import app
from tests.browser.watching import dashboard
from tests.environments.servers import scripted
from tests.planted import estate, forms
from tests.planted.cases import CASES, NOT_OF_AN_ESTATE, Case
from tests.planted.desk import Desk
from tests.planted.forms import planted, wrapped
from tests.planted.sightings import sightings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def commands(found: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command of the program, by its words."""
    found = found or typer.main.get_command(app)
    if not hasattr(found, "commands"):
        yield " ".join(path), found
    for name, command in getattr(found, "commands", {}).items():
        yield from commands(command, (*path, name))


def formats(command: Any) -> list[tuple[str, ...]]:
    """Each value of each option of the command that chooses a form."""
    found: list[tuple[str, ...]] = []
    for option in command.params:
        if {"--format", "--tickets"} & set(option.opts):
            choices = [one.value for one in option.type_descriptor.choices or ()]
            values = choices or option.help.rstrip(".").split(" or ")
            found += [(option.opts[0], value) for value in values]
    return found or [()]


EVERY = dict(commands())
WRITERS = ("assess", "plan", "provision", "docs", "local init", "policies", "report")
ALONE = frozenset(
    {*WRITERS, "init", "rewrite", "rules", "explain", "profile list", "profile build", "fleet list", "fleet check",
     "lab status", "lab down"}
)  # fmt: skip
"""Commands that ask no environment: in the default run they are not tried again with environments that fail."""


def test_each_command_has_a_case():
    assert set(CASES) | set(NOT_OF_AN_ESTATE) == set(EVERY)
    assert {name for name in EVERY if formats(EVERY[name]) != [()]} >= {"audit", "plan", "rewrite", "docs", "status"}
    assert ("--format", "sarif") in formats(EVERY["rewrite"])
    assert ("--format", "json") in formats(EVERY["audit"])


@pytest.fixture
def desk(composer, tmp_path: Path) -> Iterator[Desk]:
    lab, source, target = composer
    errors = [{"filename": f"/home/airflow/gcs/dags/b{n}.py", "stack_trace": t} for n, t in enumerate(estate.texts())]

    def rest(_method: str, path: str, _body: Any) -> tuple[int, Any]:
        if "importErrors" in path:
            more = [{**errors[0], "filename": f"/home/airflow/gcs/dags/{one}"} for one in server.files]
            return 200, {"import_errors": errors + more, "total_entries": len(errors + more)}
        rows = [{"dag_id": one, "is_paused": True, "last_parsed_time": estate.NOW.isoformat()} for one in estate.IDS]
        return 200, {"dags": rows, "total_entries": len(rows)}

    with scripted(rest) as server:
        server.files = ()
        made = Desk(tmp_path / "ws", lab, source, target, server)
        made.begin()
        yield made


DEBUG = ("--debug",)


def every(desk: Desk, *, whole: bool, before: tuple[str, ...] = ()) -> None:
    """Run each case of each command with each format, or only with the first."""
    for name, cases in CASES.items():
        for case in cases if whole or not desk.failing or name not in ALONE else ():
            forms = formats(EVERY[name]) if case.formats else [()]
            for form in forms if whole else forms[:1]:
                run_case(desk, name, case, form, before)


def run_case(desk: Desk, name: str, case: Case, form: tuple[str, ...], before: tuple[str, ...]) -> None:
    copy = desk.root.parent / "copy"
    (copy / "dags").mkdir(parents=True, exist_ok=True)
    (copy / "dags" / "etl.py").write_bytes(estate.FILES["dags/etl.py"])
    places = {"folder": str(copy), "home": str(copy.with_name("home")), "taken": desk.rest.url.rpartition(":")[2]}
    if case.arrange:
        case.arrange(desk)
    words = [*name.split(), *(one.format(**places) for one in case.arguments), *form]
    ran = desk.run(*words, before=before)
    assert ran.code != 70, f"{ran.command}\n{ran.err}"
    if not desk.failing:
        assert (ran.code in {2, 4}) == case.refused, f"{ran.command} ended {ran.code}\n{ran.err}"


def clean(desk: Desk) -> None:
    """No secret was seen anywhere, and what holds some on purpose is its owner's alone."""
    print(f"planted {next(forms.numbers)} times: {dict(desk.count)}, {len(desk.leaks)} sightings")
    leaks = [f"{where}: {len(found)}, such as {found[0]}" for where, found in desk.leaks.items()]
    assert not leaks, "\n".join(leaks)
    assert desk.open_to_others() == []


def test_the_search_finds_what_is_planted(desk):
    for text in (*planted(), *wrapped()):
        assert sightings(text), text
    (desk.root / "leak.txt").write_text(planted()[0])
    desk.look("a command")
    assert list(desk.leaks) == ["a command: leak.txt"]
    assert len(planted()) >= 60


def test_every_command_with_every_format(desk):
    every(desk, whole=True)
    clean(desk)


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_agents_that_fail(desk, whole):
    """Once there is a workspace, everything that an agent says is an error full of secrets."""
    desk.prepare()
    desk.fail("\n".join(estate.texts()))
    every(desk, whole=whole, before=DEBUG)
    if whole:
        every(desk, whole=whole)
    clean(desk)


@pytest.mark.parametrize("status", [403, pytest.param(400, marks=pytest.mark.soak)])
def test_an_api_that_refuses(desk, status):
    desk.prepare()
    told = {"error": {"code": status, "message": "\n".join(estate.texts()), "status": "REFUSED"}}
    with scripted(lambda *_: (status, told)) as api:
        desk.reach(api.url)
        every(desk, whole=status != 403)
        every(desk, whole=status != 403, before=DEBUG)
    clean(desk)


@pytest.mark.parametrize("mysql", [False, True], ids=["postgresql", "mysql"])
def test_a_snapshot(desk, tmp_path, mysql):
    folder = estate.snapshot(tmp_path / "snapshot", mysql=mysql)
    for form in formats(EVERY["inventory"]):
        ran = desk.run("inventory", "--from-snapshot", str(folder), *form)
        assert ran.code == 0, ran.err
    for name in WRITERS:
        run_case(desk, name, CASES[name][0], formats(EVERY[name])[-1], ())
    clean(desk)


@pytest.mark.parametrize("value", ["{secret}", ["{secret}"], {"A": ["{secret}"]}, {"A": {"x": "{secret}"}}])
@pytest.mark.parametrize("before", [(), DEBUG], ids=["plain", "debug"])
def test_settings_of_another_form_than_the_api_gives_them(desk, tmp_path, value, before):
    folder = estate.snapshot(tmp_path / "snapshot", mysql=False)
    content = json.loads((folder / "environment.json").read_text())
    content["config"]["softwareConfig"]["envVariables"] = value
    (folder / "environment.json").write_text(json.dumps(content).replace("{secret}", "hunter2-Zebra0"))
    ran = desk.run("inventory", "--from-snapshot", str(folder), before=before)
    assert ran.code == 2
    assert "envVariables" in ran.err
    clean(desk)


def test_what_the_dashboard_serves(desk):
    """All that it sends while runs with secrets in their ids hold a wave up."""
    desk.prepare()
    run_case(desk, "deploy", CASES["deploy"][-1], (), ())
    run_case(desk, "cutover", CASES["cutover"][1], (), ())
    with dashboard(desk.root) as address:
        served = [request.urlopen(address.replace("/?", f"/{path}?")).read() for path in ("", "status.json")]
        with request.urlopen(address.replace("/?", "/events?")) as events:
            served += [events.readline() for _ in range(20)]
    assert b"waiting" in b"".join(served)
    assert [one for part in served for one in sightings(part)] == []
    clean(desk)


@pytest.mark.soak
@pytest.mark.parametrize("mysql", [False, True], ids=["postgresql", "mysql"])
def test_every_command_after_a_snapshot(desk, tmp_path, mysql):
    folder = estate.snapshot(tmp_path / "snapshot", mysql=mysql)
    assert desk.run("inventory", "--from-snapshot", str(folder)).code == 0
    desk.failing = True  # what it read is another estate than the agents'
    every(desk, whole=True)
    every(desk, whole=False, before=DEBUG)
    clean(desk)
