"""A wave whose DAGs are started from outside moves only once somebody decided what becomes of those calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from migrator.cutover.callers import require_answers
from migrator.errors import RefusedError
from migrator.inventory.store import load, save
from migrator.model.callers import Answer
from migrator.model.plan import PlannedDag, Wave
from migrator.model.run import Run
from tests.model.test_callers import dag, inventory, run
from tests.workspace.users import migrate_here as migrate

CODE = """\
from datetime import datetime
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
with DAG("d", schedule_interval=None, start_date=datetime(2020, 1, 1)) as d:
    BashOperator(task_id="a", bash_command="date")
"""


def wave(*ids):
    dags = tuple(PlannedDag(one, "f.py", "", paused_in_source=False, risk=1, reasons=()) for one in ids)
    return Wave(1, "wave 1", dags)


def test_it_is_refused_with_who_and_what_to_do():
    found = inventory(run("order-1"), run("order-2", day=5), dags=(dag(), dag("e")))
    with pytest.raises(RefusedError) as refused:
        require_answers(wave("d"), found, {})
    assert "d: a program, by run ids of its own, 2 times, last 2026-08-05" in refused.value.why
    assert 'callers = { "d" = "moves" }' in refused.value.fix


@pytest.mark.parametrize("answer", Answer)
def test_each_answer_lets_it_move(answer):
    require_answers(wave("d"), inventory(run("order-1")), {"d*": answer})


def test_it_is_no_matter_of_other_waves():
    require_answers(wave("e"), inventory(run("order-1"), dags=(dag(), dag("e"))), {})


def test_the_command_asks_before_it_asks_any_environment(tmp_path):
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "f.py").write_text(CODE)
    workspace = tmp_path / "ws"
    migrate(workspace, "init").ended(0)
    migrate(workspace, "inventory", "--from-folder", str(tmp_path / "dags")).ended(0)
    path = workspace / "inventory.json"
    called = Run("d", "order-1", datetime(2026, 8, 1, tzinfo=UTC), "success", automated=False)
    save(replace(load(path), runs=(called,)), path)
    migrate(workspace, "rewrite").ended(0)
    migrate(workspace, "plan").ended(0)
    ran = migrate(workspace, "cutover", "--wave", "1", "--dry-run").ended(4)
    assert "nobody decided what becomes of those calls" in ran.err
    config = workspace / "migrate.toml"
    config.write_text(config.read_text().replace("[plan]\n", '[plan]\ncallers = { "d" = "ends" }\n'))
    assert "those calls" not in migrate(workspace, "cutover", "--wave", "1", "--dry-run").err
