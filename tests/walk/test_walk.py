"""One estate through every command, in terminals of every kind: no line too wide, no traceback, no old word."""

from __future__ import annotations

from itertools import cycle, islice, repeat
from typing import TYPE_CHECKING, Any

import pytest

from tests.environments.servers import scripted
from tests.planted import estate
from tests.planted.cases import CASES
from tests.planted.test_commands import EVERY, every, run_case
from tests.walk.desk import AtTerminal
from tests.walk.gone import gone_from
from tests.walk.screen import SETTINGS, Shown, faults, too_wide

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IN_PROCESS = ("60", "80", "160", "piped")


@pytest.fixture
def desk(composer, tmp_path: Path) -> Iterator[AtTerminal]:
    lab, source, target = composer

    def rest(_method: str, path: str, _body: Any) -> tuple[int, Any]:
        if "importErrors" in path:
            broken = [{"filename": f"/home/airflow/gcs/dags/{one}", "stack_trace": "x" * 200} for one in server.files]
            return 200, {"import_errors": broken, "total_entries": len(broken)}
        rows = [{"dag_id": one, "is_paused": True, "last_parsed_time": estate.NOW.isoformat()} for one in estate.IDS]
        return 200, {"dags": rows, "total_entries": len(rows)}

    with scripted(rest) as server:
        server.files = ()
        made = AtTerminal(tmp_path / "ws", lab, source, target, server)
        made.begin()
        yield made


@pytest.mark.soak
@pytest.mark.parametrize("first", range(len(IN_PROCESS)))
def test_every_command_in_this_process(desk, first):
    desk.here, desk.settings = True, islice(cycle(IN_PROCESS), first, None)
    every(desk, whole=False)
    assert desk.lines > 1000
    assert desk.faults == []


@pytest.mark.soak
@pytest.mark.parametrize("name", SETTINGS)
def test_every_command_as_a_process(desk, name):
    desk.settings = repeat(name)
    every(desk, whole=False)
    assert desk.faults == []


def test_some_commands(desk):
    desk.here, desk.settings = True, cycle(IN_PROCESS)
    desk.prepare()
    for name in ("assess", "deploy", "verify", "explain"):
        run_case(desk, name, CASES[name][0], (), ())
    desk.here, desk.settings = False, cycle(SETTINGS)
    for name in ("rules", "status", "plan"):
        run_case(desk, name, CASES[name][0], (), ())
    assert desk.faults == []


@pytest.mark.parametrize("width", [60, pytest.param(80, marks=pytest.mark.soak)])
def test_help_of_each_command(desk, width):
    desk.here, desk.settings = True, repeat(str(width))
    for name in ["", *EVERY, *{one.split()[0] for one in EVERY if " " in one}]:
        desk.run(*name.split(), "--help")
        desk.run(*name.split(), "--no-such-option-of-this-command")
    assert desk.faults == []


def test_the_judge_sees_what_is_wrong():
    assert faults(Shown(0, "a fine line\n"), 60, ()) == []
    assert len(faults(Shown(70, "x " * 40 + "\nTraceback (most recent call last)\ncatchup is not said"), 60, ())) == 4
    assert not too_wide("x" * 90, 60)
    assert gone_from("timeout 2.4192e+06s\n28 days") == ["timeout 2.4192e+06s"]
