"""``migrate freshness`` as cron uses it."""

from __future__ import annotations

import json

import pytest

from tests.environments.stand_in import answered
from tests.workspace.users import configure, migrate

DAILY = {"kind": "cron", "expression": "0 0 * * *", "seconds": None, "timezone": "UTC"}


def observed(state: str, day: int) -> dict:
    end = f"2026-01-{day:02}T00:00:00+00:00"
    run = {"dag_id": "d", "run_id": "r", "logical_date": end, "state": state, "automated": True, "interval_end": end}
    return {"exists": True, "paused": False, "schedule": DAILY, "active": [], "finished": [run]}


@pytest.fixture
def workspace(composer, tmp_path):
    lab, source, target = composer
    root = tmp_path / "ws"
    configure(root, lab)
    with (root / "migrate.toml").open("a") as file:
        file.write(
            '\n[freshness]\ntimezone = "Europe/Amsterdam"\n[freshness.dags]\norders = "03:00"\nstock = "03:30"\n'
        )
    # the environment's clock says 2026-01-02T03:04, which is 04:04 in Amsterdam
    source.plays({"observe": answered({"orders": observed("success", 2), "stock": observed("success", 2)})})
    target.plays({"observe": answered({"orders": observed("success", 2), "stock": observed("failed", 2)})})
    return root


def test_late_dags_are_named_and_fail_the_job(workspace):
    ran = migrate(workspace, "freshness").ended(1)
    assert "1 of 2 DAGs are late: stock" in ran.err
    rows = [line.split() for line in ran.out.splitlines()]
    assert rows[2][:5] == ["stock", "LATE", "Fri", "03:30", "CET"]
    assert rows[3][:2] == ["orders", "fresh"]


def test_the_source_can_be_asked_too(workspace):
    ran = migrate(workspace, "freshness", "--side", "source", "--format", "json").ended(0)
    data = json.loads(ran.out)
    assert data["summary"] == {"dags": 2, "late": 0}
    assert data["dags"][0]["deadline"] == "2026-01-02T03:00:00+01:00"


def test_a_workspace_that_names_no_dag_says_how(tmp_path):
    (tmp_path / "migrate.toml").write_text("schema_version = 1\n")
    assert 'orders = "06:00"' in migrate(tmp_path, "freshness").ended(2).err


@pytest.mark.parametrize(
    ("line", "told"), [('orders = "25:00"', "freshness.dags.orders"), ('orders = "soon"', "freshness.dags.orders")]
)
def test_times_are_checked(tmp_path, line, told):
    (tmp_path / "migrate.toml").write_text(f"schema_version = 1\n[freshness.dags]\n{line}\n")
    assert told in migrate(tmp_path, "freshness").ended(2).err
