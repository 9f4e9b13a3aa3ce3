"""What fails because of something that passes is tried again, all of it; locks are waited for on every database."""

from __future__ import annotations

import sqlite3
import textwrap

import pytest

from tests.agent.test_cutover import PERIODS, active, boundary, clean, finished, iso, observed, parsed, run  # noqa: F401

pytestmark = pytest.mark.airflow

OTHER = """
    import threading
    from airflow.models import DagModel
    def lock(session, dag_id):
        return session.query(DagModel).filter(DagModel.dag_id == dag_id).with_for_update().one()
    begun = []
    def with_another(mine, other):
        met = threading.Barrier(2, timeout=20)
        thread = threading.Thread(target=other, args=(met,))
        thread.start()
        def one(dag_id, _):
            begun.append(dag_id)
            return mine(met if len(begun) == 1 else None)
        done = agent.for_each({"cron_last": None}, one)
        thread.join(30)
        return [len(begun), done["cron_last"]]
"""


def raced(airflow, code):
    return airflow.python(textwrap.dedent(OTHER) + textwrap.dedent(code))


def test_the_victim_of_a_deadlock_begins_again(clean):  # noqa: F811
    attempts, done = raced(clean, """
        def other(met):
            with agent.transaction() as session:
                session.execute(agent._sql("SET LOCAL deadlock_timeout = '20s'"))
                lock(session, "cron_last_b")
                met.wait()
                lock(session, "cron_last")
        def mine(met):
            with agent.locked("cron_last") as (session, model):
                session.execute(agent._sql("SET LOCAL deadlock_timeout = '50ms'"))
                agent.pause(session, "cron_last", not model.is_paused)
                if met:
                    met.wait()
                lock(session, "cron_last_b")
            return {}
        result = with_another(mine, other)
    """)  # fmt: skip
    assert (attempts, "error" in done) == (2, False), done
    assert observed(clean, "cron_last")["paused"] is False, "turned once, not twice"


def test_what_cannot_be_serialized_begins_again(clean):  # noqa: F811
    attempts, done = raced(clean, """
        def other(met):
            met.wait()
            with agent.transaction() as session:
                lock(session, "cron_last").description = "theirs"
            met.wait()
        def mine(met):
            with agent.transaction() as session:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                seen = session.query(DagModel).filter(DagModel.dag_id == "cron_last").one()
                if met:
                    met.wait()
                    met.wait()
                seen.is_paused = False
            return {}
        kept = agent.LOCK_WAITS["postgresql"]
        agent.LOCK_WAITS["postgresql"] = ""
        try:
            result = with_another(mine, other)
        finally:
            agent.LOCK_WAITS["postgresql"] = kept
    """)  # fmt: skip
    assert (attempts, done) == (2, {})
    assert observed(clean, "cron_last")["paused"] is False


def test_a_connection_that_drops_in_the_middle_costs_nothing(clean, postgres):  # noqa: F811
    last = boundary(PERIODS["cron"], 0)
    done = clean.python(
        textwrap.dedent("""
        import threading, time
        from airflow import settings
        def cut():
            until = time.time() + 20
            while time.time() < until:
                with settings.engine.connect() as connection:
                    found = connection.execute(agent._sql(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE wait_event_type = 'Lock' AND datname = current_database()")).fetchall()
                if found:
                    return
                time.sleep(0.05)
        with agent.transaction() as held:
            held.execute(agent._sql("SELECT 1 FROM dag WHERE dag_id = 'cron_last' FOR UPDATE"))
            answer = {}
            request = {"id": "x", "action": "carry_over", "params": {"dags": {"cron_last": [values["run"]]}}}
            asked = threading.Thread(target=lambda: answer.update(agent.respond(request)))
            asked.start()
            cut()
        asked.join(60)
        result = answer
        """),
        run=run(last),
    )  # fmt: skip
    assert done["ok"], done
    assert len(done["result"]["cron_last"]["inserted"]) == 1, done
    assert len(finished(clean, "cron_last")) == 1


@pytest.mark.parametrize("missing", [0, 2])
def test_what_was_filled_is_known_though_the_answer_to_the_commit_was_lost(clean, missing):  # noqa: F811
    period = PERIODS["cron"]
    last = boundary(period, missing)
    clean.call("carry_over", dags={"cron_last": [run(last)]})
    result = clean.python(
        textwrap.dedent("""
        import contextlib
        from sqlalchemy.exc import OperationalError
        whole, lost = agent.transaction, []
        def is_on():
            from airflow.models import DagModel
            with whole() as session:
                return not session.query(DagModel.is_paused).filter(DagModel.dag_id == values["dag_id"]).scalar()
        @contextlib.contextmanager
        def cut_after_commit():
            with whole() as session:
                yield session
            if not lost and is_on():
                lost.append(1)
                raise OperationalError("COMMIT", {}, Exception("closed"), connection_invalidated=True)
        agent.transaction = cut_after_commit
        try:
            params = {"dags": {values["dag_id"]: values["order"]}}
            reply = agent.respond({"id": "x", "action": "switch_on", "params": params})
        finally:
            agent.transaction = whole
        result = [len(lost), reply]
        """),
        dag_id="cron_last", order={"fill_after": iso(last + period)},
    )  # fmt: skip
    lost, reply = result
    assert lost == 1
    switched = reply["result"]["cron_last"]
    assert (switched["paused"], switched["reason"]) == (False, "")
    assert [one["logical_date"] for one in switched["filled"]] == [iso(last + period * (n + 1)) for n in range(missing)]
    assert len(active(clean, "cron_last")) == missing


def test_a_lock_that_stays_is_given_up_after_the_second_time(clean):  # noqa: F811
    done = clean.python("""
        import time
        begun, kept = [], agent.LOCK_SECONDS
        def one(dag_id, _):
            begun.append(time.time())
            with agent.locked(dag_id):
                return {}
        agent.LOCK_SECONDS = 1
        try:
            with agent.locked("cron_last"):
                answer = agent.for_each({"cron_last": None, "cron_last_b": None}, one)
        finally:
            agent.LOCK_SECONDS = kept
        result = [len(begun), answer]
    """)
    count, answer = done
    assert count == 3
    assert "lock" in answer["cron_last"]["error"].lower()
    assert answer["cron_last_b"] == {}


def test_on_sqlite_a_lock_is_waited_for_too_and_tried_again(clean, tmp_path):  # noqa: F811
    done = clean.python(
        textwrap.dedent("""
        import sqlite3
        from airflow import settings
        from sqlalchemy import create_engine
        kept, own = agent.LOCK_SECONDS, settings.engine
        settings.engine = create_engine("sqlite:///" + values["path"])
        holder, waited, begun = sqlite3.connect(values["path"], isolation_level=None), [], []
        holder.execute("CREATE TABLE t (n)")
        def write():
            begun.append(1)
            with agent.transaction() as session:
                waited.append(session.execute(agent._sql("PRAGMA busy_timeout")).scalar())
                if len(begun) == 2:
                    holder.execute("ROLLBACK")
                session.execute(agent._sql("INSERT INTO t VALUES (1)"))
        agent.LOCK_SECONDS = 1
        holder.execute("BEGIN IMMEDIATE")
        try:
            agent.again(write)
        finally:
            settings.engine, agent.LOCK_SECONDS = own, kept
        result = [waited, holder.execute("SELECT count(*) FROM t").fetchone()[0]]
        """),
        path=str(tmp_path / "a.db"),
    )  # fmt: skip
    assert done == [[1000, 1000], 1]


# --- What drivers raise, as they build it


class WrappedError(Exception):
    """As SQLAlchemy wraps what a driver raised."""

    def __init__(self, orig, *, invalidated=False):
        super().__init__(str(orig))
        self.orig, self.connection_invalidated = orig, invalidated


class OperationalError(Exception):
    """MySQLdb and pymysql: the number first in ``args``."""


class PsycopgError(Exception):
    def __init__(self, pgcode):
        super().__init__("canceling statement")
        self.pgcode = pgcode


class ConnectorError(Exception):
    """mysql-connector: attributes, and the number in ``args`` too."""

    def __init__(self, errno, text, sqlstate):
        super().__init__(errno, f"{errno} ({sqlstate}): {text}", sqlstate)
        self.errno, self.sqlstate = errno, sqlstate


@pytest.mark.parametrize(
    ("error", "chances"),
    [
        (OperationalError(1213, "Deadlock found when trying to get lock; try restarting"), 2),
        (OperationalError(1205, "Lock wait timeout exceeded; try restarting transaction"), 1),
        (OperationalError(2006, "MySQL server has gone away"), 2),
        (OperationalError(2013, "Lost connection to MySQL server during query"), 2),
        (ConnectorError(1213, "Deadlock found", "40001"), 2),
        (ConnectorError(1205, "Lock wait timeout exceeded", "HY000"), 1),
        (PsycopgError("40001"), 2), (PsycopgError("40P01"), 2), (PsycopgError("55P03"), 1), (PsycopgError("08006"), 2),
        (PsycopgError("57P01"), 2),
        (Exception({"S": "ERROR", "C": "40001", "M": "could not serialize access"}), 2),  # pg8000
        (sqlite3.OperationalError("database is locked"), 1),
        (sqlite3.OperationalError("no such table: dag_run"), 0),
        (OperationalError(1062, "Duplicate entry"), 0), (OperationalError(1045, "Access denied"), 0),
        (PsycopgError("23505"), 0), (PsycopgError("42P01"), 0), (OperationalError(), 0), (PsycopgError(None), 0),
    ],
)  # fmt: skip
def test_what_passes_is_told_from_what_stays(agent, error, chances):
    assert agent.chances(WrappedError(error)) == chances
    assert agent.chances(error) == 0, "only what the database said"


def test_a_connection_that_the_pool_gave_up_passes(agent):
    assert agent.chances(WrappedError(OperationalError("anything"), invalidated=True)) == 2


@pytest.mark.parametrize(
    ("dialect", "said"),
    [
        ("mysql", "SET SESSION innodb_lock_wait_timeout = 30, SESSION lock_wait_timeout = 30"),
        ("postgresql", "SET LOCAL lock_timeout = '30s'"),
        ("sqlite", "PRAGMA busy_timeout = 30000"),
    ],
)
def test_each_database_is_told_how_long_to_wait(agent, dialect, said, monkeypatch):
    class Session:
        class bind:  # noqa: N801
            class dialect:  # noqa: N801
                name = ""

        said: list[str] = []  # noqa: RUF012

        def execute(self, statement):
            self.said.append(statement)

    session = Session()
    session.bind.dialect.name = dialect
    monkeypatch.setattr(agent, "_sql", str)
    agent.limit_waits(session)
    assert session.said == [said]


def test_it_is_tried_so_often_and_no_more(agent, monkeypatch):
    monkeypatch.setattr(agent.time, "sleep", lambda _: None)
    begun = []

    def fails():
        begun.append(1)
        raise WrappedError(OperationalError(1213, "Deadlock found"))

    with pytest.raises(WrappedError):
        agent.again(lambda: agent.again(fails))
    assert len(begun) == 3, "and whoever is around it does not begin anew"


def test_a_deadlock_among_stored_items_is_no_failure_of_an_item(clean):  # noqa: F811
    """With it the savepoints are gone: the whole lot is stored again."""
    done = clean.python("""
        from airflow.models import Variable
        from sqlalchemy.exc import OperationalError
        class Deadlock(Exception):
            pgcode = "40P01"
        name, store = agent.STORES["variables"]
        begun = []
        def once(session, item, *more):
            begun.append(item["key"])
            if begun == ["retry_a", "retry_b"]:
                raise OperationalError("INSERT", {}, Deadlock("deadlock detected"))
            return store(session, item, *more)
        agent.STORES["variables"] = name, once
        items = [{"key": key, "value": "1", "description": None} for key in ("retry_a", "retry_b")]
        try:
            stored = agent.store_each("variables", items, "skip", False)
        finally:
            agent.STORES["variables"] = name, store
        with agent.transaction() as session:
            count = session.query(Variable).filter(Variable.key.like("retry%")).delete(synchronize_session=False)
        result = [stored, count, begun]
    """)
    assert done == [{"retry_a": "created", "retry_b": "created"}, 2, ["retry_a", "retry_b", "retry_a", "retry_b"]]
