"""Logs that real schedulers of 1.10.15 and 2.10.5 left of the lab's small estate, by their names and last lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from migrator.inventory.logs.read import history_in
from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.read import read_dags
from migrator.lab import estate
from migrator.model.history import Source
from tests.inventory.logs.trees import write

REAL = json.loads(Path(__file__).with_name("real.json").read_text())
FILES = {f"dags/{path}": text.encode() for path, text in estate.small(datetime(2026, 11, 27, 14, tzinfo=UTC)).items()}
DAGS = read_dags(list(FILES), FILES.__getitem__, Defaults()).dags


@pytest.fixture(params=REAL)
def history(request, tmp_path):
    for path, text in REAL[request.param].items():
        write(tmp_path / path, text)
    return history_in(tmp_path, DAGS)


@pytest.mark.parametrize("dag_id", ["sensor_downstream", "kill_two", "delta_ingest"])
def test_each_run_is_known_to_have_ended(history, dag_id):
    runs = history.of(dag_id)
    assert len(runs) == 3
    assert {(run.state, run.automated, run.source) for run in runs} == {("success", True, Source.INFERRED)}
    assert {run.interval_end - run.logical_date for run in runs} == {timedelta(minutes=2)}
    assert history.last_done(dag_id) == runs[0]
    assert set(runs[0].tasks.values()) == {"success"}
    assert dag_id not in history.unknown


def test_runs_of_a_dag_without_a_schedule_are_manual(history):
    assert {run.automated for run in history.of("none_child")} == {False}
    assert "none_child" not in history.unknown


def test_a_dag_without_logs_is_unknown(history):
    assert "paused_legacy" in history.unknown
