"""Classes of the tree that build DAGs, or derive from DAG with an ``__init__`` of their own, are followed."""

from __future__ import annotations

import pytest

from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.read import Found, read_dags

HEAD = """\
from datetime import datetime
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
"""
FOLLOWED = {
    "a DAG that gives its own arguments": """
class Our(DAG):
    def __init__(self, name, **more):
        more.setdefault("catchup", False)
        super().__init__(name, schedule_interval="@daily", **more)
with Our("a", start_date=datetime(2020, 1, 1)) as x:
    BashOperator(task_id="t", bash_command="date")
""",
    "a DAG that makes its tasks": """
class Our(DAG):
    def __init__(self, name, tasks=()):
        super(Our, self).__init__(dag_id=name, schedule_interval="@daily")
        for task in tasks:
            BashOperator(task_id=task, bash_command="date", dag=self)
x = Our("a", ["t"])
""",
    "a builder": """
class Builder:
    schedule = "@daily"
    def __init__(self, name, tasks):
        self.name, self.tasks = name, tasks
    @property
    def dag_id(self):
        return f"{self.name}"
    def task(self, dag, task_id):
        return BashOperator(task_id=task_id, bash_command="date", dag=dag)
    def build(self):
        dag = DAG(self.dag_id, schedule_interval=self.schedule)
        for one in self.tasks:
            self.task(dag, one)
        return dag
for name in ["a"]:
    globals()[name] = Builder(name, ["t"]).build()
""",
    "a template of methods": """
class Base:
    def make(self):
        with DAG(self.name(), schedule_interval="@daily") as dag:
            self.fill()
        return dag
class One(Base):
    def name(self):
        return "a"
    def fill(self):
        BashOperator(task_id="t", bash_command="date")
x = One().make()
""",
    "static and class methods": """
class Factory:
    @staticmethod
    def make(name):
        with DAG(name, schedule_interval="@daily") as dag:
            BashOperator(task_id="t", bash_command="date")
        return dag
    @classmethod
    def other(cls, name):
        return cls.make(name)
x = Factory.other("a")
""",
}
NAMED = {
    "an id that nobody knows": """
import ours
class Our(DAG):
    def __init__(self, name):
        super().__init__(ours.name(name))
x = Our("a")
""",
    "an ancestor elsewhere": """
import ours
class Builder(ours.Base):
    def build(self):
        return DAG("a")
x = Builder().build()
""",
    "a decorated class": """
import ours
@ours.registered
class Builder:
    def build(self):
        return DAG("a")
x = Builder().build()
""",
    "an instance that somebody else has": """
import ours
class Builder:
    def build(self):
        return DAG("a")
ours.run(Builder())
""",
}


def read(text: str) -> Found:
    return read_dags(["dags/f.py"], lambda _: (HEAD + text).encode(), Defaults())


@pytest.mark.parametrize("text", FOLLOWED.values(), ids=FOLLOWED)
def test_what_a_class_builds_is_listed(text: str) -> None:
    found = read(text)
    assert [(dag.dag_id, str(dag.schedule), [task.task_id for task in dag.tasks]) for dag in found.dags] == [
        ("a", "0 0 * * *", ["t"])
    ]
    assert found.dags[0].unknown == ("paused",)
    assert found.unlisted == []


@pytest.mark.parametrize("text", NAMED.values(), ids=NAMED)
def test_what_is_hidden_in_a_class_is_named(text: str) -> None:
    found = read(text)
    assert found.dags == []
    assert {one.file for one in found.unlisted} == {"f.py"}


def test_what_somebody_else_may_have_changed_is_unknown() -> None:
    found = read("""
import ours
class Builder:
    def __init__(self):
        self.schedule = "@daily"
    def build(self):
        return DAG("a", schedule_interval=self.schedule)
builder = Builder()
ours.tune(builder)
x = DAG("b", schedule_interval=builder.schedule)
""")
    assert [(dag.dag_id, "schedule" in dag.unknown) for dag in found.dags] == [("b", True)]
