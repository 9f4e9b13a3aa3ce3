from __future__ import annotations

import json
from dataclasses import replace

import hcl2
import pytest

from migrator.assess.resolver import NotResolved
from migrator.model.dag import Schedule, ScheduleKind
from migrator.model.run import Run
from migrator.provision.demand import demand_of
from migrator.provision.design import design
from migrator.provision.render import files_of
from migrator.provision.sizing import size
from migrator.provision.watch import Watch, watch_of
from migrator.workspace.config import Config
from migrator.workspace.provision_config import FreshnessSection
from tests.assess.planted import NOW
from tests.provision.estates import large, seed, small, unknown

IMAGE = "composer-2.15.3-airflow-2.10.5"


def watched(inventory=None, **freshness) -> Watch:
    inventory = inventory or small()
    demand = demand_of(inventory)
    section = FreshnessSection.model_validate(freshness)
    return watch_of(inventory, demand, size(demand, inventory.environment, 1.5), section)


def thresholds(inventory) -> dict[str, float | None]:
    return {one.row["key"]: one.threshold.value if one.threshold else None for one in watched(inventory).alerts}


def test_what_the_issue_of_the_outage_asked_for_is_watched():
    assert list(thresholds(seed())) == [
        "heartbeat", "queue", "parse_time", "import_errors", "evictions", "database", "database_disk", "failures",
    ]  # fmt: skip


def test_thresholds_follow_the_load():
    assert thresholds(seed())["queue"] == 30, "5 workers of 6 tasks"
    assert (thresholds(small())["parse_time"], thresholds(large())["parse_time"]) == (30, 1200)
    assert thresholds(unknown())["failures"] == 3
    failed = tuple(Run("small_1", f"r{n}", NOW, "failed", automated=True, started=NOW, ended=NOW) for n in range(4))
    assert thresholds(replace(small(), runs=failed))["failures"] == 8


@pytest.mark.parametrize(
    ("zone", "clock", "at"),
    [
        ("UTC", "06:00", (6, 0)),
        ("Europe/Amsterdam", "06:30", (5, 30)),
        ("America/New_York", "22:15", (3, 15)),
        ("Asia/Kolkata", "05:00", (23, 30)),
    ],
)
def test_deadlines_in_utc_are_never_before_the_real_one(zone, clock, at):
    [one] = watched(timezone=zone, dags={"small_1": clock}).fresh
    assert (one.hour, one.minute) == at
    assert ("summer" in one.why) is (zone in {"Europe/Amsterdam", "America/New_York"})


def test_only_daily_dags_are_judged_by_a_query_of_a_day():
    inventory = small()
    weekly = replace(inventory.dags[0], schedule=Schedule(ScheduleKind.CRON, "0 4 * * 1"))
    dags = dict.fromkeys(("small_0", "gone", "small_1"), "06:00")
    found = watched(replace(inventory, dags=(weekly, *inventory.dags[1:])), dags=dags)
    assert [one.dag_id for one in found.fresh] == ["small_1"]
    assert found.unwatched == ("gone", "small_0")


def test_the_terraform_of_it():
    config = Config.model_validate({"freshness": {"dags": {"small_1": "06:00", "gone": "05:00"}}})
    files = files_of(design(small(), config, IMAGE, NotResolved("", "")))
    policies = {
        name.strip('"'): body
        for block in hcl2.loads(files["monitoring.tf"])["resource"]
        for kind in block.values()
        if isinstance(kind, dict)
        for name, body in kind.items()
        if isinstance(body, dict)
    }
    assert len(policies) == 9
    [condition] = policies["heartbeat"]["conditions"][0]["condition_absent"]
    assert "resource.labels.environment_name=" in files["monitoring.tf"]
    assert "scheduler_heartbeat_count" in condition["filter"]
    [query] = policies["fresh_small_1"]["conditions"][0]["condition_prometheus_query_language"]
    assert 'workflow_name=\\"small_1\\"' in query["query"]
    assert "(hour() == 6) and on() (minute() >= 0)" in query["query"]
    assert "# gone is not due every day" in files["monitoring.tf"]


def test_an_id_stays_text_in_the_query_of_an_alert():
    inventory = small()
    odd = replace(inventory.dags[1], dag_id='a"} or vector(1) # ${var.name}')
    config = Config.model_validate({"freshness": {"dags": {odd.dag_id: "06:00"}}})
    files = files_of(design(replace(inventory, dags=(inventory.dags[0], odd)), config, IMAGE, NotResolved("", "")))
    assert r"workflow_name=\"a\\\"} or vector(1) # $${var.name}\"" in files["monitoring.tf"]


def test_each_chart_of_the_dashboard_has_its_place():
    files = files_of(design(seed(), Config(), IMAGE, NotResolved("", "")))
    text = files["dashboard.tf"]
    assert text.count("xyChart = {") == 8
    assert text.count("thresholds = [{") == 3
    assert json.dumps("Tasks queued and running") in text
