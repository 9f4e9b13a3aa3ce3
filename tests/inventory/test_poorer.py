"""A result that knows less never replaces one that knows more: it is written beside, with the way to take it."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from migrator.inventory.poorer import lost, unanswered
from migrator.inventory.seal import unseal
from migrator.inventory.store import load, save
from migrator.model.inventory import Origin
from migrator.model.usage import Usage
from migrator.workspace.workspace import open_workspace
from tests.inventory.snapshot.dumps import CONNECTION, KEY, copy_form, insert_form, sealed, tables
from tests.inventory.snapshot_of import environment
from tests.workspace.users import migrate_here as migrate

CODE = 'from airflow import DAG\ndag = DAG("d", schedule_interval="@daily", catchup=False)\n'
OTHER_KEY = "dFRJQ0pfX2RZb0xXM0pGSE1BQ1VCWGZQVTh6ZFRXMjE="
GOOD = copy_form(tables())


@pytest.fixture
def workspace(tmp_path):
    migrate(tmp_path / "ws", "init").ended(0)
    return tmp_path / "ws"


@pytest.fixture
def snapshot(tmp_path):
    root = tmp_path / "p_l_e_2026-11-25T16-00-00"
    (root / "dags").mkdir(parents=True)
    (root / "dags/d.py").write_text(CODE)
    (root / "environment.json").write_text(json.dumps(environment("composer-1.20.12-airflow-1.10.15")))
    write(root)
    return root


def write(root, text=GOOD, *, key=KEY):
    (root / "airflow-database.postgres.sql.gz").write_bytes(gzip.compress(text.encode()))
    (root / "fernet-key.txt").write_text(key)


def take(workspace, option, folder, *more, ended=0):
    return migrate(workspace, "inventory", option, str(folder), *more).ended(ended)


def kept(workspace):
    names = ("inventory.json", "secrets.age", "dags/source/d.py", "dags/.source.manifest.json", "plugins/source/p.py")
    return {name: (workspace / name).read_bytes() for name in names if (workspace / name).exists()}


def without(table, *names):
    return copy_form({**tables(), table: [{name: value for name, value in row.items() if name not in names}
                                          for row in tables()[table]]})  # fmt: skip


def shorter(text):
    return text[: text.index("COPY public.slot_pool") + 70]


POORER = {
    "a dump that is cut": (shorter(GOOD), KEY, "variables"),
    "a table that is not there": (copy_form({k: v for k, v in tables().items() if k != "variable"}), KEY, "variables"),
    "a table of another form": (without("connection", "password"), KEY, "connections"),
    "runs of another form": (without("dag_run", "state"), KEY, "runs"),
    "no Airflow in it": (copy_form({"orders": [{"id": "1"}]}), KEY, "DAGs"),
    "another key": (GOOD, OTHER_KEY, "variables"),
    "one value of another key": (
        copy_form(tables(variable=[{"id": "1", "key": "k", "val": sealed("x", OTHER_KEY), "is_encrypted": "t"}])),
        KEY,
        "variable k",
    ),
}


@pytest.mark.parametrize("kind", POORER)
def test_a_poorer_snapshot_is_written_beside(workspace, snapshot, kind):
    take(workspace, "--from-snapshot", snapshot)
    before = kept(workspace)
    text, key, part = POORER[kind]
    write(snapshot, text, key=key)
    (snapshot / "dags/d.py").write_text(CODE + "# newer\n")
    ran = take(workspace, "--from-snapshot", snapshot, ended=3)
    assert kept(workspace) == before
    assert part in ran.err
    assert f"migrate inventory --from-snapshot {snapshot} --take-poorer" in ran.err
    assert load(workspace / "inventory.poorer.json").origin is Origin.SNAPSHOT
    migrate(workspace, "inventory", "--from-snapshot", str(snapshot), "--take-poorer")
    assert kept(workspace)["inventory.json"] != before["inventory.json"]
    assert "# newer" in (workspace / "dags/source/d.py").read_text()


@pytest.mark.parametrize("mysql", [False, True])
def test_fewer_of_all_that_was_read_is_no_poorer(workspace, snapshot, mysql):
    def form(content):
        text = insert_form(content, mysql=mysql)
        return text.replace("'t'", "1").replace("'f'", "0").replace("00+00'", "00'") if mysql else text

    write(snapshot, form(tables(connection=[CONNECTION, CONNECTION | {"id": "2", "conn_id": "c2"}])))
    take(workspace, "--from-snapshot", snapshot)
    write(snapshot, form(tables(variable=[], connection=[CONNECTION])))
    take(workspace, "--from-snapshot", snapshot)
    assert len(load(workspace / "inventory.json").connections) == 1
    assert unseal(open_workspace(workspace)).variables == ()


def test_a_richer_result_replaces_a_poorer_one(workspace, snapshot):
    write(snapshot, shorter(GOOD))
    take(workspace, "--from-snapshot", snapshot, ended=3)
    assert not list(workspace.glob("*.poorer*"))
    write(snapshot)
    take(workspace, "--from-snapshot", snapshot)
    assert [one.key for one in unseal(open_workspace(workspace)).variables] == ["k"]


def test_an_equally_poor_result_replaces_it_too(workspace, snapshot):
    write(snapshot, shorter(GOOD))
    take(workspace, "--from-snapshot", snapshot, ended=3)
    (snapshot / "dags/d.py").write_text(CODE + "# newer\n")
    take(workspace, "--from-snapshot", snapshot, ended=3)
    assert "# newer" in (workspace / "dags/source/d.py").read_text()


def test_a_folder_never_replaces_a_snapshot(workspace, snapshot, tmp_path):
    take(workspace, "--from-snapshot", snapshot)
    before = kept(workspace)
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/other.py").write_text(CODE)
    ran = take(workspace, "--from-folder", tmp_path / "copy", ended=3)
    assert kept(workspace) == before
    assert "connections, pools, runs" in ran.err
    take(workspace, "--from-folder", tmp_path / "copy", "--take-poorer")
    assert load(workspace / "inventory.json").origin is Origin.FOLDER
    assert kept(workspace)["secrets.age"] == before["secrets.age"]


def test_a_folder_of_only_dags_does_not_take_the_plugins_away(workspace, tmp_path):
    for name in ("dags/d.py", "plugins/p.py"):
        (tmp_path / "copy" / name).parent.mkdir(parents=True)
        (tmp_path / "copy" / name).write_text(CODE)
    take(workspace, "--from-folder", tmp_path / "copy")
    before = kept(workspace)
    ran = take(workspace, "--from-folder", tmp_path / "copy/dags", ended=3)
    assert "plugins" in ran.err
    assert kept(workspace) == before


def test_poorer_beside_poorer_keeps_the_better(workspace, snapshot):
    take(workspace, "--from-snapshot", snapshot)
    write(snapshot, key=OTHER_KEY)
    take(workspace, "--from-snapshot", snapshot, ended=3)
    better = (workspace / "inventory.poorer.json").read_bytes()
    write(snapshot, shorter(GOOD), key=OTHER_KEY)
    take(workspace, "--from-snapshot", snapshot, ended=3)
    assert (workspace / "inventory.poorer.json").read_bytes() == better
    assert (workspace / "inventory.poorer-2.json").is_file()


def test_another_output_leaves_secrets_and_files(workspace, snapshot):
    take(workspace, "--from-snapshot", snapshot)
    before = kept(workspace)
    write(snapshot, shorter(GOOD))
    take(workspace, "--from-snapshot", snapshot, "-o", str(workspace / "cut.json"), ended=3)
    assert kept(workspace) == before
    assert load(workspace / "cut.json").variables == ()


def test_without_an_inventory_that_tells_secrets_are_not_replaced_by_fewer(workspace, snapshot):
    take(workspace, "--from-snapshot", snapshot)
    secrets = (workspace / "secrets.age").read_bytes()
    (workspace / "inventory.json").unlink()
    write(snapshot, without("connection", "password"))
    take(workspace, "--from-snapshot", snapshot, ended=3)
    assert (workspace / "secrets.age").read_bytes() == secrets


def test_an_inventory_that_cannot_be_read_is_taken_to_know_all(workspace, snapshot, tmp_path):
    take(workspace, "--from-snapshot", snapshot)
    (workspace / "inventory.json").write_text("<<<<<<< HEAD\n")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/d.py").write_text(CODE)
    take(workspace, "--from-folder", tmp_path / "copy", ended=3)
    assert (workspace / "inventory.json").read_text() == "<<<<<<< HEAD\n"


def test_what_an_agent_did_not_answer_is_unknown(workspace, snapshot):
    take(workspace, "--from-snapshot", snapshot)
    inventory = load(workspace / "inventory.json")
    whole = {"dags": [], "variables": [], "connections": [], "pools": [], "runs": [], "usage": {"since": "x"}}
    live = replace(inventory, origin=Origin.LIVE, unknown=unanswered(whole), usage=Usage(datetime.now(UTC)))
    assert live.unknown == ()
    assert lost(inventory, live) == ()
    older = replace(live, unknown=unanswered({key: value for key, value in whole.items() if key != "usage"}))
    assert lost(live, older) == ("its load and users",)
    assert "its load and users" in lost(live, inventory)


def test_facts_count_while_the_file_is_the_same(workspace, snapshot):
    take(workspace, "--from-snapshot", snapshot)
    before = load(workspace / "inventory.json")
    (dag,) = before.dags
    after = replace(before, dags=(replace(dag, unknown=("schedule",)),))
    assert lost(before, after) == ("schedule of DAG d",)
    edited = replace(after, files=tuple(replace(file, md5="another") for file in after.files))
    assert lost(before, edited) == ()


def test_an_older_inventory_of_a_folder_is_known_to_lack_what_folders_lack(workspace, tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/d.py").write_text(CODE)
    take(workspace, "--from-folder", tmp_path / "copy")
    inventory = load(workspace / "inventory.json")
    save(replace(inventory, unknown=()), workspace / "inventory.json")
    take(workspace, "--from-folder", tmp_path / "copy")
