"""The estates are the same each time, and Python."""

from __future__ import annotations

import ast
from datetime import UTC, datetime

import pytest

from migrator.lab import estate

NOW = datetime(2026, 7, 1, 12, 3, 27, tzinfo=UTC)
SMALL = {
    "broken", "contrib_import", "daily_owner", "delta_ingest", "kill_one", "kill_three", "kill_two", "long_running",
    "minute_catchup", "minute_report", "none_child", "once_bootstrap", "paused_legacy", "pooled", "sensor_downstream",
    "sensor_upstream", "trigger_parent",
}  # fmt: skip


def test_the_small_estate_has_one_dag_a_file_named_after_it() -> None:
    names = {path.rpartition("/")[2].removesuffix(".py"): text for path, text in estate.small(NOW).items()}
    assert set(names) > SMALL
    for name in SMALL:
        assert f'"{name}"' in names[name]


def test_no_stamp_is_left_and_every_file_is_python() -> None:
    for path, text in [*estate.small(NOW).items(), *estate.full().items()]:
        ast.parse(text, path)
        assert "{{ START" not in text


def test_dags_that_catch_up_begin_a_few_minutes_before_now() -> None:
    files = estate.small(NOW)
    assert "start_date=datetime(2026, 7, 1, 11, 54)" in files["minute_catchup.py"]
    assert "start_date=datetime(2026, 7, 1, 11, 54, 20)" in files["ingest/delta_ingest.py"]


def test_dags_that_do_not_catch_up_keep_a_fixed_date() -> None:
    assert estate.small(NOW)["minute_report.py"] == estate.small(NOW.replace(year=2027))["minute_report.py"]


def test_an_hour_that_begins_at_midnight_stays_valid() -> None:
    files = estate.small(datetime(2026, 3, 1, 0, 2, tzinfo=UTC))
    assert "start_date=datetime(2026, 2, 28, 23, 54)" in files["kill_two.py"]


def test_the_full_estate_is_stable_and_mixed() -> None:
    files = estate.full()
    assert files == estate.full()
    assert len(files) == 220
    text = "".join(files.values())
    for piece in ('"@once"', "schedule_interval=None", "timedelta(hours=6)", "ExternalTaskSensor", "TriggerDagRun"):
        assert piece in text
    assert sum("default_args={}" in one for one in files.values()) > 20


@pytest.mark.parametrize("count", [0, 1, 21, 500])
def test_the_full_estate_takes_any_size(count: int) -> None:
    assert len(estate.full(count)) == count
