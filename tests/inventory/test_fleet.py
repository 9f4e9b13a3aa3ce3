"""Several environments in one target: what collides, and what only looks as if it did."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.inventory.fleet import Member, Subject, conflicts
from migrator.inventory.seal import SecretConnection, Secrets, SecretVariable
from migrator.model.dag import Dag, Schedule, ScheduleKind
from migrator.model.inventory import Inventory
from migrator.model.resources import Pool, StoredFile
from tests.inventory.estates import FACTS, WHEN
from tests.inventory.snapshot.dumps import CONNECTION, DAG, KEY, copy_form, sealed, tables
from tests.workspace.users import migrate_here as migrate

EVERY = Schedule(ScheduleKind.NONE)


def member(name, target="t", *, dags=(), files=(), pools=(), variables=(), connections=()):
    inventory = Inventory(
        WHEN, FACTS, "1.10.15", "3.8",
        dags=tuple(Dag(one, f"{one}.py", EVERY) for one in dags),
        files=tuple(StoredFile(path, 1, md5) for path, md5 in files),
        pools=tuple(Pool(pool, slots) for pool, slots in pools),
    )  # fmt: skip
    secrets = Secrets(name, tuple(SecretVariable(*one) for one in variables), connections)
    return Member(name, target, inventory, secrets)


def found(*members):
    return [(one.subject, one.name, one.members) for one in conflicts(members)]


BOTH = ("a", "b")


def test_each_kind_of_conflict():
    one = member("a", dags=["d"], files=[("dags/x.py", "1")], pools=[("p", 1)], variables=[("v", "1")],
                 connections=(SecretConnection("c", password="1"),))  # fmt: skip
    other = member("b", dags=["d"], files=[("dags/x.py", "2")], pools=[("p", 2)], variables=[("v", "2")],
                   connections=(SecretConnection("c", password="2"),))  # fmt: skip
    assert found(one, other) == [
        (Subject.DAG, "d", BOTH),
        (Subject.FILE, "dags/x.py", BOTH),
        (Subject.POOL, "p", BOTH),
        (Subject.VARIABLE, "v", BOTH),
        (Subject.CONNECTION, "c", BOTH),
    ]
    assert conflicts([one, other])[2].why == "its slots differ: 1 in a, 2 in b"


def test_equal_things_are_no_conflict_but_a_dag_is():
    same = {
        "dags": ["d"], "files": [("dags/d.py", "1")], "pools": [("p", 1), ("default_pool", 5)],
        "variables": [("v", "1e5")], "connections": (SecretConnection("c", host="h", password="1"),),
    }  # fmt: skip
    other = same | {"pools": [("p", 1), ("default_pool", 128)]}
    assert found(member("a", **same), member("b", **other)) == [(Subject.DAG, "d", BOTH)]


def test_values_that_only_look_equal():
    one, other = member("a", variables=[("v", "1.10")]), member("b", variables=[("v", "1.1")])
    assert found(one, other) == [(Subject.VARIABLE, "v", BOTH)]
    one, other = (member(n, connections=(SecretConnection("c", extra=e),)) for n, e in (("a", None), ("b", "")))
    assert found(one, other) == [(Subject.CONNECTION, "c", BOTH)]


def test_other_targets_do_not_meet():
    assert found(member("a", "one", dags=["d"]), member("b", "two", dags=["d"]), member("c", "two", dags=["e"])) == []


def test_secrets_do_not_stand_in_a_conflict():
    made = conflicts([member("a", variables=[("v", "hunter2")]), member("b", variables=[("v", "hunter3")])])
    assert "hunter" not in repr(made)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(1, 2)), max_size=8))
def test_the_order_of_members_does_not_matter(pools):
    members = [member(name, pools={p: s for n, p, s in pools if n == name}.items()) for name in "ab"]
    assert conflicts(members) == conflicts(reversed(members))


@pytest.fixture
def fleet(tmp_path):
    """Two snapshots, whose environments go into one target; they share a DAG id and differ in a variable."""
    root = tmp_path / "ws"
    migrate(root, "init", "--target", "projects/p/locations/l/environments/v2").ended(0)
    text = "".join(
        f'\n[fleet.{name}.source]\nenvironment = "projects/p/locations/l/environments/{name}"\n' for name in BOTH
    )
    (root / "migrate.toml").write_text((root / "migrate.toml").read_text() + text)
    for name in BOTH:
        folder = tmp_path / f"snapshot-{name}"
        (folder / "dags").mkdir(parents=True)
        (folder / "dags/d.py").write_text("from airflow import DAG\ndag = DAG('d')\n")
        values = [{"id": "1", "key": key, "val": sealed(val), "is_encrypted": "t"} for key, val in
                  (("same", "x"), ("region", f"hunter-{name}"))]  # fmt: skip
        content = tables(variable=values, dag=[DAG], connection=[CONNECTION])
        (folder / "airflow-database.postgres.sql").write_text(copy_form(content))
        (folder / "fernet.txt").write_text(KEY)
    return root


def test_a_fleet_from_its_inventories_to_its_conflicts(fleet, tmp_path):
    ran = migrate(fleet, "fleet", "check").ended(2)
    assert f"migrate --workspace {fleet / 'fleet/a'} inventory" in ran.err
    for name in BOTH:
        migrate(fleet / "fleet" / name, "inventory", "--from-snapshot", str(tmp_path / f"snapshot-{name}")).ended(0)
        assert (fleet / "fleet" / name / "dags/source/d.py").is_file()
    assert not list(fleet.glob("fleet/*/.migrate/identity.txt"))
    ran = migrate(fleet, "fleet", "check", "--format", "json").ended(1)
    rows = json.loads(ran.out)["conflicts"]
    assert [(one["subject"], one["name"]) for one in rows] == [("DAG", "d"), ("variable", "region")]
    assert "hunter" not in ran.out + ran.err
    ran = migrate(fleet, "fleet", "check").ended(1)
    assert "rename it in all but one of them" in ran.out
    assert "2 members, 1 target, 2 conflicts" in ran.err
    planned = migrate(fleet / "fleet/a", "plan", "--format", "json").ended(0)
    assert json.loads(planned.out)["target"].endswith("environments/v2")
    assert "projects/p/locations/l/environments/b" in migrate(fleet, "fleet", "list").ended(0).out


def test_members_with_targets_of_their_own(fleet, tmp_path):
    more = '\n[fleet.b.target]\nenvironment = "projects/p/locations/l/environments/other"\n'
    (fleet / "migrate.toml").write_text((fleet / "migrate.toml").read_text() + more)
    for name in BOTH:
        migrate(fleet / "fleet" / name, "inventory", "--from-snapshot", str(tmp_path / f"snapshot-{name}")).ended(0)
    assert "2 targets, 0 conflicts" in migrate(fleet, "fleet", "check").ended(0).err


def test_no_fleet_and_no_such_member(fleet, tmp_path):
    assert "no member c" in migrate(fleet / "fleet/c", "plan").ended(2).err
    migrate(tmp_path / "plain", "init").ended(0)
    assert "names no fleet" in migrate(tmp_path / "plain", "fleet", "check").ended(2).err
    assert "there is no workspace" in migrate(tmp_path / "plain/fleet/a/b", "plan").ended(2).err
