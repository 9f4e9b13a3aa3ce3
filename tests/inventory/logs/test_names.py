"""The names of logs: the newest runs of either kind, in both forms, whatever else lies among them."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest

from migrator.inventory.logs.names import MOST, dag_folders, runs_in
from migrator.model.log_date import date_in
from tests.inventory.logs.trees import new, old, write

FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def dates(folder):
    return [run.logical_date for run in runs_in(folder)]


def test_the_newest_first_and_the_newest_try_of_each_task(tmp_path):
    for hour in range(3):
        old(tmp_path, f"2026-09-14T0{hour}:00:00+00:00", "a", "b")
    old(tmp_path, "2026-09-14T02:00:00+00:00", "b", number=10)
    old(tmp_path, "2026-09-14T02:00:00+00:00", "b", number=9)
    first, *others = runs_in(tmp_path / "d")
    assert (first.logical_date, first.run_id) == (datetime(2026, 9, 14, 2, tzinfo=UTC), None)
    assert {task: [log.name for log in logs] for task, logs in first.logs.items()} == {"a": ["1.log"], "b": ["10.log"]}
    assert [one.logical_date.hour for one in others] == [1, 0]


def test_by_run_id_with_mapped_tasks_and_slashes_in_an_id(tmp_path):
    new(tmp_path, "scheduled__2026-09-14T02:00:00+00:00", "a")
    write(tmp_path / "dag_id=d/run_id=scheduled__2026-09-14T02:00:00+00:00/task_id=m/map_index=0/attempt=1.log", "")
    write(tmp_path / "dag_id=d/run_id=scheduled__2026-09-14T02:00:00+00:00/task_id=m/map_index=1/attempt=2.log", "")
    new(tmp_path, "manual__2026-09-15T02:00:00.5+00:00", "a")
    new(tmp_path, 'by/hand\'s "run"', "a")
    found = list(runs_in(tmp_path / "dag_id=d"))
    assert [(run.run_id, run.logical_date and run.logical_date.day) for run in found] == [
        ("manual__2026-09-15T02:00:00.5+00:00", 15), ("scheduled__2026-09-14T02:00:00+00:00", 14),
        ("by/hand's \"run\"", None),
    ]  # fmt: skip
    assert sorted(log.parent.name for log in found[1].logs["m"]) == ["map_index=0", "map_index=1"]


def test_many_manual_runs_do_not_hide_those_of_the_scheduler(tmp_path):
    old(tmp_path, "2026-09-14T02:00:00+00:00", "a")
    new(tmp_path, "scheduled__2026-09-14T02:00:00+00:00", "a")
    for number in range(MOST + 5):
        moment = f"2026-09-15T02:00:{number % 60:02}.{number + 1:06}+00:00"
        old(tmp_path, moment, "a")
        new(tmp_path, f"manual__{moment}", "a")
    for folder in ("d", "dag_id=d"):
        found = dates(tmp_path / folder)
        assert len(found) == MOST + 1
        assert min(found).day == 14


@pytest.mark.parametrize(
    "name",
    ["", "latest", "2026-99-14T00:00:00+00:00", "2026-09-14", "0000-00-00T00:00:00", "9999-12-31T23:59:59-23:59", "..",
     "2026-09-14T00:00:00+00:00.tmp", "run_id=", "T", "%", "%2", "2026-09-14T\n", "٢٠٢٦-09-14T00:00:00"],
)  # fmt: skip
def test_what_is_no_date_is_none(name):
    assert date_in(name) is None


@pytest.mark.parametrize(
    "name", ["2026-09-14T02:00:00+02:00", "2026-09-14T00:00:00", "2026-09-14T00%3A00%3A00+00%3A00"]
)
def test_a_date_of_any_zone_is_in_utc(name):
    assert date_in(name) == datetime(2026, 9, 14, tzinfo=UTC)


def test_what_is_no_log_is_passed_over(tmp_path):
    old(tmp_path, "2026-09-14T02:00:00+00:00", "a")
    write(tmp_path / "d/a/2026-09-14T02:00:00+00:00/notes.txt", "")
    write(tmp_path / "d/a/2026-09-15T02:00:00+00:00/1.log.tmp", "")
    write(tmp_path / "d/a/2026-09-16T02:00:00+00:00", "a file")
    write(tmp_path / 'd/a/it\'s "odd"/1.log', "")
    write(tmp_path / "d/stray.log", "")
    write(tmp_path / "stray.log", "")
    (tmp_path / "d/a/2026-09-17T02:00:00+00:00").symlink_to(tmp_path / "d/a/2026-09-14T02:00:00+00:00")
    (tmp_path / "d/a/\udce9").mkdir()
    (tmp_path / "d/closed").mkdir(mode=0)
    assert [name for name, _ in dag_folders(tmp_path)] == ["d"]
    assert [date.day for date in dates(tmp_path / "d")] == [14]


@pytest.mark.parametrize("names", [20_000, pytest.param(200_000, marks=pytest.mark.soak)])
def test_a_tree_of_any_size_takes_as_little_memory(tmp_path, names):
    for task in ("a", "b"):
        for number in range(names // 4):
            place = tmp_path / "d" / task / (FIRST + timedelta(minutes=number)).isoformat()
            place.mkdir(parents=number == 0)
            (place / "1.log").touch()
    tracemalloc.start()
    newest = next(runs_in(tmp_path / "d"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert newest.logical_date == FIRST + timedelta(minutes=names // 4 - 1)
    assert set(newest.logs) == {"a", "b"}
    assert peak < 500_000
