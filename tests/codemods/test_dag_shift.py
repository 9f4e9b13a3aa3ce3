"""What ``dag >> task`` did in 1.10, its rewrite does on a real 2.10.5."""

from __future__ import annotations

import json
import subprocess

import pytest

from codemods.engine.rewrite import rewrite
from tests.corpus import target

BEFORE = """\
import datetime
from airflow import DAG
from airflow.operators.dummy_operator import DummyOperator

dag = DAG('shifted', schedule_interval=None, start_date=datetime.datetime(2020, 1, 1))
a, b, c, d = (DummyOperator(task_id=name) for name in 'abcd')
dag >> a >> b  # the first two
c << dag
b >> [c, d]
dag >> a
"""
ASK = "import json, shifted; print(json.dumps({t.task_id: sorted(t.downstream_task_ids) for t in shifted.dag.tasks}))"


@pytest.mark.airflow
def test_tasks_and_edges_are_as_before(tmp_path_factory: pytest.TempPathFactory) -> None:
    home, place = tmp_path_factory.mktemp("shift"), target.ensure()
    (home / "shifted.py").write_bytes(rewrite(BEFORE.encode()).source)
    env = {**target.environment(place, home), "PYTHONPATH": str(home)}
    command = [str(place / "bin" / "python"), "-c", ASK]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"a": ["b"], "b": ["c", "d"], "c": [], "d": []}
