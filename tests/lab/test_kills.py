"""SIGKILL of the real process at every point that it passes, on the real Airflows: each interval once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.lab.hardship import Hardship, begin, never_on_in_both

if TYPE_CHECKING:
    from migrator.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.soak]

PARTS = 6
"""Each part is a test of its own: a few minutes on the same lab."""
CHAIN = 9
"""How many processes die on one way there or back, each further on than the one before."""
TRIES = 12
"""How many times there and back at most: a resume does not pass again what lies before the death."""
KILLED = -9


@pytest.fixture(scope="module")
def hardship(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Hardship:
    """Once there and back without harm: the code itself says what points it passes."""
    found = begin(lab, tmp_path_factory.mktemp("kills"))
    for way in ("forward", "back"):
        list_of = found.root / f"{way}.points"
        ran = found.mortal(*found.command(forward=way == "forward"), points=str(list_of))
        assert ran.code == 0, str(ran)
        found.points[way] = list_of.read_text().splitlines()
        print(f"{way}: {len(found.points[way])} points")
    return found


def chains(points: list[str]) -> list[list[str]]:
    """The points in chains that each run along the whole way."""
    count = -(-len(points) // CHAIN)
    return [points[start::count] for start in range(count)]


def die_along(hardship: Hardship, chain: list[str], *, forward: bool) -> list[str]:
    """Go one way with a death at each of these points; the points that were not passed."""
    missed = []
    for point in chain:
        if hardship.there is forward:
            missed.append(point)
            continue
        begun = time.monotonic()
        ran = hardship.mortal(*hardship.command(forward=forward), die_at=point)
        print(f"{time.monotonic() - begun:5.1f} s  {ran.code:>3}  {ran.arguments[0]:<8}  {point}", flush=True)
        assert ran.code in {0, KILLED}, str(ran)
        if ran.code == 0:
            missed.append(point)
    if hardship.there is not forward or hardship.command(forward=forward)[0] == "resume":
        hardship.journey.run(*hardship.command(forward=forward))
    assert hardship.there is forward
    return missed


@pytest.mark.parametrize("part", range(PARTS))
def test_a_kill_at_every_point(hardship: Hardship, part: int) -> None:
    left = {way: points[part::PARTS] for way, points in hardship.points.items()}
    count = sum(len(points) for points in left.values())
    tried, began = 0, time.monotonic()
    with never_on_in_both(hardship.lab) as seen:
        while any(left.values()) and tried < TRIES:
            for way in ("forward", "back"):
                made = chains(left[way])
                missed = die_along(hardship, made[0] if made else [], forward=way == "forward")
                others = [point for chain in made[1:] for point in chain]
                left[way] = sorted([*missed, *others], key=hardship.points[way].index)
            tried += 1
    found = hardship.settle()
    killed = count - sum(len(points) for points in left.values())
    print(f"part {part}: killed at {killed} of {count} points in {time.monotonic() - began:.0f} s; {found['summary']}")
    assert left == {"forward": [], "back": []}
    assert seen == [seen[-1]], seen
    problems = {dag["dag_id"]: (dag["duplicates"], dag["gaps"]) for dag in found["dags"]}
    assert not any(any(what) for what in problems.values()), problems


@pytest.mark.parametrize("action", ["v1 pause_if_idle", "v2 carry_over", "v2 switch_on"])
def test_a_kill_while_an_agent_acts_and_a_rollback_at_once(hardship: Hardship, action: str) -> None:
    """What was asked for may be done after the process is gone: nothing of it may surprise the way back."""
    [point] = [point for point in hardship.points["forward"] if point.endswith(f"{action}, asked")]
    with never_on_in_both(hardship.lab) as seen:
        ran = hardship.mortal(*hardship.command(forward=True), die_at=point)
        assert ran.code == KILLED, str(ran)
        hardship.journey.run("rollback", "--wave", "0", "--yes")
    assert hardship.here
    assert len(seen) == 1, seen
    found = hardship.settle()
    print(f"{action}: {found['summary']}")
    problems = {dag["dag_id"]: (dag["duplicates"], dag["gaps"]) for dag in found["dags"]}
    assert not any(any(what) for what in problems.values()), problems
