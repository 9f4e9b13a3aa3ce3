"""The agent called as an operator's channel calls it: the real command line, files in and out."""

from __future__ import annotations

import json
import shutil
import threading
import time

import pytest

from migrator.lab import installs

pytestmark = pytest.mark.airflow

NAME = "composer_migrator_agent.py"


def command(airflow, request_id):
    params = json.dumps({"id": request_id})
    if airflow.version.startswith("1"):
        return ("test", "composer_migrator_agent", "answer", "2020-01-01", "-tp", params, "-sd", f"DAGS_FOLDER/{NAME}")
    return (
        "tasks",
        "test",
        "composer_migrator_agent",
        "answer",
        "2020-01-01",
        "-t",
        params,
        "-S",
        f"DAGS_FOLDER/{NAME}",
    )


@pytest.fixture
def installed(airflow):
    source = airflow.python("result = agent.__file__")
    shutil.copy(source, airflow.dags / NAME)
    # -S reads this one file: a broken neighbour neither matters nor is parsed
    (airflow.dags / "neighbour.py").write_text("from airflow import DAG\nopen(__file__ + '.parsed', 'w')\n")
    return airflow


def ask(airflow, request_id, delay=0.0, **request):
    folder = airflow.home / "data" / "migrate" / "requests"
    folder.mkdir(parents=True, exist_ok=True)

    def deliver():
        time.sleep(delay)
        (folder / f"{request_id}.json").write_text(json.dumps({"id": request_id, "params": {}, **request}))

    thread = threading.Thread(target=deliver)
    thread.start()
    done = airflow.cli(*command(airflow, request_id))
    thread.join()
    path = airflow.home / "data" / "migrate" / "answers" / f"{request_id}.json"
    return done, json.loads(path.read_text()) if path.exists() else None


def test_a_call_through_the_command_line(installed):
    done, answer = ask(installed, "one", action="observe", params={"dag_ids": [], "history": 1})
    assert done.returncode == 0, done.stderr
    assert "composer_migrator_agent answered one" in done.stdout + done.stderr
    assert answer["ok"] is True
    assert answer["result"] == {}
    assert answer["airflow_version"] == installed.version
    assert answer["python_version"].startswith(
        {one.airflow: one.python for one in installs.RELEASES}[installed.version]
    )
    assert not (installed.dags / "neighbour.py.parsed").exists()
    left = installed.python("""
        from airflow.models import DagRun, TaskInstance
        with agent.transaction() as session:
            mine = [session.query(table).filter(table.dag_id == agent.DAG_ID) for table in (DagRun, TaskInstance)]
            result = [query.count() for query in mine]
    """)
    assert left == [0, 0]


def test_an_answered_request_is_not_acted_on_again(installed):
    _, first = ask(installed, "same", action="observe", params={"dag_ids": []})
    _, second = ask(installed, "same", action="nothing")
    assert second == first


def test_a_request_that_comes_late_is_waited_for(installed):
    _, answer = ask(installed, "late", delay=8.0, action="nothing")
    assert (answer["ok"], answer["error"]["kind"]) == (False, "request")


@pytest.mark.parametrize(
    "request_id", ["../up", *(pytest.param(odd, marks=pytest.mark.soak) for odd in (".hidden", "a b", ""))]
)
def test_an_id_that_is_no_name_is_refused(installed, request_id):
    done = installed.cli(*command(installed, request_id))
    assert done.returncode != 0
    assert not (installed.home / "data" / "migrate" / "up.json").exists()


def test_one_command_answers_request_after_request(installed):
    folder = installed.home / "data" / "migrate"
    (folder / "requests").mkdir(parents=True, exist_ok=True)
    (folder / "answers").mkdir(exist_ok=True)
    (folder / "answers" / "many-2.json").write_text('{"id": "many-2", "before": true}')
    observe = {"action": "observe", "params": {"dag_ids": [], "history": 0}}
    for number, request in enumerate([observe, observe, {"action": "nonsense"}, {"action": "end"}, observe], start=1):
        text = json.dumps({"id": f"many-{number}", **request})
        (folder / "requests" / f"many-{number}.json").write_text(text)
    words = list(command(installed, "many"))
    words[words.index('{"id": "many"}')] = '{"id": "many", "serve": 20}'
    done = installed.cli(*words)
    assert done.returncode == 0, done.stderr
    answers = {path.stem: json.loads(path.read_text()) for path in (folder / "answers").glob("many-*.json")}
    assert sorted(answers) == ["many-1", "many-2", "many-3"]
    assert (answers["many-1"]["ok"], answers["many-2"]) == (True, {"id": "many-2", "before": True})
    assert answers["many-3"]["error"]["kind"] == "request"


def test_a_standing_agent_parses_a_file_again_when_it_changed(airflow):
    seen = airflow.python(
        """
        from pathlib import Path

        def one(name):
            path.write_text(values["source"].format(name))
            return agent.parsed(str(path))

        path = Path(values["path"])
        first = one("first")
        result = [agent.parsed(str(path)) is first]
        changed = one("changed")
        result += [sorted(changed.dags), agent.parsed(str(path)) is changed, agent.parsed("gone.py").dags]
        kept, agent.PARSED_SECONDS = agent.PARSED_SECONDS, -1
        result.append(agent.parsed(str(path)) is changed)
        agent.PARSED_SECONDS = kept
        """,
        path=str(airflow.dags / "edited.py"),
        source="import datetime\nfrom airflow import DAG\nd = DAG('{}', start_date=datetime.datetime(2024, 1, 1))\n",
    )
    assert seen == [True, ["changed"], True, {}, False]


def test_a_standing_agent_loads_a_serialized_dag_again_when_it_changed(airflow):
    if airflow.version.startswith("1"):
        pytest.skip("1.10 reads the file")
    seen = airflow.python("""
        import datetime
        from airflow import DAG
        from airflow.models.serialized_dag import SerializedDagModel

        def written(year):
            dag = DAG("serialized_edit", start_date=datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc))
            SerializedDagModel.write_dag(dag)
            return agent.Dags().get("serialized_edit")

        first = written(2023)
        result = [written(2023) is first, written(2024).start_date.year]
    """)
    assert seen == [True, 2024]


def test_a_standing_command_that_nobody_asks_ends_by_itself(installed):
    words = list(command(installed, "idle"))
    words[words.index('{"id": "idle"}')] = '{"id": "idle", "serve": 1}'
    assert installed.cli(*words).returncode == 0
