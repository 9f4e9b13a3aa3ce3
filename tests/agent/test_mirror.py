"""A mirrored run that ended otherwise since, on real Airflows."""

# ruff: noqa: F811 - fixtures of another module

from __future__ import annotations

import pytest

from tests.agent.test_cutover import PERIODS, boundary, clean, finished, observed, parsed, run  # noqa: F401

pytestmark = pytest.mark.airflow

DATE = boundary(PERIODS["cron"], 1)


def carry(airflow, given):
    return airflow.call("carry_over", dags={"cron_last": [given]})["cron_last"]


def test_it_becomes_what_it_was_cleared_into(clean):
    first = carry(clean, run(DATE, a="success", b="success"))
    assert len(first["inserted"]) == 1
    failed = run(DATE, state="failed", a="success", b="failed")
    again = carry(clean, failed)
    assert (again["inserted"], again["already"]) == (first["inserted"], [])
    assert again["next_dagrun"] == first["next_dagrun"]
    [now] = finished(clean, "cron_last")
    assert (now.state, now.tasks, now.carried) == ("failed", {"a": "success", "b": "failed"}, True)
    assert carry(clean, failed)["already"] == first["inserted"]
    carry(clean, run(DATE, a="success", b="success"))
    [now] = finished(clean, "cron_last")
    assert (now.state, now.tasks) == ("success", {"a": "success", "b": "success"})
    assert observed(clean, "cron_last")["active"] == []


def test_what_had_not_ended_there_stays_as_it_was_carried(clean):
    given = run(DATE, state="failed", a="failed")
    carry(clean, given)
    [before] = finished(clean, "cron_last")
    assert carry(clean, given)["inserted"] == []
    assert finished(clean, "cron_last") == [before]
