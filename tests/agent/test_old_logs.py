"""The logs of carried runs, where 1.10 wrote them, as the log reader of the real 2.10.5's web server finds them."""

from __future__ import annotations

import pytest

from tests.agent.test_cutover import DAGS, PERIODS, add, boundary, iso, run

pytestmark = pytest.mark.airflow

PERIOD = PERIODS["cron"]
READ = """
from pathlib import Path
from airflow.configuration import conf
from airflow.models import DagBag, TaskInstance
from airflow.utils.log.log_reader import TaskLogReader
import os
root = Path(conf.get("logging", "base_log_folder"))
for name, text in values["files"].items():
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)
with agent.transaction() as session:
    query = session.query(TaskInstance).filter(TaskInstance.dag_id == values["dag_id"], TaskInstance.task_id == "a")
    (ti,) = [one for one in query if one.execution_date == agent.parse_date(values["date"])]
    session.expunge_all()
    ti.task = DagBag(read_dags_from_db=True).get_dag(ti.dag_id).get_task(ti.task_id)
    session.add(ti)
    chunks, _ = TaskLogReader().read_log_chunks(ti, values["number"], {})
    result = {"text": str(chunks), "number": ti.try_number}
"""
TEMPLATES = """
from airflow.models.tasklog import LogTemplate
with agent.transaction() as session:
    result = [(one.id, one.filename) for one in session.query(LogTemplate).order_by(LogTemplate.id)]
"""
FORGET = """
from airflow.models import DagRun
from airflow.models.tasklog import LogTemplate
with agent.transaction() as session:
    newest = max(one.id for one in session.query(LogTemplate))
    session.query(DagRun).update({"log_template_id": newest}, synchronize_session=False)
    session.query(LogTemplate).filter(LogTemplate.filename == agent.OLD_LOGS).delete(synchronize_session=False)
"""


@pytest.fixture(scope="module")
def parsed(v2):
    v2.write("old_logs.py", DAGS)
    return v2


@pytest.fixture
def clean(parsed):
    parsed.python("""
        from airflow.models import DagModel, DagRun, TaskInstance
        with agent.transaction() as session:
            session.query(TaskInstance).delete(synchronize_session=False)
            session.query(DagRun).delete(synchronize_session=False)
            session.query(DagModel).update({"is_paused": True}, synchronize_session=False)
    """)
    return parsed


def name(date, number=2):
    return f"cron_all/a/{date.isoformat()}/{number}.log"


def read(airflow, date, number, files):
    return airflow.python(READ, files=files, dag_id="cron_all", date=iso(date), number=number)


@pytest.mark.parametrize("seeded", [True, False])
def test_a_carried_run_shows_its_old_log_and_a_new_one_its_own(clean, seeded):
    old, new = boundary(PERIOD, 3), boundary(PERIOD, 1)
    clean.call("carry_over", dags={"cron_all": [run(old)]})
    if not seeded:
        clean.python(FORGET)
    before = clean.python(TEMPLATES)
    files = {name(old): "what 1.10 said\n", name(old, 1): "its first try\n"}
    assert "what 1.10 said" not in read(clean, old, 2, files)["text"]
    asked = {iso(old): {"a": 2, "gone": 1}, iso(new): {"a": 1}}
    assert clean.call("old_logs", dags={"cron_all": asked, "unknown": asked}) == {
        "cron_all": [iso(old)], "unknown": []
    }  # fmt: skip
    found = read(clean, old, 2, {})
    assert ("what 1.10 said" in found["text"], found["number"]) == (True, 2)
    assert "its first try" in read(clean, old, 1, {})["text"]
    add(clean, "cron_all", new, "success", tasks="'success'")
    own = f"dag_id=cron_all/run_id=scheduled__{new.isoformat()}/task_id=a/attempt=1.log"
    assert "what 2.10 said" in read(clean, new, 1, {own: "what 2.10 said\n", name(new, 1): "another's\n"})["text"]
    after = clean.python(TEMPLATES)
    assert after[-1] == before[-1], "new runs take the newest template"
    assert len(after) == len(before) + (not any("{{ ts }}" in filename for _, filename in before))
    assert clean.call("old_logs", dags={"cron_all": asked}) == {"cron_all": [iso(old)]}
    assert clean.python(TEMPLATES) == after


def test_a_run_of_its_own_keeps_the_names_of_its_own(clean):
    date = boundary(PERIOD, 1)
    add(clean, "cron_all", date, "success", tasks="'success'")
    assert clean.call("old_logs", dags={"cron_all": {iso(date): {"a": 3}}}) == {"cron_all": []}
