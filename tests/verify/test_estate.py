"""The lab's own estate, rewritten: nothing about any of its DAGs differs without a rule."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from migrator.lab.estate import small
from migrator.rewrite.tree import rewrite_tree
from migrator.verify.codes import codes_of_files
from migrator.verify.model import About, Verdict
from migrator.verify.run import verify
from migrator.workspace.workspace import Workspace
from tests.verify.sides import deploy, environment, found

pytestmark = [pytest.mark.airflow, pytest.mark.soak]


def test_every_dag_of_the_small_estate_is_equal_or_explained(v1, v2, tmp_path):
    workspace = Workspace(tmp_path)
    for name, text in small(datetime.now(UTC)).items():
        path = workspace.source_dags / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    rewrite_tree(workspace.source_dags, workspace.target_dags)
    deploy(v1, workspace.source_dags)
    deploy(v2, workspace.target_dags)
    v1.python(
        """
        from datetime import datetime, timezone
        from airflow.models import DagModel
        dags = agent.Dags()
        with agent.transaction() as session:
            for (dag_id,) in session.query(DagModel.dag_id).all():
                dag = dags.find(dag_id)
                if dag is not None:
                    day = datetime(2026, 3, 1, 3, 0, tzinfo=timezone.utc)
                    agent.add_run(session, dag, None, day, None, "success")
        """
    )
    parity = verify(environment(v1), environment(v2), lambda: codes_of_files(workspace), {})
    dags = parity.of(About.DAG)
    assert len(dags) > 12
    assert found(parity) == set()
    explained = {one.name: {each.rule for each in one.differences} for one in dags if one.verdict is Verdict.EXPLAINED}
    assert explained["contrib_import"] == {"CM303", "CM320"}
    assert explained["minute_catchup"] == {"CM401"}
