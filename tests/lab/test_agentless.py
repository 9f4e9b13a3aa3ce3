"""A target without the agent on the real Airflows: forward, back, and forward again by REST and the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from migrator.lab import estate
from migrator.lab.workspace import write_workspace
from tests.lab.journey import Journey, has_history, paused, wait_until

if TYPE_CHECKING:
    from migrator.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.soak]

DAG = """
from datetime import datetime, timedelta
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
dag = DAG("{name}", schedule_interval={schedule}, start_date=datetime(2026, 1, 1), catchup={catchup},
          default_args={{"owner": "alone", "depends_on_past": {past}}}, max_active_runs=1)
BashOperator(task_id="first", bash_command="sleep 1", dag=dag) >> BashOperator(
    task_id="work", bash_command="sleep 1", dag=dag)
"""
CRON, DELTA = '"*/2 * * * *"', "timedelta(minutes=2)"
SHAPES = {
    "cron_last": (CRON, False, False),
    "cron_past": (CRON, False, True),
    "once_last": ('"@once"', False, False),
    "none_last": ("None", False, False),
    "delta_last": (DELTA, False, False),
}
REFUSED = "delta_last"
TIMED = ("cron_last", "cron_past")


@pytest.fixture(scope="module")
def journey(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    root = tmp_path_factory.mktemp("agentless")
    journey = Journey(root)
    texts = {
        f"{name}.py": DAG.format(name=name, schedule=schedule, catchup=catchup, past=past)
        for name, (schedule, catchup, past) in SHAPES.items()
    }
    estate.load(lab, texts)
    write_workspace(lab, root, observe=1, pins={name: int(name == REFUSED) for name in SHAPES})
    wait_until(lambda: has_history(root, (*TIMED, "once_last", "delta_last")), 420)
    for command in ("inventory", "rewrite", "plan", "deploy"):
        journey.run(command)
    config = root / "migrate.toml"
    config.write_text(config.read_text("utf-8").replace("[target]\n", "[target]\nagent = false\n"), "utf-8")
    journey.run("cutover", "--wave", "1", "--yes", "--unverified", code=None, name="refused")
    journey.run("cutover", "--wave", "0", "--yes", code=None, name="verified")
    for name, side in (("forward", 1), ("back", 0), ("again", 1)):
        command = "rollback" if name == "back" else "cutover"
        journey.run(command, "--wave", "0", "--yes", *(["--unverified"] if side else []), name=name)
        journey.seen[name] = paused(root)
        since = datetime.now(UTC).isoformat()
        wait_until(lambda since=since, side=side: has_history(root, TIMED, since=since, side=side), 420)  # type: ignore[misc]
    journey.seen["audit"] = journey.audit(code=0)
    return journey


def test_each_interval_ran_once_in_one_of_the_two(journey: Journey) -> None:
    print(journey.seen["audit"]["summary"])
    ledger = {dag["dag_id"]: dag for dag in journey.seen["audit"]["dags"]}
    assert {
        name: (one["duplicates"], one["gaps"]) for name, one in ledger.items() if one["duplicates"] or one["gaps"]
    } == {}
    assert all(min(ledger[name]["by_v1"], ledger[name]["by_v2"]) >= 1 for name in TIMED)
    assert ledger["once_last"]["by_v2"] == 0


@pytest.mark.parametrize(
    ("when", "wanted"), [("forward", (True, False)), ("back", (False, True)), ("again", (True, False))]
)
def test_it_is_on_where_it_belongs(journey: Journey, when: str, wanted: tuple[bool, bool]) -> None:
    assert {journey.seen[when][name] for name in SHAPES if name != REFUSED} == {wanted}
    assert journey.seen[when][REFUSED] == (False, True)


def test_what_it_cannot_move_exactly_is_refused_by_name(journey: Journey) -> None:
    assert journey.ran["refused"].code != 0
    assert "a timedelta without catchup" in journey.ran["refused"].out + journey.ran["refused"].err


def test_the_comparison_of_both_sides_says_that_it_needs_the_agent(journey: Journey) -> None:
    assert journey.ran["verified"].code == 4
    assert "can't be compared" in journey.ran["verified"].err
    assert "--unverified" in journey.ran["verified"].err
