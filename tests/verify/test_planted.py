"""Two estates that are equal but for what was planted: each difference is found and named, and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from migrator.cutover.parity import gate
from migrator.cutover.sides import observe
from migrator.rewrite.tree import rewrite_tree
from migrator.verify.codes import codes_of_files
from migrator.verify.model import About, Verdict
from migrator.verify.report import as_json, record, table
from migrator.verify.run import verify
from migrator.workspace.workspace import Workspace
from tests.transfer.targets import NOW
from tests.verify.sides import DAG, deploy, environment, found, store

pytestmark = pytest.mark.airflow

SECRET = "correct horse battery staple"
VARIABLES = {"region": "eu", "plain": "1", "exact": "1e5", "gone": SECRET}
CONNECTIONS = [
    {
        "conn_id": "db",
        "conn_type": "postgres",
        "host": "h",
        "login": "l",
        "password": SECRET,
        "port": 5432,
        "extra": "{}",
    },
    {"conn_id": "api", "conn_type": "http", "host": "http://u:p@h/", "extra": '{"a": 1}'},
    {"conn_id": "bare", "conn_type": None},
]
NAMES: dict[str, list[str]] = {"variables": [], "connections": []}
POOLS = {"warehouse": 4, "spare": 2}


@dataclass(frozen=True)
class Plant:
    """A replacement in the file of v2's DAG, and the differences that it makes."""

    old: str
    new: str
    fields: tuple[str, ...]


PLANTS = {
    "schedule": Plant("15 3 * * *", "15 4 * * *", ("schedule", "task extract: rendered bash_command")),
    "end_date": Plant("datetime(2027, 1, 1)", "datetime(2028, 1, 1)", ("end_date",)),
    "start_date": Plant("datetime(2026, 1, 1)", "datetime(2026, 1, 2)", ("start_date",)),
    "catchup": Plant("catchup=False", "catchup=True", ("catchup",)),
    "max_active_runs": Plant("max_active_runs=2", "max_active_runs=3", ("max_active_runs",)),
    "dagrun_timeout": Plant("timedelta(hours=9)", "timedelta(hours=8)", ("dagrun_timeout",)),
    "edge": Plant(
        "[clean, load] >> go >> last",
        "clean >> go >> last",
        ("task extract: edge to load", "task load: edge to go"),
    ),
    "retries": Plant(
        'trigger_rule="none_failed",', 'retries=1, trigger_rule="none_failed",', ("task load: retries",)
    ),
    "retry_delay": Plant(
        'trigger_rule="none_failed",',
        'retry_delay=timedelta(minutes=1), trigger_rule="none_failed",',
        ("task load: retry_delay",),
    ),
    "trigger_rule": Plant('trigger_rule="none_failed"', 'trigger_rule="all_done"', ("task load: trigger_rule",)),
    "queue": Plant('queue="big"', 'queue="default"', ("task load: queue",)),
    "pool": Plant('pool="warehouse"', 'pool="spare"', ("task extract: pool",)),
    "depends_on_past": Plant("depends_on_past=True", "depends_on_past=False", ("task load: depends_on_past",)),
    "timeout": Plant("timedelta(minutes=30)", "timedelta(minutes=3)", ("task extract: execution_timeout",)),
    "weight": Plant("priority_weight=4", "priority_weight=5", ("task clean: priority_weight",)),
    "callback": Plant("on_failure_callback=alarm", "on_failure_callback=None", ("task clean: on_failure_callback",)),
    "email": Plant("b@example.com", "c@example.com", ("task last: email",)),
    "sensor": Plant(
        'external_task_id="done"',
        'external_task_id="finished"',
        ("task wait: reference task_id", "task wait: rendered external_task_id"),
    ),
    "delta": Plant(
        "execution_delta=timedelta(hours=1)",
        "execution_delta=timedelta(hours=2)",
        ("task wait: reference delta_seconds",),
    ),
    "mode": Plant('mode="reschedule"', 'mode="poke"', ("task wait: mode",)),
    "triggers": Plant(
        'trigger_dag_id="downstream"',
        'trigger_dag_id="another"',
        ("task go: reference dag_id", "task go: rendered trigger_dag_id"),
    ),
    "operator": Plant("load = EmptyOperator(", "load = type('Odd', (EmptyOperator,), {})(", ("task load: operator",)),
    "template": Plant("--day {{ ds }}", "--day {{ ds_nodash }}", ("task extract: rendered bash_command",)),
    "kwargs": Plant('"day": "{{', '"day": " {{', ("task clean: rendered op_kwargs",)),
    "task": Plant('task_id="last"', 'task_id="final"', ("task last", "task final")),
}  # fmt: skip
RESOURCES = {
    "variable gone: all of it",
    "variable exact: value",
    "connection db: password",
    "connection api: host",
    "connection bare: all of it",
    "pool warehouse: slots",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("workspace"))
    made.source_dags.mkdir(parents=True)
    for name in (*PLANTS, "untouched"):
        (made.source_dags / f"{name}.py").write_text(DAG.format(name=f"dag_{name}"))
    rewrite_tree(made.source_dags, made.target_dags)
    return made


@pytest.fixture(scope="module")
def estates(v1, v2, workspace):
    """Both Airflows with the same estate; v1 ran its DAGs once."""
    store(v1, VARIABLES, CONNECTIONS, POOLS)
    deploy(v1, workspace.source_dags)
    v1.python(
        """
        from datetime import datetime, timezone
        from airflow.models import DagModel
        dags = agent.Dags()
        with agent.transaction() as session:
            for (dag_id,) in session.query(DagModel.dag_id).all():
                day = datetime(2026, 3, 1, 3, 15, tzinfo=timezone.utc)
                agent.add_run(session, dags.get(dag_id), None, day, None, "success")
        """
    )
    return environment(v1), environment(v2)


@pytest.fixture
def same(estates, v2, workspace):
    store(v2, VARIABLES, CONNECTIONS, POOLS)
    deploy(v2, workspace.target_dags)


def test_what_the_rewrite_made_is_equal_or_explained(estates, same, workspace):
    parity = verify(*estates, lambda: codes_of_files(workspace), {})
    assert found(parity) == set()
    dags = parity.of(About.DAG)
    assert len(dags) == len(PLANTS) + 1
    left = {why for dag in dags for why in dag.left_out}
    assert left == {"task last: rendered bash_command: run_id differs from run to run"}


def test_each_planted_difference_is_found_and_named_and_nothing_else(estates, same, v2, workspace):
    for name, plant in PLANTS.items():
        text = (workspace.target_dags / f"{name}.py").read_text()
        assert plant.old in text, f"{name}: {plant.old!r} is not in\n{text}"
        v2.write(f"{name}.py", text.replace(plant.old, plant.new))
    store(
        v2,
        {**{key: VARIABLES[key] for key in ("region", "plain")}, "exact": "100000.0"},
        [{**CONNECTIONS[0], "password": "another"}, {**CONNECTIONS[1], "host": "http://u:q@h/"}],
        {**POOLS, "warehouse": 5, "only_here": 1},
    )
    parity = verify(*estates, lambda: codes_of_files(workspace), {})
    planted = {f"dag dag_{name}: {field}" for name, plant in PLANTS.items() for field in plant.fields}
    assert found(parity) == planted | RESOURCES
    shown = table(parity) + as_json(record(parity, NOW, source="a", target="b", files={}))
    assert SECRET not in shown
    assert "u:p@h" not in shown
    different = {one.name for one in parity.different if one.about is About.DAG}
    assert "dag_untouched" not in different
    json.loads(as_json(record(parity, NOW, source="a", target="b", files={})))


def test_a_variable_that_a_template_names_is_the_cause(estates, same, v2):
    store(v2, {**VARIABLES, "region": "us"}, CONNECTIONS, POOLS)
    parity = verify(*estates, dict, {}, dag_ids=["dag_untouched"])
    (difference,) = parity.objects[0].unexplained
    assert difference.field == "task extract: rendered env"
    assert difference.why == "because of variable region"


def test_what_somebody_answers_for_is_explained(estates, same, v2):
    store(v2, VARIABLES, CONNECTIONS, {**POOLS, "spare": 9})
    parity = verify(*estates, dict, {"pool spare: slots": "sized anew"})
    assert found(parity) == set()
    (pool,) = [one for one in parity.of(About.POOL) if one.name == "spare"]
    assert (pool.verdict, pool.differences[0].rule, pool.differences[0].why) == (
        Verdict.EXPLAINED,
        "accepted",
        "sized anew",
    )


def test_the_gate_of_a_cutover_names_what_keeps_each_dag(estates, same, v2, workspace):
    text = (workspace.target_dags / "untouched.py").read_text()
    v2.write("untouched.py", text.replace('queue="big"', 'queue="small"').replace("--day {{ ds }}", "--of {{ ds }}"))
    view = observe(estates[0].agent, ["dag_untouched", "dag_queue"])
    last = {dag_id: seen.finished[0] for dag_id, seen in view.dags.items()}
    reasons = gate(workspace, NAMES, {})(*estates, last | {"dag_of_nobody": None})
    assert reasons.keys() == {"dag_untouched", "dag_of_nobody"}
    assert reasons["dag_untouched"] == (
        "it differs in v2: task load: queue is small, big in v1; task extract: rendered bash_command is (rendered) "
        "otherwise, (rendered) in v1: see migrate verify"
    )
    assert reasons["dag_of_nobody"] == "v1 does not parse its file now, so it can't be compared"
    assert gate(workspace, NAMES, {"dag dag_untouched": "by its owner"})(*estates, last) == {}


def test_a_dag_that_v2_cannot_import_says_why(estates, same, v2):
    v2.write("untouched.py", "import a_module_that_is_gone\nfrom airflow import DAG\n")
    parity = verify(*estates, dict, {}, dag_ids=["dag_untouched", "dag_queue"])
    by_name = {one.name: one for one in parity.objects}
    assert by_name["dag_queue"].verdict is Verdict.EQUAL
    (difference,) = by_name["dag_untouched"].differences
    assert (difference.field, difference.v2) == ("dag", "missing")
    assert "a_module_that_is_gone" in difference.why
