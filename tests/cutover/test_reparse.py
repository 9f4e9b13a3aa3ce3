"""What the destination says comes next: when it counts, and when it may be of a while ago."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, Done, Failed, Outcome, Record, State, Waiting
from migrator.cutover.steps import reparse
from migrator.cutover.wave import move_of
from migrator.environments.ports import RestDag
from tests.cutover.harness import Harness
from tests.cutover.model_airflow import START

if TYPE_CHECKING:
    from pathlib import Path

END = START + timedelta(minutes=2)
SECOND = timedelta(seconds=1)


class Rest:
    """Shows one DAG."""

    def __init__(self, parsed: datetime | None, following: datetime | None) -> None:
        self.found = RestDag("eager", True, parsed, following, False)

    def dags(self) -> dict[str, RestDag]:
        return {"eager": self.found}


def judged(
    tmp_path: Path, parsed: datetime | None, following: datetime | None, *, exact: bool, **facts: str
) -> Outcome:
    harness = Harness(tmp_path / "journal.db")
    mark = {"start": START.isoformat(), "end": END.isoformat()}
    known = {"carried_at": START.isoformat(), "exact": exact, "watermark": mark, **facts}
    with closing(Journal(harness.path)) as journal:
        attempt = journal.begin(1, Direction.FORWARD, ["eager"], START, "me")
        move = move_of(harness.trip(journal), attempt, ["eager"])
    move = replace(move, destination=replace(move.destination, rest=Rest(parsed, following)))  # type: ignore[arg-type]
    return reparse.act(move, [Record("eager", State.CARRIED_OVER, known)])["eager"]


@pytest.mark.parametrize(
    ("since", "following", "exact", "wanted"),
    [
        (-SECOND, END, True, Done),
        (-SECOND, START, True, Waiting),
        (SECOND, START, True, Failed),
        (SECOND, END, True, Done),
        (-SECOND, END, False, Waiting),
        (None, END, False, Waiting),
        (SECOND, END, False, Done),
        (SECOND, START, False, Failed),
    ],
)
def test_what_is_not_right_counts_only_when_it_is_newer_than_the_carry_over(
    tmp_path: Path, since: timedelta | None, following: datetime, exact: bool, wanted: type
) -> None:
    found = judged(tmp_path, None if since is None else START + since, following, exact=exact)
    assert isinstance(found, wanted), found


@pytest.mark.parametrize(
    ("left", "exact", "wanted"),
    [(END, True, Done), (START, True, Failed), (END, False, Failed), (START, False, Failed)],
)
def test_only_what_an_exact_carry_over_left_right_is_not_read_again(
    tmp_path: Path, left: datetime, exact: bool, wanted: type
) -> None:
    found = judged(tmp_path, START + SECOND, START, exact=exact, next_dagrun=left.isoformat())
    assert isinstance(found, wanted), found
