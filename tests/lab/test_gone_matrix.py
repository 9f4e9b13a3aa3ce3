"""Each schedule, catchup, policy, depends_on_past and max_active_runs of a backlog, all at once on the real 2.10.5.

v1 left nothing but its code; people declare each DAG's last run.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from migrator.lab import ending
from migrator.lab.workspace import write_workspace
from tests.lab.journey import Journey

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.soak]

PERIOD = timedelta(minutes=30)
MISSED = 4
"""So many intervals nobody ran; one more where the clock passes a boundary before the wave."""
SCHEDULES = {"cron": '"*/30 * * * *"', "delta": "timedelta(minutes=30)"}
POLICIES = ("runall", "runlatest", "skip", "from")
LONGEST = 1500
CODE = """
from datetime import datetime, timedelta
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
dag = DAG("{name}", schedule_interval={schedule}, start_date=datetime({start:%Y, %-m, %-d, %-H, %-M}),
          catchup={catchup}, max_active_runs={most}, default_args={{"owner": "matrix", "depends_on_past": {past}}})
BashOperator(task_id="work", bash_command="sleep 1", dag=dag)
"""
DECIDED = """
[cutover.backlog]
runs_at_once = 24

[cutover.backlog.dags]
"*_runall_*" = "run-all"
"*_runlatest_*" = "run-latest"
"*_skip_*" = "skip"
"*_from_*" = "from {since:%Y-%m-%d %H:%M}"
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """One DAG of the matrix."""

    kind: str
    catchup: bool
    policy: str
    past: bool
    most: int

    @property
    def name(self) -> str:
        words = ("all" if self.catchup else "last", self.policy, "past" if self.past else "free", str(self.most))
        return "_".join((self.kind, *words))


CELLS = [Cell(*one) for one in product(SCHEDULES, (True, False), POLICIES, (True, False), (1, 4))]


@pytest.fixture(scope="module")
def journey(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """The whole road from a folder of code and a form, in the words that an operator types."""
    root = tmp_path_factory.mktemp("matrix")
    ending.switch_off(lab.home, lab)
    now = datetime.now(UTC)
    boundary = now.replace(minute=now.minute - now.minute % 30, second=0, microsecond=0)
    folder, last = root / "copy", boundary - (MISSED + 1) * PERIOD
    write(folder, last)
    form = root / "form.csv"
    form.write_text("".join(f"{cell.name},{last.isoformat()},UTC\n" for cell in CELLS))
    write_workspace(lab, root, wave_size=len(CELLS), observe=1, pins={cell.name: 0 for cell in CELLS}, ended=True)
    with (root / "migrate.toml").open("a", encoding="utf-8") as config:
        config.write(DECIDED.format(since=last + 3 * PERIOD))
    journey = Journey(root)
    journey.run("inventory", "--from-folder", str(folder), "--history", str(form))
    for words in (["rewrite"], ["plan"], ["plan", "--backlog"], ["deploy"], ["cutover", "--wave", "0", "--yes"]):
        journey.run(*words, name=" ".join(words))
    journey.seen["audit"] = settled(journey)
    return journey


def write(folder: Path, last: datetime) -> None:
    (folder / "dags").mkdir(parents=True)
    for cell in CELLS:
        text = CODE.format(
            name=cell.name, schedule=SCHEDULES[cell.kind], start=last - 3 * PERIOD, catchup=cell.catchup,
            most=cell.most, past=cell.past,
        )  # fmt: skip
        (folder / f"dags/{cell.name}.py").write_text(text)


def settled(journey: Journey) -> dict[str, Any]:
    """The ledger, once nothing of the outage waits any more."""
    until = time.monotonic() + LONGEST
    while True:
        found = journey.audit()
        waiting = [row["dag_id"] for row in found["dags"] if row["pending"] or row["in_outage"]["waiting"]]
        print(f"{datetime.now(UTC):%H:%M:%S} {len(waiting)} wait; {found['summary']}", flush=True)
        if not waiting or time.monotonic() > until:
            return found
        time.sleep(15)


@pytest.fixture(scope="module")
def ledger(journey: Journey) -> dict[str, Any]:
    return {row["dag_id"]: row for row in journey.seen["audit"]["dags"]}


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_each_interval_goes_by_its_policy(ledger: dict[str, Any], cell: Cell) -> None:
    row = ledger[cell.name]
    assert (row["duplicates"], row["gaps"], row["extras"], row["pending"]) == ([], [], [], 0), row
    ran, skipped = row["in_outage"]["run"], len(row["skipped_by_decision"])
    assert (row["by_v1"], [one["runs"] for one in row["inferred"]]) == (0, [["v1:declared"]]), row
    assert ran + skipped in {MISSED, MISSED + 1}, row
    missed = ran + skipped
    assert (ran, skipped) == {
        "runall": (missed, 0), "runlatest": (1, missed - 1), "skip": (0, missed), "from": (missed - 2, 2)
    }[cell.policy], row  # fmt: skip


def test_the_whole_ledger_is_clean(journey: Journey) -> None:
    print(journey.seen["audit"]["summary"])
    assert journey.ran["audit"].code == 0
