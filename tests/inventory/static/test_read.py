"""What code says without running, and what it must not be taken to say."""

from __future__ import annotations

import textwrap

import pytest

from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.read import read_dags
from migrator.model.dag import ReferenceKind, ScheduleKind

HEAD = """
    from datetime import datetime, timedelta
    from airflow import DAG
    from airflow.models import Variable
    from airflow.operators.bash_operator import BashOperator
    from airflow.operators.dummy_operator import DummyOperator
"""
ARGS = 'schedule_interval="@daily", start_date=datetime(2024, 1, 1)'


def read(source, defaults=None, **helpers):
    files = {"dags/a.py": textwrap.dedent(HEAD).encode() + textwrap.dedent(source).encode()}
    files |= {f"dags/{name}.py": textwrap.dedent(text).encode() for name, text in helpers.items()}
    return read_dags(files, files.__getitem__, defaults or Defaults())


def one(source, **helpers):
    (dag,) = read(source, **helpers).dags
    return dag


def unknown(dag):
    return set(dag.unknown) - {"paused"}


WHOLE = {
    "a loop over literals": f"""
        dag = DAG("d", {ARGS})
        for name in ["x", "y"]:
            BashOperator(task_id=f"copy_{{name}}", bash_command="true", dag=dag)
        """,
    "a function of the file": f"""
        def add(dag, name, suffix="y"):
            return BashOperator(task_id="copy_%s" % name, bash_command="true", dag=dag)
        with DAG("d", {ARGS}) as dag:
            add(dag, "x")
            add(dag, name="y")
        """,
    "a comprehension": f"""
        with DAG("d", {ARGS}) as dag:
            tasks = [DummyOperator(task_id="copy_" + name) for name in ("x", "y")]
        """,
    "a dictionary that is filled": f"""
        options = dict(owner="me")
        options["retries"] = 1
        options.update({{"pool": "p"}})
        dag = DAG("d", default_args=options, {ARGS})
        BashOperator(task_id="copy_x", bash_command="", dag=dag)
        BashOperator(task_id="copy_y", bash_command="", dag=dag)
        """,
    "a chain that a loop makes": f"""
        with DAG("d", {ARGS}) as dag:
            before = None
            for index, name in enumerate(["x", "y"]):
                task = DummyOperator(task_id="copy_" + name)
                if index > 0 and before is not None:
                    before >> task
                before = task
        """,
    "globals": f"""
        def make(dag_id):
            with DAG(dag_id, {ARGS}) as made:
                DummyOperator(task_id="copy_x") >> DummyOperator(task_id="copy_y")
            return made
        for name in ("d",):
            globals()[name] = make(name)
        """,
    "an import under two names": f"""
        try:
            from airflow.operators.bash import BashOperator
        except ImportError:
            from airflow.operators.bash_operator import BashOperator
        with DAG("d", {ARGS}) as dag:
            BashOperator(task_id="copy_x", bash_command="")
            BashOperator(task_id="copy_y", bash_command="")
        """,
    "a harmless call in the block": f"""
        import logging
        with DAG("d", {ARGS}) as dag:
            logging.info("hello")
            DummyOperator(task_id="copy_x", doc=Variable.get("x"))
            DummyOperator(task_id="copy_y")
        """,
}


@pytest.mark.parametrize("source", WHOLE.values(), ids=WHOLE)
def test_literal_code_is_followed_to_its_end(source):
    dag = one(source)
    assert (dag.dag_id, unknown(dag)) == ("d", set())
    assert [task.task_id for task in dag.tasks] == ["copy_x", "copy_y"]


NOT_ALL = {
    "a loop over a variable": f"""
        dag = DAG("d", {ARGS})
        for name in Variable.get("names").split(","):
            BashOperator(task_id=name, bash_command="true", dag=dag)
        """,
    "a condition": f"""
        dag = DAG("d", {ARGS})
        if Variable.get("x") == "y":
            DummyOperator(task_id="x", dag=dag)
        """,
    "a function of somebody": f"""
        from company import add_alerts
        dag = add = DAG("d", {ARGS})
        add_alerts(dag)
        """,
    "a function of somebody, in the block": f"""
        from company import add_alerts
        with DAG("d", {ARGS}) as dag:
            add_alerts()
        """,
    "a group that renames": f"""
        from airflow.utils.task_group import TaskGroup
        with DAG("d", {ARGS}) as dag:
            with TaskGroup("g"):
                DummyOperator(task_id="x")
        """,
    "a loop that may end early": f"""
        dag = DAG("d", {ARGS})
        for name in ["x", "y"]:
            if Variable.get(name):
                break
            DummyOperator(task_id=name, dag=dag)
        """,
    "an id that is not literal": f"""
        dag = DAG("d", {ARGS})
        DummyOperator(task_id=Variable.get("x"), dag=dag)
        """,
    "a method of a class that is not wholly known": f"""
        import ours
        dag = DAG("d", {ARGS})
        class Maker(ours.Base):
            def fill(self): DummyOperator(task_id="x", dag=dag)
        Maker().fill()
        """,
    "taskflow of another package": f"""
        from ours import task
        with DAG("d", {ARGS}) as dag:
            @task
            def x(): pass
            x()
        """,
}


@pytest.mark.parametrize("source", NOT_ALL.values(), ids=NOT_ALL)
def test_tasks_that_only_run_time_makes_are_said_to_be_unknown(source):
    assert "tasks" in one(source).unknown


LOST = [
    ('DAG("d", schedule_interval=Variable.get("s"), start_date=datetime(2024, 1, 1))', {"schedule"}),
    ('DAG("d", start_date=datetime.now())', {"start_date"}),
    ('DAG("d", catchup=Variable.get("c"), tags=[Variable.get("t")])', {"catchup", "tags"}),
    ('DAG("d", start_date=datetime(2024, 1, 1, tzinfo=datetime.now().tzinfo))', {"start_date"}),
    ('DAG("d", max_active_runs=N, description=Variable.get("d"))', {"max_active_runs", "description"}),
]


@pytest.mark.parametrize(("call", "facts"), LOST)
def test_arguments_that_only_run_time_knows_are_named(call, facts):
    assert unknown(one(f"dag = {call}")) == facts


REBOUND = [
    'team = "a"\nif Variable.get("x"):\n    team = "b"',
    'team = "a"\nwhile Variable.get("x"):\n    team = "b"',
    'team = "a"\nfor team in Variable.get("x"):\n    pass',
    'try:\n    team = "a"\nexcept Exception:\n    team = "b"',
    'def f():\n    if Variable.get("x"):\n        return "b"\n    return "a"\nteam = f()',
    'names = {"team": "a"}\nif Variable.get("x"):\n    names["team"] = "b"\nteam = names["team"]',
    'from company import fill\nnames = {"team": "a"}\nfill(names)\nteam = names["team"]',
    'names = ["a"]\n[names.append(x) for x in Variable.get("x")]\nteam = names[-1]',
    'team = "a" if Variable.get("x") else "b"',
    'team = Variable.get("x") or "a"',
]


@pytest.mark.parametrize("code", REBOUND)
def test_a_name_that_may_have_another_value_is_not_known(code):
    dag = one(f"{code}\ndag = DAG('d', default_args={{'owner': team}})\nDummyOperator(task_id='t', dag=dag)")
    assert "owners" in dag.unknown


def test_unknown_default_arguments_leave_what_they_might_say_unknown():
    dag = one("""
        from company import default_args
        dag = DAG("d", default_args=default_args, start_date=datetime(2024, 1, 1))
        DummyOperator(task_id="x", pool="mine", dag=dag)
    """)
    assert {"owners", "tasks.retries", "tasks.queue"} <= unknown(dag)
    assert "tasks.pool" not in dag.unknown
    assert dag.tasks[0].pool == "mine"


FACTORIES = [
    'for name in Variable.get("names"):\n    globals()[name] = DAG(name)',
    'from company import make\ndag = DAG("known")\nif Variable.get("x"):\n    other = DAG("other")',
    'def make(name):\n    return DAG(name)\nfor name in open("names"):\n    globals()[name] = make(name)',
    'dag = DAG("etl_" + Variable.get("team"))',
    'def make(name):\n    return DAG(name)\nglobals().update({n: make(n) for n in Variable.get("n")})',
]


@pytest.mark.parametrize("source", FACTORIES)
def test_factories_are_named_with_their_line_and_never_guessed(source):
    found = read(source)
    assert {(one.file, one.why) for one in found.unlisted} == {
        ("a.py", "it makes DAGs whose ids are known only at run time")
    }
    assert {dag.dag_id for dag in found.dags} <= {"known"}


def test_helpers_of_the_tree_are_followed():
    dag = one(
        """
        from helpers import args, TEAM
        import helpers
        dag = DAG(f"{TEAM}_d", default_args=args(TEAM), schedule_interval=helpers.EVERY)
        DummyOperator(task_id="x", dag=dag)
        """,
        helpers="""
        from datetime import datetime, timedelta
        TEAM, EVERY = "shop", timedelta(hours=2)
        def args(team):
            return {"owner": team, "start_date": datetime(2024, 5, 1), "retries": 3}
        """,
    )
    assert (dag.dag_id, dag.owners, dag.tasks[0].retries, unknown(dag)) == ("shop_d", ("shop",), 3, set())
    assert (str(dag.schedule), dag.start_date.isoformat()) == ("every 2 h", "2024-05-01T00:00:00+00:00")


def test_edges_and_references():
    dag = one(f"""
        from airflow.operators.dagrun_operator import TriggerDagRunOperator
        from airflow.sensors.external_task_sensor import ExternalTaskSensor
        from airflow.utils.helpers import chain
        class Mine(ExternalTaskSensor): pass
        with DAG("d", {ARGS}) as dag:
            a, b = DummyOperator(task_id="a"), DummyOperator(task_id="b")
            w = Mine(task_id="w", external_dag_id="up", external_task_id="t", execution_delta=timedelta(hours=1))
            t = TriggerDagRunOperator(task_id="t", trigger_dag_id="{{{{ x }}}}")
            w >> [a, b]
            b.set_downstream(t)
            chain(a, t)
    """)
    tasks = {task.task_id: task for task in dag.tasks}
    assert {name: task.downstream for name, task in tasks.items()} == {
        "a": ("t",),
        "b": ("t",),
        "t": (),
        "w": ("a", "b"),
    }
    assert tasks["w"].operator == "a.Mine"
    reference = tasks["w"].reference
    assert (reference.kind, reference.dag_id, reference.task_id) == (ReferenceKind.WAITS_FOR, "up", "t")
    assert (reference.delta_seconds, reference.dynamic) == (3600.0, False)
    assert (tasks["t"].reference.dag_id, tasks["t"].reference.dynamic) == (None, True)


def test_an_edge_to_something_unknown_leaves_edges_unknown():
    dag = one(f"""
        from company import last
        with DAG("d", {ARGS}) as dag:
            DummyOperator(task_id="a") >> last
    """)
    assert "edges" in dag.unknown
    assert "tasks" not in dag.unknown


def test_zones_and_presets_and_no_schedule():
    found = read("""
        import pendulum
        zone = pendulum.timezone("Europe/Amsterdam")
        a = DAG("a", start_date=datetime(2024, 3, 1, tzinfo=zone), schedule_interval="@hourly")
        b = DAG("b", schedule_interval=None)
        c = DAG("c", schedule_interval="@once")
        d = DAG("e", "words")
    """)
    a, b, c, d = found.dags
    assert (str(a.schedule), a.schedule.timezone) == ("0 * * * *", "Europe/Amsterdam")
    assert a.start_date.isoformat() == "2024-02-29T23:00:00+00:00"
    assert [one.schedule.kind for one in (b, c)] == [ScheduleKind.NONE, ScheduleKind.ONCE]
    assert (d.description, str(d.schedule)) == ("words", "every 1 day")


def test_what_airflow_does_not_see_is_not_listed():
    found = read(f"""
        with DAG("nameless", {ARGS}):
            DummyOperator(task_id="a")
        def unused():
            return DAG("never")
        if __name__ == "__main__":
            never = DAG("never")
    """)
    assert (found.dags, found.unlisted) == ([], [])
    assert "DAG nameless has no name" in found.warnings[0]
    newer = read(f'with DAG("nameless", {ARGS}):\n    DummyOperator(task_id="a")', Defaults(registers=True))
    assert [dag.dag_id for dag in newer.dags] == ["nameless"]


def test_subdags_stand_in_their_parent():
    dag = one(f"""
        from airflow.operators.subdag_operator import SubDagOperator
        child = DAG("d.child", {ARGS})
        dag = DAG("d", {ARGS})
        SubDagOperator(task_id="child", subdag=child, dag=dag)
    """)
    assert (dag.dag_id, dag.tasks[0].reference.dag_id) == ("d", "d.child")


def test_files_that_airflow_passes_over():
    files = {
        "dags/.airflowignore": b"drafts/\n# a word\n",
        "dags/drafts/d.py": b"from airflow import DAG\ndag = DAG('draft')",
        "dags/plain.py": b"def broken(:",
        "dags/broken.py": b"from airflow import DAG\ndef broken(:",
        "dags/packed.zip": b"PK",
        "dags/binary.py": b"airflow dag\0",
    }
    found = read_dags(files, files.__getitem__, Defaults())
    assert found.dags == []
    assert [one.file for one in found.broken] == ["binary.py", "broken.py"]
    assert "(line 2)" in found.broken[1].message
    assert [one.file for one in found.unlisted] == ["packed.zip"]


@pytest.mark.parametrize(
    "bomb",
    [
        "x = 'a' * 10 ** 9",
        "x = '%999999999d' % 1",
        "def f(): return f()\nf()",
        "x = [0]\nfor a in range(2000):\n    for b in range(2000):\n        x.append(a)",
        "x = " + "(" * 80 + "1" + ")" * 80 + "\nx = " + "-" * 3000 + "1",
        "x = 1\n" + "x = x * x\n" * 60,
        "x = (0,)\n" + "x = x + x\n" * 60,
    ],
)
def test_code_that_would_run_for_ever_does_not(bomb):
    found = read(f'dag = DAG("d")\n{bomb}\n')
    assert len(found.dags) + len(found.unlisted) + len(found.broken) >= 1


def test_the_overrides_of_an_environment_are_its_defaults():
    overrides = {"core-max_active_runs_per_dag": "4", "scheduler-catchup_by_default": "False"}
    (dag,) = read('dag = DAG("d")', Defaults.of(overrides, "1.10.15")).dags
    assert (dag.max_active_runs, dag.catchup) == (4, False)
    assert Defaults.of({}, "2.4.3").registers


def test_what_code_sets_on_a_dag_later_counts():
    dag = one(f"""
        dag = DAG("d", {ARGS})
        if hasattr(dag, "catchup"):
            dag.catchup = False
    """)
    assert (dag.catchup, dag.unknown) == (False, ("paused",))


def test_what_code_may_set_on_a_dag_later_is_unknown():
    dag = one(f"""
        import ours
        dag = DAG("d", {ARGS})
        if ours.quick():
            dag.catchup = False
            dag.schedule_interval = None
    """)
    assert {"catchup", "schedule"} <= set(dag.unknown)
