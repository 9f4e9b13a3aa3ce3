"""A v1 that died half way, on the real Airflows: two masters are refused, SIGKILL at every point, each policy kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.lab import gone
from tests.lab.gone import HALF, POLICIES, B, alive, dead, name_no_source, prepare, twice
from tests.lab.hardship import Hardship
from tests.lab.journey import has_history, wait_until
from tests.lab.test_kills import KILLED, TRIES, chains

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.soak]


@pytest.fixture(scope="module")
def hardship(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Hardship:
    """v1 is dead, and all is ready for the waves; what was seen of the attempts while it lived is in the journey."""
    root = tmp_path_factory.mktemp("gone")
    journey = alive(lab, root)
    two_masters(lab, journey)
    snapshot = dead(lab, root)
    prepare(journey, snapshot)
    return Hardship(lab, journey)


def two_masters(lab: Lab, journey: Any) -> None:
    """A snapshot while v1 runs: what a wave from it and doctor say, without [source] and with it."""
    named = (journey.root / "migrate.toml").read_bytes()
    early = gone.ending.saved(lab, journey.root / "early")
    name_no_source(lab, journey.root)
    prepare(journey, early)
    journey.run("doctor", code=1, name="doctor alive")
    for name in ("unnamed", "named"):
        if name == "named":
            (journey.root / "migrate.toml").write_bytes(named)
        journey.run("cutover", "--wave", "0", "--yes", code=4, name=name)
        assert not (journey.root / ".migrate/journal.db").exists() or not Hardship(lab, journey).there


@pytest.mark.parametrize("name", ["unnamed", "named"])
def test_while_v1_runs_a_wave_from_its_snapshot_is_refused(hardship: Hardship, name: str) -> None:
    ran = hardship.journey.ran[name]
    assert "two masters" in " ".join(ran.err.split()), str(ran)
    assert "RUNNING" in hardship.journey.ran["doctor alive"].out


@pytest.fixture(scope="module")
def half(hardship: Hardship) -> Mapping[str, Any]:
    """The wave of the DAGs that were half done, and its ledger."""
    hardship.journey.run("doctor", name="doctor dead")
    hardship.journey.run("cutover", "--wave", "1", "--yes", name="half")
    running = [name for name in HALF if not name.endswith("skip")]
    wait_until(lambda: has_history(hardship.root, tuple(running), side=1), 420)
    found = hardship.journey.audit("half audit")
    print(found["summary"], flush=True)
    return {row["dag_id"]: row for row in found["dags"]}


@pytest.mark.parametrize("kind", B)
@pytest.mark.parametrize("policy", POLICIES)
def test_what_was_half_done_goes_by_its_policy(
    hardship: Hardship, half: Mapping[str, Any], kind: str, policy: str
) -> None:
    name = f"half_{kind}_{policy}"
    row = half[name]
    assert (row["duplicates"], row["gaps"], row["extras"]) == ([], [], []), row
    assert (row["by_v2"], len(row["skipped_by_decision"])) == ((0, 1) if policy == "skip" else (1, 0)), row
    folder = hardship.lab.target.home / "logs" / f"dag_id={name}"
    worked = {path.parent.name.removeprefix("task_id=") for path in folder.rglob("attempt=*.log")}
    assert worked == {"continue": {"b"}, "rerun": {"a", "b"}, "skip": set()}[policy]


def test_a_kill_at_every_point_of_a_wave_from_a_snapshot(hardship: Hardship) -> None:
    """There with a SIGKILL at each journal write and remote call, and back without harm, until each had its own."""
    list_of = hardship.root / "forward.points"
    ran = hardship.mortal(*hardship.command(forward=True), points=str(list_of))
    assert ran.code == 0, str(ran)
    points = left = list_of.read_text().splitlines()
    print(f"{len(points)} points", flush=True)
    tried, began = 0, time.monotonic()
    while left and tried < TRIES:
        hardship.journey.run("rollback", "--wave", "0", "--yes", name=f"back {tried}")
        chain, *others = chains(left)
        missed = [point for point in chain if not dies(hardship, point)]
        if not hardship.arrived(forward=True):
            hardship.journey.run(*hardship.command(forward=True), name=f"there {tried}")
        assert hardship.there
        left = sorted([*missed, *(point for one in others for point in one)], key=points.index)
        tried += 1
    found = hardship.settle()
    print(f"killed at {len(points) - len(left)} of {len(points)} points in {time.monotonic() - began:.0f} s;"
          f" {found['summary']}", flush=True)  # fmt: skip
    for row in found["dags"]:
        print(row["dag_id"], row["ran_once"], row.get("in_outage"), row["duplicates"], row["gaps"], flush=True)
    assert left == []
    assert len(points) >= 60
    assert {row["dag_id"]: row for row in found["dags"] if row["duplicates"] or row["gaps"]} == {}
    assert twice(hardship.lab) == set()


def dies(hardship: Hardship, point: str) -> bool:
    """Whether the process died at the point; it goes on from where the one before ended."""
    if hardship.there:
        return False
    begun = time.monotonic()
    ran = hardship.mortal(*hardship.command(forward=True), die_at=point)
    print(f"{time.monotonic() - begun:5.1f} s  {ran.code:>3}  {ran.arguments[0]:<8}  {point}", flush=True)
    assert ran.code in {0, KILLED}, str(ran)
    return ran.code == KILLED
