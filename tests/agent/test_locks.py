"""A lock that another connection holds: the agent gives that DAG up and says so, on each database."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path

import pymysql
import pytest

from tests.agent.mariadb import mariadb  # noqa: F401

pytestmark = pytest.mark.airflow

HELD = {
    "postgresql": "SELECT 1 FROM dag WHERE dag_id = 'held' FOR UPDATE",
    "mysql": "SELECT 1 FROM dag WHERE dag_id = 'held' FOR UPDATE",
    "table of mysql": "LOCK TABLES dag WRITE",
    "sqlite": "BEGIN IMMEDIATE",
}
ASKED = """
    import sys, threading
    sys.path.append(values["drivers"])
    from airflow import settings
    from airflow.models import DagModel
    from sqlalchemy import create_engine
    own, kept = settings.engine, agent.LOCK_SECONDS
    if values["uri"]:
        more = {"timeout": 60, "check_same_thread": False} if values["uri"].startswith("sqlite") else {}
        settings.engine = create_engine(values["uri"], connect_args=more)
        DagModel.__table__.drop(settings.engine, checkfirst=True)
        DagModel.__table__.create(settings.engine)
    try:
        with agent.transaction() as session:
            session.query(DagModel).filter(DagModel.dag_id.in_(["held", "free"])).delete(synchronize_session=False)
            session.add_all([DagModel(dag_id="held", is_paused=False), DagModel(dag_id="free", is_paused=False)])
        holder = settings.engine.connect()
        begun = holder.begin() if "FOR UPDATE" in values["held"] else None
        holder.execute(agent._sql(values["held"]))
        def let_go():
            (begun.rollback if begun else holder.invalidate)()
        later = threading.Timer(values["patience"], let_go)
        later.start()
        agent.LOCK_SECONDS = 1
        try:
            def one(dag_id, _):
                with agent.locked(dag_id) as (session, model):
                    agent.pause(session, dag_id, True)
                return {}
            answer = agent.for_each({"held": None, "free": None}, one)
        finally:
            held_still = later.is_alive()
            later.cancel()
            if held_still:
                let_go()
            later.join()
        again = agent.for_each({"held": None}, one)
        with agent.transaction() as session:
            paused = dict(session.query(DagModel.dag_id, DagModel.is_paused))
            session.query(DagModel).filter(DagModel.dag_id.in_(["held", "free"])).delete(synchronize_session=False)
        result = [answer, again, {name: paused[name] for name in ("held", "free")}]
    finally:
        agent.LOCK_SECONDS = kept
        if values["uri"]:
            settings.engine.dispose()
        settings.engine = own
"""
PATIENCE = 30
"""Seconds after which the lock is let go: an agent that waits for it then answers as if it had never been held."""


@pytest.mark.parametrize("kind", HELD)
def test_a_dag_whose_row_another_connection_holds_is_given_up(airflow, request, tmp_path, kind):
    shutil.copytree(Path(pymysql.__file__).parent, tmp_path / "pymysql")
    uri = "" if kind == "postgresql" else f"sqlite:///{tmp_path / 'a.db'}"
    if "mysql" in kind:
        uri = request.getfixturevalue("mariadb")
    answer, again, paused = airflow.python(
        textwrap.dedent(ASKED), uri=uri, held=HELD[kind], patience=PATIENCE, drivers=str(tmp_path)
    )
    assert answer["held"]["error"].startswith("another connection held a lock for 1 s and longer: ")
    assert ("error" in answer["free"]) == (kind not in {"postgresql", "mysql"}), "only where all of them are held"
    assert (again, paused["held"], paused["free"]) == ({"held": {}}, True, "error" not in answer["free"])
