"""One verdict: every command says the same of a DAG, and which line of which module blocks it."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from migrator.lab.estate import small
from migrator.model.readiness import in_words
from tests.workspace.users import migrate_here

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFIG = (
    "schema_version = 1\n"
    '[source]\nenvironment = "projects/p/locations/l/environments/old"\n'
    '[target]\nenvironment = "projects/p/locations/l/environments/new"\n'
)
QUICK = ("--resolve-seconds", "0")
DAG = """
from airflow import DAG
from datetime import datetime, timedelta
{more}

with DAG("{name}", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False, dagrun_timeout=timedelta(hours=1),
         default_args={{"owner": "shop", "retries": 2}}, tags=["shop"], description="{name}") as dag:
    pass
"""
PLUGIN = """
from airflow.plugins_manager import AirflowPlugin
from airflow.models import BaseOperator
from airflow.contrib.operators.gone_nowhere import Nothing


class LakeOperator(BaseOperator):
    pass


class Lake(AirflowPlugin):
    name = "lake"
    operators = [LakeOperator]
"""
MORE = {
    "ready": "",
    "automatic": "from airflow.operators.bash_operator import BashOperator",
    "own_fault": "import formatter",
    "by_helper": "from common.deep import x",
    "by_plugin": "from ops.base import Base",
    "by_plugin_name": "from airflow.operators.lake import LakeOperator",
    "beside": "import helper",
    "needs_provider": "from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook",
}
HAND_MADE = {
    **{f"dags/{name}.py": DAG.format(name=name, more=more) for name, more in MORE.items()},
    "dags/common/__init__.py": "",
    "dags/common/deep.py": "from ops.base import Base\nx = 1\n",
    "dags/helper.py": "import airflow\nfrom airflow.models.dag import Gone\n",
    "plugins/ops/__init__.py": "",
    "plugins/ops/base.py": "import airflow\n\n\nfrom airflow.contrib.operators.gone_nowhere import Base\n",
    "plugins/lake.py": PLUGIN,
}
EXPECTED = {
    "ready": "ready",
    "automatic": "automatic",
    "own_fault": "needs a person",
    "by_helper": "blocked by plugins/ops/base.py:4",
    "by_plugin": "blocked by plugins/ops/base.py:4",
    "by_plugin_name": "blocked by plugins/lake.py:4",
    "beside": "blocked by dags/helper.py:2",
    "needs_provider": "blocked",
}


def estate(root: Path, files: Mapping[str, str]) -> Path:
    """A workspace whose inventory is of these files."""
    for name, text in files.items():
        path = root / "bucket" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    workspace = root / "workspace"
    workspace.mkdir()
    (workspace / "migrate.toml").write_text(CONFIG)
    migrate_here(workspace, "inventory", "--from-folder", str(root / "bucket")).ended(0)
    return workspace


def assessed(workspace: Path) -> dict[str, str]:
    data = json.loads(migrate_here(workspace, "assess", "--format", "json", *QUICK).ended(0).out)
    return {dag["dag_id"]: in_words(dag["readiness"], dag["blocked_by"], len(dag["review"])) for dag in data["dags"]}


def planned(workspace: Path) -> dict[str, str]:
    data = json.loads(migrate_here(workspace, "plan", "--format", "json", *QUICK).ended(0).out)
    return {
        dag["dag_id"]: in_words(dag["readiness"], dag["blocked_by"], dag["review"])
        for wave in data["waves"]
        for dag in wave["dags"]
    }


def explained(workspace: Path, dag_id: str) -> str:
    text = migrate_here(workspace, "plan", "--explain", dag_id, *QUICK).ended(0).out
    [line] = re.findall(r"^  readiness   (.+)$", text, re.MULTILINE)
    return str(line)


def in_tickets(workspace: Path) -> dict[str, str]:
    migrate_here(workspace, "docs", "--tickets", "csv", *QUICK).ended(0)
    rows = csv.DictReader(io.StringIO((workspace / "docs/tickets.csv").read_text()))
    return {row["Summary"].partition(":")[0]: row["Readiness"] for row in rows}


def in_guide(workspace: Path) -> dict[str, str]:
    """The table of each owner."""
    pages = [path.read_text() for path in (workspace / "docs/owners").iterdir()]
    rows = re.findall(r"^\| `([^`]+)` \| \S+ \| (.+?) \| \d+ \| \d+ \|$", "\n".join(pages), re.MULTILINE)
    return {dag_id: verdict.replace("\\", "") for dag_id, verdict in rows}


def reported(workspace: Path) -> dict[str, str]:
    migrate_here(workspace, "report", *QUICK).ended(0)
    page = (workspace / "reports/site/index.html").read_text()
    rows = re.findall(r'<td class="id">([^<]+)</td><td>.*?</td><td><a href="readiness.html#[^>]*>([^<]*)<', page)
    return dict(rows)


def on_the_page(workspace: Path) -> dict[str, str]:
    page = (workspace / "reports/site/readiness.html").read_text()
    row = r'<tr class="dag"[^>]*><td class="id">(?:<a[^>]*>)?([^<]+)(?:</a>)?</td><td><span[^>]*></span> ([^<]+)</td>'
    return dict(re.findall(row, page))


@pytest.fixture(params=["hand-made", "demo"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "hand-made":
        return estate(tmp_path, HAND_MADE)
    return estate(tmp_path, {f"dags/{name}": text for name, text in small(datetime(2026, 11, 1, tzinfo=UTC)).items()})


def test_no_two_commands_say_different_things_of_one_dag(workspace: Path) -> None:
    verdicts = assessed(workspace)
    assert len(verdicts) >= len(EXPECTED)
    assert planned(workspace) == verdicts
    tickets = in_tickets(workspace)
    assert {dag_id: tickets.get(dag_id, said) for dag_id, said in verdicts.items()} == verdicts
    assert {dag_id for dag_id, said in verdicts.items() if said.startswith(("blocked", "needs"))} <= set(tickets)
    assert in_guide(workspace) == verdicts
    assert reported(workspace) == verdicts
    assert on_the_page(workspace) == verdicts
    for dag_id in sorted(verdicts)[:3]:
        assert explained(workspace, dag_id) == verdicts[dag_id]


def test_a_dag_is_as_far_as_what_it_imports(tmp_path: Path) -> None:
    assert assessed(estate(tmp_path, HAND_MADE)) == EXPECTED


def test_what_was_mended_in_the_target_is_what_counts(tmp_path: Path) -> None:
    """Until then the helper's finding is that of its source; a file that a rewrite wrote is no person's."""
    workspace = estate(tmp_path, HAND_MADE)
    migrate_here(workspace, "rewrite").ended(0)
    assert assessed(workspace) == EXPECTED
    (workspace / "plugins/target/ops/base.py").write_text("import airflow\n\n\nBase = object\n")
    (workspace / "dags/target/ready.py").write_text("import airflow\n\nfrom airflow.models.dag import Gone\n")
    changed = {"by_helper": "ready", "by_plugin": "ready", "ready": "needs a person"}
    assert assessed(workspace) == EXPECTED | changed
    assert planned(workspace) == EXPECTED | changed


def test_what_does_not_move_is_no_canary_and_each_ticket_names_what_blocks(tmp_path: Path) -> None:
    workspace = estate(tmp_path, HAND_MADE)
    plan = json.loads(migrate_here(workspace, "plan", "--format", "json", *QUICK).ended(0).out)
    assert {dag["dag_id"] for dag in plan["waves"][0]["dags"]} <= {"ready", "automatic"}
    migrate_here(workspace, "docs", *QUICK).ended(0)
    ticket = (workspace / "docs/tickets/by-helper.md").read_text()
    assert "Readiness: blocked by plugins/ops/base.py:4" in ticket.replace("\\", "")
    assert "`plugins/ops/base.py:4`: airflow.contrib.operators.gone" in ticket.replace("\\", "")
    module = (workspace / "docs/tickets/plugins-ops-base-py.md").read_text()
    assert "`by_helper`, `by_plugin`" in module
    order = json.loads(migrate_here(workspace, "assess", "--format", "json", *QUICK).ended(0).out)["order"]
    assert order[0]["file"] == "plugins/ops/base.py"
