"""``migrate inventory --from-snapshot`` as a person uses it, with good snapshots and with bad ones."""

from __future__ import annotations

import gzip
import json

import pytest

from migrator.inventory.seal import unseal
from migrator.inventory.store import load
from migrator.model.inventory import Origin
from migrator.workspace.workspace import open_workspace
from tests.inventory.snapshot.dumps import CONNECTION, DAG, KEY, RUN, copy_form, insert_form, sealed, tables
from tests.inventory.snapshot_of import environment
from tests.workspace.users import migrate_here as migrate

OTHER_KEY = "dFRJQ0pfX2RZb0xXM0pGSE1BQ1VCWGZQVTh6ZFRXMjE="
SECRETS = ("s3cret", "pa55", KEY, OTHER_KEY)
CODE = """\
from airflow import DAG
from airflow.operators.dummy_operator import DummyOperator
dag = DAG("d", schedule_interval="@daily", catchup=False)
DummyOperator(task_id="t", dag=dag)
"""


@pytest.fixture
def workspace(tmp_path):
    migrate(tmp_path / "ws", "init").ended(0)
    return tmp_path / "ws"


@pytest.fixture
def snapshot(tmp_path):
    """Writes a snapshot and gives its folder."""

    def write(text="", *, key=KEY, gcs="", name="airflow-database.postgres.sql.gz", data=None):
        root = tmp_path / "p_l_e_2026-11-25T16-00-00"
        (root / gcs / "dags").mkdir(parents=True)
        (root / gcs / "dags/d.py").write_text(CODE)
        packed = gzip.compress((text or copy_form(tables())).encode())
        (root / name).write_bytes(packed if data is None else data)
        (root / "environment.json").write_text(json.dumps(environment("composer-1.20.12-airflow-1.10.15")))
        if key:
            (root / "fernet-key.json").write_text(json.dumps({"data": {"fernet_key": key}}))
        return root

    return write


def inventory_of(workspace, folder, *more, ended=0):
    ran = migrate(workspace, "inventory", "--from-snapshot", str(folder), *more).ended(ended)
    for path in (one for one in workspace.rglob("*") if one.is_file()):
        assert not any(secret.encode() in path.read_bytes() for secret in SECRETS), path
    assert not any(secret in ran.out + ran.err for secret in SECRETS)
    return ran, load(workspace / "inventory.json")


FORMS = {
    "copy": copy_form(tables()),
    "inserts": insert_form(tables(), mysql=False),
    "mysql": insert_form(tables(), mysql=True).replace("'t'", "1").replace("'f'", "0").replace("00+00'", "00'"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("gcs", ["", "gcs"])
def test_a_whole_snapshot(workspace, snapshot, form, gcs):
    ran, inventory = inventory_of(workspace, snapshot(FORMS[form], gcs=gcs))
    assert (inventory.origin, inventory.airflow_version) == (Origin.SNAPSHOT, "1.10.15")
    assert inventory.captured_at.isoformat() == "2026-11-25T16:00:00+00:00"
    dag = inventory.dag("d")
    assert (dag.paused, dag.unknown, [task.task_id for task in dag.tasks]) == (False, (), ["t"])
    (run,) = inventory.runs
    assert run.automated
    assert run.interval_end.isoformat() == "2026-11-25T00:00:00+00:00"
    secrets = unseal(open_workspace(workspace))
    assert [(one.key, one.value) for one in secrets.variables] == [("k", "s3cret")]
    assert [(one.conn_id, one.password, one.port) for one in secrets.connections] == [("c", "pa55", 80)]
    assert "dags/ 1 downloaded" in ran.err


def test_a_dag_of_which_only_the_database_knows(workspace, snapshot):
    made = DAG | {"dag_id": "made", "is_paused": "t"}
    _, inventory = inventory_of(workspace, snapshot(copy_form(tables(dag=[DAG, made]))))
    dag = inventory.dag("made")
    assert (dag.paused, dag.file, str(dag.schedule), dag.owners) == (True, "d.py", "0 0 * * *", ("me",))
    assert {"tasks", "start_date"} <= set(dag.unknown)


def test_an_inactive_dag_and_one_whose_file_is_gone_are_no_longer_there(workspace, snapshot):
    gone = [DAG | {"dag_id": "old", "is_active": "f"}, DAG | {"dag_id": "lost", "fileloc": "/x/dags/lost.py"}]
    _, inventory = inventory_of(workspace, snapshot(copy_form(tables(dag=[DAG, *gone]))))
    assert [dag.dag_id for dag in inventory.dags] == ["d"]


def test_a_wrong_key(workspace, snapshot):
    ran, inventory = inventory_of(workspace, snapshot(key=OTHER_KEY), ended=3)
    assert "none of 2 encrypted values opens" in ran.err
    assert "--fernet-key FILE" in ran.err
    assert not (workspace / "secrets.age").exists()
    assert [dag.dag_id for dag in inventory.dags] == ["d"]
    assert (inventory.variables, inventory.connections) == ((), ())
    assert len(inventory.pools) == len(inventory.runs) == 1


def test_no_key_and_then_one_from_elsewhere(workspace, snapshot, tmp_path):
    folder = snapshot(key="")
    ran, _ = inventory_of(workspace, folder, ended=3)
    assert "holds no fernet key" in ran.err
    (tmp_path / "key.txt").write_text(f"{OTHER_KEY},{KEY}\n")
    _, inventory = inventory_of(workspace, folder, "--fernet-key", str(tmp_path / "key.txt"))
    assert [one.key for one in inventory.variables] == ["k"]
    (tmp_path / "key.txt").write_text("no key at all")
    ran, _ = inventory_of(workspace, folder, "--fernet-key", str(tmp_path / "key.txt"), ended=3)
    assert "holds no fernet key" in ran.err


def test_one_value_of_another_key_is_a_warning(workspace, snapshot):
    odd = {"id": "2", "key": "odd", "val": sealed("x", OTHER_KEY), "is_encrypted": "t"}
    content = tables()
    content["variable"].append(odd)
    _, inventory = inventory_of(workspace, snapshot(copy_form(content)))
    assert "variable odd: can't be decrypted" in inventory.warnings
    assert [one.key for one in inventory.variables] == ["k"]


@pytest.mark.parametrize("packed", [True, False])
def test_a_truncated_dump(workspace, snapshot, packed):
    text = copy_form(tables())
    at = text.index("COPY public.slot_pool") + 70
    data = gzip.compress(text[:at].encode())
    ran, inventory = inventory_of(workspace, snapshot(data=data[:-12] if packed else text[:at].encode()), ended=3)
    assert "is cut" in ran.err
    assert "left out: slot_pool, variable" in ran.err
    assert "download the snapshot again" in ran.err
    assert [dag.dag_id for dag in inventory.dags] == ["d"]
    assert [one.conn_id for one in inventory.connections] == ["c"]


def test_a_revision_that_is_not_known(workspace, snapshot):
    _, inventory = inventory_of(
        workspace, snapshot(copy_form(tables(alembic_version=[{"version_num": "feedbeef0000"}])))
    )
    assert any("revision feedbeef0000, which is not known" in warning for warning in inventory.warnings)
    assert [one.key for one in inventory.variables] == ["k"]


def test_a_table_of_another_form(workspace, snapshot):
    newer = [{"id": "1", "name": "c", "kind": "http"}]
    ran, inventory = inventory_of(workspace, snapshot(copy_form(tables(connection=newer))), ended=3)
    assert "the table connection is of a form that is not known" in ran.err
    assert "pip install --upgrade composer-migrator" in ran.err
    assert [one.key for one in inventory.variables] == ["k"]
    assert inventory.connections == ()


def test_a_dump_of_something_else(workspace, snapshot):
    ran, inventory = inventory_of(workspace, snapshot(copy_form({"orders": [{"id": "1"}]})), ended=3)
    assert "holds no Airflow" in ran.err
    assert [dag.dag_id for dag in inventory.dags] == ["d"]


def test_several_connections_of_one_id(workspace, snapshot):
    both = [CONNECTION | {"id": "10", "host": "second"}, CONNECTION | {"id": "9", "host": "first"}]
    inventory_of(workspace, snapshot(copy_form(tables(connection=both))))
    assert [one.host for one in unseal(open_workspace(workspace)).connections] == ["first"]


def test_the_newest_runs_only(workspace, snapshot):
    runs = [
        RUN | {"id": str(n), "execution_date": f"2026-{n:02}-01 00:00:00+00", "run_id": f"manual__{n}"}
        for n in (9, 10, 11)
    ]
    _, inventory = inventory_of(workspace, snapshot(copy_form(tables(dag_run=runs))))
    assert [run.run_id for run in inventory.runs] == ["manual__11"]


def refused(workspace, *arguments):
    ran = migrate(workspace, "inventory", *arguments).ended(2)
    assert not (workspace / "inventory.json").exists()
    return ran.err


def test_what_is_no_snapshot(workspace, snapshot, tmp_path):
    folder = snapshot(name="notes.txt")
    assert "is no snapshot" in refused(workspace, "--from-snapshot", str(folder))
    assert "there is no folder" in refused(workspace, "--from-snapshot", str(tmp_path / "none"))
    assert "two sources" in refused(workspace, "--from-snapshot", str(folder), "--from-folder", str(folder))
    (folder / "airflow-database.dump").write_bytes(b"PGDMP\1\2")
    assert "pg_restore" in refused(workspace, "--from-snapshot", str(folder))
    (folder / "airflow-database.dump").rename(folder / "airflow-database.sql")
    (folder / "airflow-database.sql").write_bytes(b"")
    (folder / "environment.json").write_text("{")
    assert "environment.json cannot be read" in refused(workspace, "--from-snapshot", str(folder))
    (folder / "other.sql").write_text("")
    assert "2 database dumps" in refused(workspace, "--from-snapshot", str(folder))
