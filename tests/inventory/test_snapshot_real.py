"""One contract: a snapshot of a real Airflow, 1.10.15 or 2.2.5, gives the inventory that this Airflow itself gives."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources

import pyrage
import pytest

from migrator.environments.composer_api import facts_of_json
from migrator.environments.folder import FolderBucket
from migrator.environments.ports import Answer
from migrator.inventory.collect import FOLDERS, MAX_RUNS, build_inventory
from migrator.inventory.snapshot.layout import find_layout
from migrator.inventory.snapshot.read import of_snapshot
from migrator.lab import estate
from migrator.model.dag import Facts
from tests.inventory import snapshot_of
from tests.inventory.contract import same_environment
from tests.transfer.test_users import PEOPLE, people

pytestmark = pytest.mark.airflow
IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())
MOMENT = datetime(2026, 11, 25, 16, tzinfo=UTC)


def fill(airflow):
    """The small estate, as the scheduler would have parsed it, with secrets, runs, a paused DAG and broken files."""
    for path, text in estate.small(datetime.now(UTC)).items():
        place = airflow.dags / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    script = resources.files("migrator.lab.estate").joinpath("seed_v1.py.tmpl").read_text("utf-8")
    airflow.python("exec(compile(values['script'], 'seed', 'exec'), {})", script=script)
    airflow.python("""
        from airflow.models import DagBag, errors
        bag = DagBag(agent.dags_folder(), include_examples=False)
        for dag in bag.dags.values():
            dag.sync_to_db()
        model = getattr(errors, "ImportError", None) or errors.ParseImportError
        with agent.transaction() as session:
            session.query(model).delete()
            for path, message in bag.import_errors.items():
                session.add(model(timestamp=agent.utcnow(), filename=path, stacktrace=message))
    """)
    airflow.call("set_paused", dags={"kill_one": True, "minute_report": False, "delta_ingest": True})
    start = MOMENT - timedelta(days=1)
    runs = [
        {"run_id": "x", "logical_date": (start + timedelta(minutes=2 * n)).isoformat(), "state": "success"}
        for n in range(4)
    ]
    stored_forms(airflow)
    carried = airflow.call("carry_over", dags={"kill_one": runs, "delta_ingest": runs})
    assert [len(one["inserted"]) for one in carried.values()] == [4, 4]


def stored_forms(airflow):
    """What the scheduler stores for the web server."""
    airflow.python("""
        from airflow.models import DagBag
        from airflow.models.serialized_dag import SerializedDagModel
        for dag in DagBag(agent.dags_folder(), include_examples=False).dags.values():
            SerializedDagModel.write_dag(dag)
    """)


def told(airflow, snapshot):
    """The inventory as the environment itself gives it, with the files of the snapshot for its bucket."""
    since = (MOMENT - timedelta(weeks=4)).isoformat()
    result = airflow.call("describe", since=since, max_runs=MAX_RUNS, recipient=RECIPIENT)
    files = [file for prefix in FOLDERS for file in FolderBucket(snapshot).files(prefix)]
    facts = facts_of_json((snapshot / "environment.json").read_text())
    return build_inventory(facts, Answer(result, MOMENT, airflow.version, "3.8"), files), opened(result["sealed"])


def opened(sealed):
    data = base64.b64decode(sealed) if isinstance(sealed, str) else sealed
    return json.loads(pyrage.decrypt(data, [IDENTITY]))


def taken(snapshot):
    found = of_snapshot(find_layout(snapshot, key=None), name="", recipient=RECIPIENT, weeks=4)
    assert found.problems == ()
    return found.collected.inventory, opened(found.collected.sealed)


FORMS = {
    "COPY": ("postgres", snapshot_of.pg_dump),
    "INSERT": ("postgres", lambda airflow: snapshot_of.pg_dump(airflow, "--inserts")),
    "INSERT with columns": ("postgres", lambda airflow: snapshot_of.pg_dump(airflow, "--column-inserts")),
    "MySQL": ("mysql", snapshot_of.mysql_dump),
}


@pytest.fixture(scope="module", params=["v1", pytest.param("v1_newer", marks=pytest.mark.soak)])
def source(request):
    """What Composer 1 ran, filled."""
    airflow = request.getfixturevalue(request.param)
    fill(airflow)
    return airflow


@pytest.mark.parametrize(
    "form", [pytest.param(one, marks=pytest.mark.soak) if "INSERT" in one else one for one in FORMS]
)
def test_the_same_as_the_live_environment_without_stored_forms(source, tmp_path, form):
    kind, dump = FORMS[form]
    source.python("with agent.transaction() as s: s.execute(agent._sql('DELETE FROM serialized_dag'))")
    snapshot = snapshot_of.save(source, tmp_path, dump(source), kind=kind)
    (found, secrets), (live, live_secrets) = taken(snapshot), told(source, snapshot)
    same_environment(found, live)
    assert secrets == live_secrets
    assert all(dag.facts is Facts.STATIC and not dag.unknown for dag in found.dags)
    assert found.dag("kill_one").paused
    assert len(found.runs) == 8


def test_the_same_as_the_live_environment_with_stored_forms(source, tmp_path):
    stored_forms(source)
    people(source, PEOPLE)
    snapshot = snapshot_of.save(source, tmp_path, snapshot_of.pg_dump(source))
    (found, secrets), (live, live_secrets) = taken(snapshot), told(source, snapshot)
    same_environment(found, live)
    assert secrets == live_secrets
    assert found.usage.users == tuple(replace(one, events=None) for one in live.usage.users)
    assert {one.identity: one.roles for one in found.usage.users}["ann@example.com"] == ("Op", "Viewer")
    assert "its load" in found.unknown
    assert all(dag.facts is Facts.AIRFLOW and not dag.unknown for dag in found.dags)


@pytest.mark.parametrize("form", ["COPY", pytest.param("MySQL", marks=pytest.mark.soak)])
def test_the_last_runs_have_the_tasks_that_the_live_environment_tells(source, tmp_path, form):
    source.python("""
        from airflow.models import DagRun, TaskInstance
        with agent.transaction() as session:
            run = session.query(DagRun).filter(DagRun.dag_id == "kill_one").order_by(DagRun.execution_date.desc()).first()
            run.state = "running"
            tie = (TaskInstance.run_id == run.run_id if agent.HAS_INTERVALS
                   else TaskInstance.execution_date == run.execution_date)
            query = session.query(TaskInstance).filter(TaskInstance.dag_id == "kill_one", tie)
            for task, state in zip(query.order_by(TaskInstance.task_id), ["success", "up_for_retry", None]):
                task.state = state
    """)  # noqa: E501
    kind, dump = FORMS[form]
    found, _ = taken(snapshot_of.save(source, tmp_path, dump(source), kind=kind))
    since = (MOMENT - timedelta(weeks=4)).isoformat()
    live = {run["run_id"]: run for run in source.call("runs", dag_ids=None, since=since)["runs"]}
    assert found.history.unknown == ()
    assert {run.run_id: run.tasks for run in found.history.runs} == {key: run["tasks"] for key, run in live.items()}
    assert [run.state for run in found.history.half_done("kill_one")] == ["running"]
    assert "up_for_retry" in found.history.half_done("kill_one")[0].tasks.values()
