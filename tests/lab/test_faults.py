"""Connections that fail, a full disk, a second operator, a restart in the middle, on the real Airflows: each interval
once.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from migrator.cutover.machine import State
from migrator.lab import lab as labs
from migrator.lab.workspace import write_workspace
from tests.lab.hardship import DAGS, Hardship, begin, never_on_in_both
from tests.lab.journey import Journey, Ran, wait_until
from tests.lab.weather import KINDS, ROUNDS, Weather, between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.soak]

TOLD = {0, 2, 3}
"""How a command may end that met a fault: it is well, or the environment could not be reached, or items failed."""
HUNG = ("gcs POST /upload", "gcs GET /download", "api POST", "api GET")
"""What is asked for and never answered, though the server acts; one on each of the first ways."""


@pytest.fixture(scope="module")
def weather() -> Weather:
    return Weather()


@pytest.fixture(scope="module")
def hardship(lab: Lab, weather: Weather, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hardship]:
    """The wave of five DAGs, in a workspace whose every connection goes through the proxy."""
    found = begin(lab, tmp_path_factory.mktemp("faults"))
    with between(weather, gcs=lab.gcs_endpoint, api=lab.api_endpoint, rest=lab.target.url) as url:
        through = replace(
            lab, gcs_endpoint=url["gcs"], api_endpoint=url["api"], target=replace(lab.target, url=url["rest"])
        )
        write_workspace(through, found.root, observe=1, pins=dict.fromkeys(DAGS, 0))
        yield found
        check(found.settle(), "at the end")


@pytest.fixture(autouse=True)
def account(hardship: Hardship, request: pytest.FixtureRequest) -> Iterator[None]:
    """Around each test: never on in both, and afterwards each interval exactly once."""
    with never_on_in_both(hardship.lab) as seen:
        yield
    assert len(seen) == 1, seen
    check(hardship.journey.audit(), request.node.name)


def check(found: dict[str, Any], when: str) -> None:
    print(f"{when}: {found['summary']}", flush=True)
    problems = {dag["dag_id"]: (dag["duplicates"], dag["gaps"]) for dag in found["dags"]}
    assert not any(any(what) for what in problems.values()), problems


def go_on(hardship: Hardship, *, forward: bool) -> list[Ran]:
    """What an operator does: run what the last message said until the wave has arrived."""
    ran: list[Ran] = []
    while not hardship.arrived(forward=forward):
        assert len(ran) < 8, "\n".join(map(str, ran))
        ran.append(hardship.journey.run(*hardship.command(forward=forward), code=None))
        assert ran[-1].code in TOLD or "changed hands just now" in ran[-1].err, str(ran[-1])
    return ran


def test_connections_fail_in_every_manner(hardship: Hardship, weather: Weather) -> None:
    again, ways = 0, 0
    for way in range(ROUNDS):
        weather.begin(way, hang=dict(enumerate(HUNG)).get(way))
        forward = not hardship.there
        try:
            ran = go_on(hardship, forward=forward)
        finally:
            weather.begin(None)
        ways += 1
        again += len(ran) - 1
        codes = [one.code for one in ran]
        print(f"way {way} {'there' if forward else 'back'}: {codes}, {faults(weather)} faults so far", flush=True)
    for kind in (*KINDS, "hung"):
        counts = {name: len(at) for (name, how), at in weather.done.items() if how == kind}
        print(f"{kind}: {sum(counts.values())} times, in {len(counts)} sorts of requests")
    print(f"{faults(weather)} faults on {ways} ways; {again} commands had to be followed by another")
    assert {kind for _, kind in weather.done} == {*KINDS, "hung"}
    assert faults(weather) > 300


def faults(weather: Weather) -> int:
    return sum(len(at) for at in weather.done.values())


@pytest.mark.parametrize("write", [2, 5, 8, 11, 14, 17])
def test_the_disk_is_full(hardship: Hardship, write: int) -> None:
    forward = not hardship.there
    ran = hardship.mortal(*hardship.command(forward=forward), full_at=str(write))
    assert ran.code == 2, str(ran)
    assert "database or disk is full" in ran.err
    assert "migrate resume" in ran.err
    go_on(hardship, forward=forward)


def test_a_second_operator(hardship: Hardship) -> None:
    """The same plan in another folder: refused while the first is at work, and after it."""
    if hardship.there:
        go_on(hardship, forward=False)
    other = hardship.root.with_name("second")
    shutil.copytree(hardship.root, other)
    second = Journey(other)
    process = started(hardship, forward=True)
    wait_until(lambda: hardship.has("intent", State.PAUSED), 120, every=0.05)
    for words in (("cutover", "--wave", "0"), ("rollback", "--wave", "0")):
        assert "Another cutover is running" in second.run(*words, "--yes", code=4).err
    assert process.wait(240) == 0
    refused = second.run("cutover", "--wave", "0", "--yes", code=4)
    assert "it is unpaused in v2 already" in refused.err


RESTARTED = (
    ("v1-scheduler", "v2-scheduler", "v2-webserver"),
    ("postgres",),
    ("gcs", "composer-api"),
)


@pytest.mark.parametrize("names", RESTARTED, ids="+".join)
@pytest.mark.parametrize("state", [State.PAUSED, State.CARRIED_OVER])
def test_an_environment_is_restarted_in_the_middle(hardship: Hardship, names: tuple[str, ...], state: State) -> None:
    forward = not hardship.there
    process = started(hardship, forward=forward)
    wait_until(lambda: hardship.has("intent", state) or process.poll() is not None, 180, every=0.05)
    kill(hardship.lab, names)
    time.sleep(5)
    labs.up(hardship.lab.home, print)
    assert process.wait(400) in TOLD
    ran = go_on(hardship, forward=forward)
    print(f"{'+'.join(names)} at {state.name}: {process.returncode}, then {[one.code for one in ran]}", flush=True)


def started(hardship: Hardship, *, forward: bool) -> subprocess.Popen[bytes]:
    command = hardship.journey.command(*hardship.command(forward=forward))
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill(lab: Lab, names: tuple[str, ...]) -> None:
    """End these servers of the lab and all they started, at once."""
    for row in labs.status(lab.home):
        if row.name in names and row.alive:
            for process in (*psutil.Process(row.pid).children(recursive=True), psutil.Process(row.pid)):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGKILL)
