"""The last runs of each DAG in a dump, whenever they were, with their tasks; and of whom nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from migrator.model.history import NEWEST
from tests.inventory.snapshot.dumps import DAG, RUN
from tests.inventory.snapshot.test_odd_rows import FORMS, content_with, taken

FIRST = datetime(2025, 3, 1, tzinfo=UTC)
LAST = 15


def date_of(number):
    return (FIRST + timedelta(hours=number)).isoformat(sep=" ").removesuffix(":00")


def run(number, state="success", *, kind="scheduled", **more):
    date = FIRST + timedelta(hours=number)
    changed = {"id": str(number), "execution_date": date_of(number), "state": state, "run_type": kind}
    external = {"external_trigger": "t" if kind == "manual" else "f", "data_interval_end": None}
    return RUN | changed | external | {"run_id": f"{kind}__{date.isoformat()}", "data_interval_start": None} | more


def task(number, task_id, state, **more):
    return {
        "task_id": task_id,
        "dag_id": "d",
        "execution_date": date_of(number),
        "state": state,
        "try_number": "1",
    } | more


def history(folder, runs, tasks=(), *, form="postgres", **more):
    content = content_with("dag_run", *runs) | {"task_instance": list(tasks)} | more
    inventory, problems = taken(folder, form, content)
    return inventory.history, problems


@pytest.mark.parametrize("form", FORMS)
def test_the_newest_of_a_year_ago_and_all_that_did_not_end_with_their_tasks(tmp_path, form):
    runs = [run(0, "running"), *[run(number) for number in range(1, LAST)]]
    tasks = [task(0, "a", "success"), task(0, "b", "up_for_retry"), task(0, "c", None), task(LAST - 1, "a", "success")]
    found, problems = history(tmp_path, runs, tasks, form=form)
    assert problems == []
    assert found.unknown == ()
    assert len(found.runs) == NEWEST + 1
    assert found.last_done("d").run_id == runs[-1]["run_id"]
    assert found.last_done("d").tasks == {"a": "success"}
    (half,) = found.half_done("d")
    assert half.tasks == {"a": "success", "b": "up_for_retry", "c": None}
    assert half.at_work == ("b",)


def test_many_manual_runs_do_not_hide_the_last_automated_one(tmp_path):
    runs = [run(0), *[run(number, kind="manual") for number in range(1, 2 * NEWEST)]]
    found, _ = history(tmp_path, runs)
    assert found.last_done("d").run_id == runs[0]["run_id"]
    assert len(found.runs) == NEWEST + 1


def test_a_run_that_ended_with_a_task_at_work_is_half_done(tmp_path):
    found, _ = history(tmp_path, [run(1), run(2, "failed")], [task(2, "a", "running")])
    assert [one.state for one in found.half_done("d")] == ["failed"]
    assert found.last_done("d").run_id == run(1)["run_id"]


def test_tasks_that_are_named_by_their_run_and_those_that_were_mapped(tmp_path):
    tie = {"run_id": run(1)["run_id"]}
    rows = [{"task_id": "m", "dag_id": "d", "map_index": str(n), "state": state} | tie
            for n, state in enumerate(["success", "failed", "skipped"])]  # fmt: skip
    rows += [{"task_id": "n", "dag_id": "d", "map_index": str(n), "state": state} | tie
             for n, state in enumerate(["running", "failed"])]  # fmt: skip
    found, _ = history(tmp_path, [run(1), run(2)], rows)
    assert [one.tasks for one in found.runs] == [{}, {"m": "failed", "n": "running"}]


def test_tasks_that_stand_before_their_runs(tmp_path):
    content = {"task_instance": [task(1, "a", "queued")]} | content_with("dag_run", run(1, "running"))
    inventory, problems = taken(tmp_path, "postgres", content)
    assert inventory.history.half_done("d")[0].tasks == {"a": "queued"}
    assert problems == []


def test_a_dag_without_a_run_had_none(tmp_path):
    other = DAG | {"dag_id": "e", "fileloc": "/home/airflow/gcs/dags/e.py"}
    found, _ = history(tmp_path, [run(1)], dag=[DAG, other])
    assert found.of("e") == ()
    assert found.unknown == ()


@pytest.mark.parametrize(
    "odd", [run(2, execution_date=None), run(2, external_trigger="2"), run(1), run(2, data_interval_end="never")]
)
def test_nobody_knows_the_past_of_a_dag_that_lost_a_run(tmp_path, odd):
    others = [DAG, DAG | {"dag_id": "e", "fileloc": "/home/airflow/gcs/dags/e.py"}]
    found, problems = history(tmp_path, [run(1), odd], dag=others)
    assert len(problems) == 1
    assert found.unknown == ("d",)
    assert len(found.of("d")) == 1
    assert found.last_done("d") is None


def test_nor_that_of_any_where_the_lost_row_names_none(tmp_path):
    others = [DAG, DAG | {"dag_id": "e", "fileloc": "/home/airflow/gcs/dags/e.py"}]
    found, _ = history(tmp_path, [run(1), run(2, dag_id=None)], dag=others)
    assert found.unknown == ("d", "e")


def test_nor_where_the_table_of_runs_is_not_there(tmp_path):
    content = {name: rows for name, rows in content_with("dag_run", run(1)).items() if name != "dag_run"}
    inventory, _ = taken(tmp_path, "postgres", content)
    assert inventory.history.unknown == ("d",)
    assert inventory.history.runs == ()
