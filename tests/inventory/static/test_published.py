"""DAGs that dag-factory and gusty make of files in the tree are listed, as far as the files say what they are."""

from __future__ import annotations

from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.read import Found, read_dags

YAML = """\
default:
  default_args: {owner: shop, retries: 2}
  schedule_interval: "0 3 * * *"
one:
  default_args: {owner: billing}
  description: words
  tasks:
    a: {operator: airflow.operators.bash_operator.BashOperator, bash_command: date}
    b: {operator: airflow.operators.bash_operator.BashOperator, bash_command: date, dependencies: [a]}
two:
  schedule_interval: null
  tasks: {}
"""
FACTORY = """\
import os
from airflow import DAG
import dagfactory
factory = dagfactory.DagFactory(os.path.join(os.path.dirname(__file__), "c.yml"))
factory.clean_dags(globals())
factory.generate_dags(globals())
"""
GUSTY = """\
import os, airflow
from gusty import create_dag
for name in ["g"]:
    globals()[name] = create_dag(os.path.join(os.path.dirname(__file__), name), tags=["x"], max_active_runs=3)
"""
META = """\
description: words
schedule_interval: "0 1 * * *"
tags: [y]
default_args:
  owner: shop
  start_date: !days_ago 1
"""


def read(files: dict[str, str]) -> Found:
    content = {path: text.encode() for path, text in files.items()}
    return read_dags(content, content.__getitem__, Defaults())


def test_dag_factory() -> None:
    found = read({"dags/f.py": FACTORY, "dags/c.yml": YAML})
    one, two = found.dags
    assert (one.dag_id, str(one.schedule), one.owners, one.description) == ("one", "0 3 * * *", ("billing",), "words")
    assert {task.task_id: (task.retries, task.downstream) for task in one.tasks} == {"a": (2, ("b",)), "b": (2, ())}
    assert (two.dag_id, str(two.schedule), two.tasks) == ("two", "(none)", ())
    assert found.unlisted == []


def test_dag_factory_of_a_file_that_is_not_there() -> None:
    found = read({"dags/f.py": FACTORY})
    assert found.dags == []
    assert {one.file for one in found.unlisted} == {"f.py"}


def test_gusty_says_what_its_folder_says_and_no_more() -> None:
    found = read({"dags/f.py": GUSTY, "dags/g/METADATA.yml": META, "dags/g/t.yml": "operator: x\n"})
    (dag,) = found.dags
    assert (dag.dag_id, str(dag.schedule), dag.description, dag.max_active_runs) == ("g", "0 1 * * *", "words", 3)
    assert {"tasks", "edges", "owners", "tags"} <= set(dag.unknown)
    assert "schedule" not in dag.unknown


def test_gusty_of_a_folder_that_is_not_there() -> None:
    found = read({"dags/f.py": GUSTY})
    assert found.dags == []
    assert [one.line for one in found.unlisted] == [4]
