"""The cluster policy on real Airflow 2.10.5: what it refuses, what it says, and that it sees what ``assess`` sees."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from codemods.engine.rewrite import rewrite
from migrator.assess.registry import all_checks
from migrator.cli.app import app
from migrator.errors import UsageError
from migrator.provision.policies.settings import policies
from migrator.workspace.config import AssessSection, PoliciesSection, Waiver
from tests.workspace.users import migrate

if TYPE_CHECKING:
    from pathlib import Path

    from tests.provision.conftest import Airflow

HOUSE = """
schema_version = 1
[policies]
page = "https://wiki.example.com/dags#{code}"
contact = "#data-platform"
retry_pool = "retries"
task_minutes = 90
[policies.grace]
"old_*" = 2999-12-31
"late_*" = 2020-01-01
[assess.options.GV102]
known = ["shop", "stock"]
"""

GOOD = '''\
"""Load the orders of a day."""
from datetime import datetime, timedelta
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG(
    "{dag_id}",
    description="Load the orders of a day",
    schedule="@daily",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["shop"],
    dagrun_timeout=timedelta(hours=2),
    default_args={{"owner": "shop", "retries": 2}},
) as dag:
    BashOperator(task_id="load", bash_command="true")
'''

REFUSED = """\
AirflowClusterPolicyViolation: orphan violates 1 policy.
GV101 at dags/orphan.py:6: no owner is named (owner: airflow)
  change: Name a team: default_args={"owner": "TEAM", ...}.
  paste:  default_args = {"owner": "shop", "retries": 2}
  read:   https://wiki.example.com/dags#GV101
It does not load until that is changed. Ask: #data-platform"""

LOAD = """
from airflow.models import DagBag
from airflow import settings
bag = DagBag(include_examples=False)
out = {"errors": {path.rpartition("/")[2]: text for path, text in bag.import_errors.items()},
       "docs": {dag.dag_id: dag.doc_md for dag in bag.dags.values()},
       "limits": {dag.dag_id: str(dag.tasks[0].execution_timeout) for dag in bag.dags.values()}}
class Tried:
    pool = "default_pool"
    def __init__(self, number): self.try_number = number
tried = [Tried(1), Tried(2)]
for one in tried: settings.task_instance_mutation_hook(one)
out["pools"] = [one.pool for one in tried]
print()
print(json.dumps(out))
"""


def orphan(dag_id: str) -> str:
    return GOOD.format(dag_id=dag_id).replace('"owner": "shop", ', "")


def test_what_is_refused_what_is_spared_and_what_is_left_alone(airflow: Airflow, tmp_path: Path) -> None:
    (tmp_path / "migrate.toml").write_text(HOUSE)
    ran = migrate(tmp_path, "policies", "-o", str(airflow.home / "plugins")).ended(0)
    assert "it refuses DAGs that break a rule. Upload it to plugins/" in ran.err
    files = {
        "good.py": GOOD.format(dag_id="good"),
        "orphan.py": orphan("orphan"),
        "old.py": orphan("old_orphan"),
        "late.py": orphan("late_orphan"),
        "untold.py": GOOD.format(dag_id="untold").replace('description="Load the orders of a day",', ""),
        "airflow_monitoring.py": orphan("airflow_monitoring"),
    }
    for name, text in files.items():
        (airflow.home / "dags" / name).write_text(text)
    seen = airflow.python(LOAD)
    assert set(seen["errors"]) == {"orphan.py", "late.py"}
    assert seen["errors"]["orphan.py"] == REFUSED
    assert set(seen["docs"]) == {"good", "old_orphan", "untold", "airflow_monitoring"}
    assert seen["docs"]["good"] is seen["docs"]["airflow_monitoring"] is None
    assert "From 2999-12-31 on, it will not load. Ask: #data-platform" in seen["docs"]["old_orphan"]
    assert "GV105 at dags/untold.py:6: it has neither a description nor docs" in seen["docs"]["untold"]
    assert "It loads all the same." in seen["docs"]["untold"]
    limits = dict.fromkeys(("good", "old_orphan", "untold"), "1:30:00")
    assert seen["limits"] == limits | {"airflow_monitoring": "None"}
    assert seen["pools"] == ["default_pool", "retries"]


PARITY = """
import os, sys, types
from airflow.models import DagBag
os.makedirs("made")
houses = []
for number, text in enumerate(given["houses"]):
    houses.append(types.ModuleType(f"house_{number}"))
    sys.modules[houses[-1].__name__] = houses[-1]
    exec(text, houses[-1].__dict__)
out = []
for number, (house, code) in enumerate(given["cases"]):
    path = os.path.abspath(f"made/case_{number}.py")
    with open(path, "w") as file:
        file.write(code)
    bag = DagBag(path, include_examples=False)
    broken = [[code for code, _, _ in houses[house]._broken(dag, "dags/orders.py")] for dag in bag.dags.values()]
    out.append(broken[0] if broken else None)
print()
print(json.dumps(out))
"""
UNREACHABLE = ("requests", "psycopg2", "storage", "read_csv", "git", "sleep")


def test_it_finds_what_assess_finds(airflow: Airflow) -> None:
    """Each example of a check that is a file which Airflow 2 can load without a network, after its rewrite."""
    cases = [
        (check.code, example)
        for check in all_checks()
        if check.group == "governance"
        for example in check.examples
        if example.files
        and "schedule" not in example.dag
        and not any(word in str(example.files) for word in UNREACHABLE)
    ]
    houses = [AssessSection(), *(AssessSection(options={code: dict(e.options)}) for code, e in cases if e.options)]
    given = []
    for code, example in cases:
        house = AssessSection(options={code: dict(example.options)}) if example.options else AssessSection()
        given.append((houses.index(house), rewrite(example.files["dags/orders.py"].encode()).source.decode()))
    seen = airflow.python(PARITY, houses=[policies(PoliciesSection(), one) for one in houses], cases=given)
    loaded = [(code, example, found) for (code, example), found in zip(cases, seen, strict=True) if found is not None]
    assert len(loaded) > 20
    for code, example, found in loaded:
        assert found.count(code) == example.found, f"{code} {example.about}: {found}"


def test_the_file_stands_alone() -> None:
    for ignored in ((), ("GV103", "GV113"), ("GV104",)):
        text = policies(PoliciesSection(ignore=ignored), AssessSection())
        ast.parse(text)
        assert "from migrator" not in text
        assert "import migrator" not in text
        assert f'"{ignored[0]}"' not in text if ignored else True


def test_a_waiver_of_assess_holds_here_too() -> None:
    day = datetime.now(UTC).date() + timedelta(days=2)
    waivers = [Waiver(code="GV101", where="orphan", reason="being split", expires=day)]
    waivers.append(Waiver(code="CP201", where="*", reason="not of this kind", expires=date(2999, 1, 1)))
    text = policies(PoliciesSection(), AssessSection(waivers=waivers))
    assert f"WAIVERS = [('GV101', 'orphan', 'being split', '{day}')]" in text


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            '[assess.options.GV104.patterns]\n"shop/*" = "shop_[a-z"\n',
            "'shop_[a-z' for shop/* is no regular expression",
        ),
        ('[policies]\nignore = ["GV999"]\n', "There is no check 'GV999'"),
        ('[policies]\nmode = "shout"\n', "policies.mode"),
        ('[policies]\npage = "wiki/dags"\n', "should look like https://HOST"),
        ("[policies]\ngrase = {}\n", "did you mean 'grace'"),
        ('[policies.grace]\n"a" = "soon"\n', "policies.grace.a"),
    ],
)
def test_bad_rules_are_told_and_nothing_is_written(tmp_path: Path, toml: str, said: str) -> None:
    (tmp_path / "migrate.toml").write_text(toml)
    with pytest.raises(UsageError) as caught:
        CliRunner().invoke(app, ["--workspace", str(tmp_path), "policies"], catch_exceptions=False)
    assert said in str(caught.value)
    assert not (tmp_path / "policies").exists()


def test_a_bad_pattern_is_an_error_with_a_fix() -> None:
    with pytest.raises(UsageError, match="no regular expression") as caught:
        policies(PoliciesSection(), AssessSection(options={"GV104": {"patterns": {"*": "("}}}))
    assert "[assess.options.GV104]" in caught.value.fix
