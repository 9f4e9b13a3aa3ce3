"""``migrate plan`` as a person uses it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from migrator.inventory import store
from tests.plan.estates import cron, dag, inventory, triggers, waits_for
from tests.workspace.users import migrate_here

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workspace.users import Ran

CONFIG = """
schema_version = 1
[source]
environment = "projects/p/locations/l/environments/old"
[target]
environment = "projects/p/locations/l/environments/new"
"""
ESTATE = inventory(
    dag("load_orders", triggers("report")),
    dag("report", triggers(None)),
    dag("nightly", waits_for("load_orders")),
    dag("lonely", schedule=cron("0 * * * *")),
    dag("off", paused=True),
    dag("lost", file="lost.py"),
    broken={"lost.py": "Traceback\nImportError: no pandas"},
)


@dataclass
class Project:
    root: Path

    def run(self, *arguments: str, exit_code: int = 0) -> Ran:
        return migrate_here(self.root, *arguments).ended(exit_code)


@pytest.fixture
def project(tmp_path):
    def make(estate=ESTATE, config: str = CONFIG) -> Project:
        (tmp_path / "migrate.toml").write_text(config)
        if estate is not None:
            store.save(estate, tmp_path / "inventory.json")
        return Project(tmp_path)

    return make


def test_it_prints_the_waves_and_saves_the_plan(project):
    done = project().run("plan")
    assert "canary: 1 DAG, risk" in done.out
    assert "left out of every wave" in done.out
    assert "ImportError: no pandas" in done.out
    assert "only known at run time" in done.out
    assert "5 DAGs" in done.err
    assert "references unresolved: 1" in done.err
    assert "lowest confidence 45 of 100" in done.err
    assert "what lowers the confidence" in done.out
    assert "canary: 1 DAG, risk 17, confidence 70" in done.out


def test_the_same_inventory_gives_the_same_plan_file(project):
    one = project()
    one.run("plan")
    first = (one.root / "plan.json").read_bytes()
    one.run("plan")
    assert (one.root / "plan.json").read_bytes() == first


def test_json_is_the_plan_and_o_names_its_file(project):
    one = project()
    printed = one.run("plan", "--format", "json").out
    assert printed == (one.root / "plan.json").read_text()
    assert json.loads(printed)["schema_version"] == 1
    assert one.run("plan", "--format", "json", "-o", str(one.root / "out.json")).out == ""
    assert (one.root / "out.json").read_text() == printed


def test_explain_says_why_and_saves_nothing(project):
    one = project()
    text = one.run("plan", "--explain", "load_orders").out
    assert text.startswith("load_orders is in wave 1")
    assert "paused after nightly, and started before" in text
    assert "nightly waits for load_orders" in text
    assert not (one.root / "plan.json").exists()
    assert "cannot be imported" in one.run("plan", "--explain", "lost").out


def test_explaining_an_unknown_dag_names_its_neighbours(project):
    done = project().run("plan", "--explain", "load_order", exit_code=2)
    assert "did you mean load_orders?" in done.err
    assert done.out == ""


def test_without_an_inventory_it_says_how_to_take_one(project):
    done = project(estate=None).run("plan", exit_code=2)
    assert "fix: migrate inventory" in done.err


def test_pins_and_the_wave_size_come_from_the_configuration(project):
    one = project(config=CONFIG + "[plan]\nwave_size = 1\npins = {off = 7}\n")
    waves = json.loads(one.run("plan", "--format", "json").out)["waves"]
    assert {wave["number"]: [dag["dag_id"] for dag in wave["dags"]] for wave in waves}[7] == ["off"]


def test_pins_that_disagree_are_a_usage_error(project):
    one = project(config=CONFIG + "[plan]\npins = {load_orders = 1, nightly = 2}\n")
    assert "nightly waits for load_orders (t0)" in one.run("plan", exit_code=2).err


FORBIDS = '[plan]\nforbids = [{dags = ["off"], waves = [0, 1]}, {apart = ["lonely", "load_*"]}]\n'
RARE = '[plan.windows.{name}]\ntimezone = "Europe/Paris"\nopen = ["{open}"]\n'


def in_three_days() -> str:
    """An opening of a minute, not today and not tomorrow, whatever the time zone."""
    return f"{(datetime.now(UTC) + timedelta(days=3)):%a} 12:00-12:01"


def test_forbids_come_from_the_configuration(project):
    one = project(config=CONFIG + FORBIDS)
    waves = json.loads(one.run("plan", "--format", "json").out)["waves"]
    found = {dag["dag_id"]: wave["number"] for wave in waves for dag in wave["dags"]}
    assert found["off"] == 2
    assert found["lonely"] != found["load_orders"]
    assert "forbids of migrate.toml" in project(
        config=CONFIG + '[plan]\nforbids = [{apart = ["report", "nightly"]}]\n'
    ).run("plan", exit_code=2).err  # fmt: skip


def test_a_wave_is_refused_outside_its_window_and_told_when_it_opens(project):
    one = project(config=CONFIG + RARE.format(name="rare", open=in_three_days()))
    one.run("plan")
    refused = one.run("cutover", "--wave", "1", "--yes", exit_code=4).err
    assert "wave 1 is outside its maintenance window" in refused
    assert f"rare ({in_three_days()} Europe/Paris) opens at" in refused
    assert "12:00 CE" in refused
    assert "migrate cutover --wave 1 --outside-window" in refused


def test_who_insists_is_told_and_asked_as_ever(project):
    one = project(config=CONFIG + RARE.format(name="rare", open=in_three_days()))
    one.run("plan")
    told = one.run("cutover", "--wave", "1", "--outside-window", exit_code=2).err
    assert "outside its maintenance window" in told
    assert "There is no terminal on which to confirm" in told


def test_inside_the_window_it_says_until_when(project):
    one = project(config=CONFIG + RARE.format(name="always", open="daily 00:00-24:00"))
    one.run("plan")
    assert "open until" in one.run("cutover", "--wave", "1", exit_code=2).err


def test_a_plan_edited_by_hand_is_refused_with_the_edge_named(project):
    one = project()
    one.run("plan")
    plan = json.loads((one.root / "plan.json").read_text())
    moved = next(dag for dag in plan["waves"][1]["dags"] if dag["dag_id"] == "report")
    plan["waves"][1]["dags"].remove(moved)
    plan["waves"][0]["dags"].append(moved)
    (one.root / "plan.json").write_text(json.dumps(plan))
    for wave in ("0", "1"):
        refused = one.run("cutover", "--wave", wave, "--yes", exit_code=4).err
        assert "load_orders triggers report (t0), in waves 1 and 0" in refused
        assert "fix: undo the edit of plan.json, or make it again: migrate plan" in refused


CODE = "from airflow import DAG\nimport shared\n"
SHARED = "import airflow\n\nfrom airflow.contrib.operators.gone_nowhere import Nothing\n"


def test_explain_is_complete(project):
    one = project(config=CONFIG + '[plan]\npins = {nightly = 2}\ncritical = {"load_*" = 30}\n')
    for name, text in {"dags/source/load_orders.py": CODE, "plugins/source/shared.py": SHARED}.items():
        (one.root / name).parent.mkdir(parents=True)
        (one.root / name).write_text(text)
    text = one.run("plan", "--explain", "load_orders").out
    for line in [
        "load_orders is in wave 2: 3 DAGs",
        "  risk        72 of 100",
        "  confidence  45 of 100; that of its wave is 35",
        "  readiness   blocked by plugins/shared.py:3\n",
        "  paused after nightly, and started before",
        "  why:\n  - pinned to wave 2\n  constraints:\n  - pinned to wave 2 with nightly\n  edges:\n",
        "  - nightly waits for load_orders (t0): one wave; a sensor reads only",
        "  - load_orders triggers report (t0): one wave; a trigger of a DAG that is paused",
        "  what makes the risk:\n  - critical, as plan.critical says of load_* (+30)",
        "  - blocked by plugins/shared.py:3: CM102 airflow.contrib.operators.gone_nowhere",
        "  what lowers the confidence:\n  - no finished run",
    ]:
        assert line in text, text
    assert "  waits for   load_orders\n" in one.run("plan", "--explain", "nightly").out


def test_html_and_markdown_name_every_dag_and_what_is_left_out(project):
    one = project()
    page = one.run("plan", "--format", "html", "-o", str(one.root / "plan.html"))
    assert page.out == ""
    text = (one.root / "plan.html").read_text()
    assert text.startswith("<!doctype html>")
    paper = one.run("plan", "--format", "markdown").out
    for shown in (text, paper):
        for word in ["load_orders", "report", "nightly", "lonely", "off", "lost.py", "ImportError: no pandas"]:
            assert word in shown
    assert "http" not in text.replace("http-equiv", "")
    assert paper.startswith("# Plan: 5 DAGs in 2 waves\n")
    assert "| `load_orders` | `0 4 * * *` |" in paper
    assert (one.root / "plan.json").exists()


def test_with_a_bridge_a_wait_only_orders(project):
    made = project()

    def waves() -> dict[str, int]:
        made.run("plan")
        plan = json.loads((made.root / "plan.json").read_text())
        return {dag["dag_id"]: wave["number"] for wave in plan["waves"] for dag in wave["dags"]}

    config = made.root / "migrate.toml"
    config.write_text(CONFIG + "[plan]\nwave_size = 2\n")
    together = waves()
    assert together["nightly"] == together["load_orders"] == together["report"]
    config.write_text(CONFIG + "[plan]\nwave_size = 2\nbridge_waits = true\n")
    parted = waves()
    assert parted["report"] == parted["load_orders"] < parted["nightly"]
    bridged = [e for e in json.loads((made.root / "plan.json").read_text())["edges"] if e["bridge"]]
    assert [(e["source"], e["target"], e["bridge"]) for e in bridged] == [("load_orders", "nightly", "migrate bridge")]
