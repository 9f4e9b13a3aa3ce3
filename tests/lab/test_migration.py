"""A real 1.10.15 carried over to a real 2.10.5: what happened to each DAG, and that each interval ran exactly once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from migrator.workspace.connect import connected
from migrator.workspace.workspace import open_workspace
from tests.lab.journey import FIRST_KILL, KILLS, Journey, prepare, travel, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab.lab import Lab

pytestmark = pytest.mark.lab

ON_IN_V1, ON_IN_V2, OFF = (False, True), (True, False), (True, True)
CONTROL = """
from datetime import datetime
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
dag = DAG("control_plain", schedule_interval="0 0 * * *", start_date=datetime(2026, 1, 1), catchup=False)
BashOperator(task_id="work", bash_command="echo worked", dag=dag)
"""


@pytest.fixture(scope="module")
def journey(lab: Lab, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Journey:
    soaking = request.config.option.markexpr != "not soak"
    return travel(lab, tmp_path_factory.mktemp("journey"), back=soaking)


@pytest.fixture(scope="module")
def ledger(journey: Journey) -> dict[str, Any]:
    return {dag["dag_id"]: dag for dag in journey.seen["audit"]["dags"]}


def test_every_expected_interval_ran_exactly_once(journey: Journey) -> None:
    found = journey.seen["audit"]
    problems = {dag["dag_id"]: (dag["duplicates"], dag["gaps"], dag["extras"]) for dag in found["dags"]}
    assert (found["summary"]["duplicates"], found["summary"]["gaps"]) == (0, 0), problems
    assert found["summary"]["expected"] == found["summary"]["ran_once"]
    assert found["summary"]["expected"] > 20, "the ledger must have something to say"
    assert journey.ran["audit"].code == 0


@pytest.mark.parametrize(
    "dag_id",
    ["minute_report", "minute_catchup", "delta_ingest", "sensor_upstream", "sensor_downstream", "trigger_parent",
     "none_child", "long_running", "kill_one", "kill_two", "kill_three"],
)  # fmt: skip
def test_both_sides_really_ran_it(ledger: dict[str, Any], dag_id: str) -> None:
    line = ledger[dag_id]
    assert line["by_v1"] >= 1, line
    assert line["by_v2"] >= 1, line
    assert line["expected"] == line["ran_once"] == line["by_v1"] + line["by_v2"]
    assert not line["extras"], line


def test_what_ran_once_ever_did_not_run_again(ledger: dict[str, Any], journey: Journey) -> None:
    line = ledger["once_bootstrap"]
    assert (line["expected"], line["by_v1"], line["by_v2"]) == (1, 1, 0)
    assert journey.seen["end"]["once_bootstrap"] == ON_IN_V2


def test_each_trigger_in_either_environment_had_its_run(ledger: dict[str, Any]) -> None:
    child, parent = ledger["none_child"], ledger["trigger_parent"]
    assert child["note"] == "triggered by trigger_parent"
    assert child["ran_once"] >= parent["ran_once"] - 1


def test_what_was_paused_on_purpose_stays_paused(ledger: dict[str, Any], journey: Journey) -> None:
    assert journey.seen["end"]["paused_legacy"] == OFF
    assert ledger["paused_legacy"]["expected"] == 0
    assert not ledger["paused_legacy"]["extras"]


def test_everything_else_is_on_in_v2_and_off_in_v1(journey: Journey) -> None:
    others = {dag_id: sides for dag_id, sides in journey.seen["end"].items() if dag_id != "paused_legacy"}
    assert set(others.values()) == {ON_IN_V2}, others


def test_a_run_in_flight_is_waited_for(journey: Journey) -> None:
    log = json.loads(journey.run("status", "--log", "--format", "json").out)["rows"]
    states = [row["state"] for row in log if row["dag"] == "long_running" and row["phase"] == "intent"]
    assert states.count("V1_PAUSED") > 1, "it was asked for more than once, because a run was in flight"


def test_what_only_ran_on_1_10_loads_on_v2(journey: Journey) -> None:
    assert "airflow.contrib" in (journey.root / "dags/source/contrib_import.py").read_text()
    assert "airflow.contrib" not in (journey.root / "dags/target/contrib_import.py").read_text()
    with connected(open_workspace(journey.root)) as (_, target):
        assert target.rest is not None
        assert target.rest.import_errors() == {}


def test_what_v1_cannot_import_is_named_and_left_out(journey: Journey) -> None:
    inventory = json.loads((journey.root / "inventory.json").read_text())
    assert [file["file"] for file in inventory["broken_files"]] == ["broken.py"]
    assert "a_module_that_is_gone" in inventory["broken_files"][0]["message"]
    assert "broken.py" in {left["name"] for left in journey.plan()["left_out"]}
    with connected(open_workspace(journey.root)) as (_, target):
        assert target.bucket.read("dags/broken.py") is None


def test_a_rehearsal_changes_nothing(journey: Journey) -> None:
    assert "pause_if_idle" in journey.ran["rehearsal"].out
    sides = journey.seen["after rehearsal"]
    assert {sides[d] for d in sides if d != "paused_legacy"} == {ON_IN_V1}


@pytest.mark.soak
def test_a_wave_goes_forward_back_and_forward_again(journey: Journey) -> None:
    assert journey.seen["forward"]["delta_ingest"] == ON_IN_V2
    assert journey.seen["back"]["delta_ingest"] == ON_IN_V1
    assert journey.seen["end"]["delta_ingest"] == ON_IN_V2


@pytest.mark.parametrize("wave", sorted(KILLS))
def test_a_killed_cutover_was_resumed(journey: Journey, wave: str) -> None:
    assert journey.ran[f"resume {wave}"].code == 0
    first_after_the_kill = "while open" if wave == FIRST_KILL else f"resume {wave}"
    assert "taking over the lock" in journey.ran[first_after_the_kill].err


def test_two_cutovers_at_once_are_refused(journey: Journey) -> None:
    second = journey.ran["second"]
    assert second.code == 4, str(second)
    assert f"Another cutover is running: wave {FIRST_KILL}" in second.err
    assert "--force-unlock" in second.err


def test_a_wave_is_not_begun_while_another_is_open(journey: Journey) -> None:
    refused = journey.ran["while open"]
    assert refused.code == 4, str(refused)
    assert "migrate resume" in refused.err


def test_a_wave_that_is_over_is_not_cut_over_twice(journey: Journey) -> None:
    refused = journey.run("cutover", "--wave", "0", "--yes", code=4, name="again")
    assert "is cut over already" in refused.err


def test_an_edited_file_makes_the_plan_stale(journey: Journey) -> None:
    path = journey.root / "dags" / "target" / "minute_report.py"
    before = path.read_bytes()
    wave = next(w["number"] for w in journey.plan()["waves"] if "minute_report" in {d["dag_id"] for d in w["dags"]})
    path.write_bytes(before + b"# edited after the plan was made\n")
    try:
        refused = journey.run("cutover", "--wave", str(wave), "--yes", code=4, name="stale")
    finally:
        path.write_bytes(before)
    assert "minute_report" in refused.err
    assert "migrate plan" in refused.err


def test_v2_holds_what_v1_holds(journey: Journey) -> None:
    ran = journey.run("verify", "--format", "json", name="verify", code=None)
    objects = json.loads(ran.out)["objects"]
    assert [one for one in objects if one["verdict"] == "different"] == []
    assert {one["kind"] for one in objects} == {"dag", "variable", "connection", "pool", "override", "env"}
    assert ran.code == 0


PLANTED = ("s3cr3t/with", "lab-token-0123456789", "p@ss/w:rd", "gate way", "tok=en&more", "AGE-SECRET-KEY")
KEPT = ("identity.txt", "v1-env.json", "v2-password")
"""The operator's own files, which only their owner may read."""


def test_no_secret_is_in_the_clear_in_any_file_or_output(journey: Journey, lab: Lab) -> None:
    files = [p for p in journey.root.rglob("*") if p.is_file() and "source" not in p.parts and p.name not in KEPT]
    assert len(files) > 5
    with connected(open_workspace(journey.root)) as sides:
        objects = {
            f"gs://{side.bucket.name}/{file.path}": side.bucket.read(file.path) or b""
            for side in sides
            for file in side.bucket.files("data/migrate/")
        }
    texts = {str(path): path.read_bytes() for path in files} | objects
    texts |= {name: str(ran).encode() for name, ran in journey.ran.items()}
    found = {name: word for name, text in texts.items() for word in PLANTED if word.encode() in text}
    assert found == {}
    for path in (journey.root / ".migrate" / name for name in KEPT):
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_plain_way_runs_an_interval_twice(journey: Journey, lab: Lab, tmp_path: Path) -> None:
    """The control, after the journey: pause v1, unpause v2, as every guide says; so the ledger can fail."""
    from migrator.lab import estate
    from migrator.lab.workspace import write_workspace

    estate.load(lab, {"control_plain.py": CONTROL})
    write_workspace(lab, tmp_path)
    control = Journey(tmp_path)
    workspace = open_workspace(tmp_path)

    def ran(side: int) -> bool:
        with connected(workspace) as sides:
            runs = sides[side].agent.call("runs", dag_ids=["control_plain"], since="2026-01-01T00:00:00+00:00")
        return any(run["state"] == "success" for run in runs.result["runs"])

    wait_until(lambda: ran(0), 180)
    prepare(control)
    with connected(workspace) as (source, target):
        source.agent.call("set_paused", dags={"control_plain": True})
        target.agent.call("set_paused", dags={"control_plain": False})
    wait_until(lambda: ran(1), 180)
    found = {dag["dag_id"]: dag for dag in control.audit(code=1)["dags"]}["control_plain"]
    assert len(found["duplicates"]) == 1, found
    assert [name[:3] for name in found["duplicates"][0]["runs"]] == ["v1:", "v2:"]
