"""Each type of the table is what a real 2.10.5 insists on."""

from __future__ import annotations

import json
import subprocess

import pytest

from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite
from codemods.tables import rows
from tests.corpus import target

pytestmark = pytest.mark.airflow

WRONG = {"str": "5", "int": "'5'", "bool": "'False'", "timedelta": "300", "list": "'x'", "schedule": "3600"}
CODE = {
    "DAG": "from airflow import DAG\nDAG({id}, start_date=datetime.datetime(2024, 1, 1), {argument}={value})\n",
    "task": "from airflow.operators.bash import BashOperator\n"
    "BashOperator(task_id='a', bash_command='b', {argument}={value})\n",
    "DockerOperator": "from airflow.providers.docker.operators.docker import DockerOperator\n"
    "DockerOperator(task_id='a', image='b', {argument}={value})\n",
}
ASK = """\
import datetime, json, sys
raised = []
for source in json.load(sys.stdin):
    try:
        exec(source, {"datetime": datetime})
        raised.append(False)
    except Exception:
        raised.append(True)
print(json.dumps(raised))
"""


def written(row: dict[str, str], value: str) -> str:
    """A call with one argument of the table; ``DAG(dag_id=...)`` has its id by name."""
    code = CODE[row["of"]].format(id="'a'", argument=row["argument"], value=value)
    return code.replace("'a', start_date", "start_date") if row["argument"] == "dag_id" else code


def test_every_row_raises_and_is_found(tmp_path_factory: pytest.TempPathFactory) -> None:
    table = rows("argument_types")
    sources = [written(row, WRONG[row["type"]]) for row in table]
    place, home = target.ensure(), tmp_path_factory.mktemp("types")
    done = subprocess.run(
        [str(place / "bin" / "python"), "-c", ASK],
        input=json.dumps(sources),
        env=target.environment(place, home),
        capture_output=True,
        text=True,
        check=True,
    )
    raised = dict(zip(sources, json.loads(done.stdout.splitlines()[-1]), strict=True))
    assert [source for source, did in raised.items() if not did] == []
    for source in sources:
        found = rewrite(source.encode(), Options(select=frozenset({"CM207"})))
        assert [finding.code for finding in found.findings] == ["CM207"], source
