"""Users and their roles from a real 1.10.15 to a real 2.10.5: no more rights than v1 gave, and no password."""

from __future__ import annotations

import json
from dataclasses import replace

import pyrage
import pytest
from pydantic import TypeAdapter

from migrator.inventory.drift import Drift, drift
from migrator.inventory.snapshot.layout import find_layout
from migrator.inventory.snapshot.read import of_snapshot
from migrator.model.usage import Usage, User
from migrator.transfer.resources import Kind, Order, Policy, Secrets, Status, transfer
from migrator.transfer.users import left_out, users_of
from migrator.verify.ask import both
from migrator.verify.resources import compare_resources
from tests.inventory import snapshot_of
from tests.transfer.targets import inventory
from tests.transfer.test_round_trip import Agent

SINCE = "2020-01-01T00:00:00+00:00"
GOOGLE = "accounts.google.com:117"
PEOPLE = [
    {"username": GOOGLE, "email": "Ann@Example.com", "roles": ["Viewer", "Op"]},
    {"username": "ben", "email": "ben@example.com", "roles": ["Op"], "active": False},
    {"username": "cat@example.com", "email": "cat@example.com", "roles": ["Viewer", "Keepers"]},
    {"username": "dan", "email": "dan@example.com", "roles": ["Keepers"]},
    {"username": "eve", "email": "eve@example.com", "roles": []},
]
WITH_ROLES = {"ann@example.com", "ben", "cat@example.com"}


def people(airflow, users, roles=("Viewer", "Op", "Keepers")):
    """Make these the only users, with Airflow's own classes."""
    airflow.python("""
        User, Role = agent._user_models()
        with agent.transaction() as session:
            for user in session.query(User):
                session.delete(user)
            session.flush()
            for role in session.query(Role):
                session.delete(role)
            session.flush()
            roles = {name: Role(name=name) for name in values["roles"]}
            session.add_all(roles.values())
            for one in values["users"]:
                given = {"first_name": "F", "last_name": "L", "active": True, "password": "pbkdf2:hunter2", **one}
                given["roles"] = [roles[name] for name in given["roles"]]
                session.add(User(**given))
    """, users=users, roles=roles)  # fmt: skip


def held(airflow):
    """Identity to (user name, roles, active, password) as Airflow itself has them."""
    return airflow.python("""
        User, Role = agent._user_models()
        with agent.transaction() as session:
            result = {
                agent.identity(user.username, user.email): [
                    user.username, sorted(role.name for role in user.roles), bool(user.active), user.password
                ]
                for user in session.query(User)
            }
    """)  # fmt: skip


def inventoried(airflow):
    answer = airflow.call("describe", since=SINCE, max_runs=1)
    assert "hunter2" not in json.dumps(answer)
    return replace(inventory({}), usage=TypeAdapter(Usage).validate_python(answer["usage"]))


def carried(airflow, users, policy=Policy.SKIP, *, dry_run=False):
    items = transfer(Agent(airflow), Secrets({"users": users}), Order({Kind.USERS: policy}, dry_run))
    return {one.name: one.status for one in items}, {one.name: one.why for one in items if one.why}


def different(one, other):
    here, there = both(Agent(one), Agent(other))
    compared = [each for each in compare_resources(here, there) if each.about == "user"]
    return {each.name: {found.field for found in each.differences} for each in compared}


@pytest.fixture
def sides(v1, v2):
    people(v1, PEOPLE)
    people(v2, [], roles=("Viewer", "Op"))
    return v1, v2, users_of(inventoried(v1))


@pytest.mark.airflow
def test_users_arrive_with_the_roles_that_are_there_and_what_is_not_is_named(sides):
    v1, v2, users = sides
    assert set(carried(v2, users, dry_run=True)[0].values()) == {Status.CREATED, Status.FAILED}
    assert held(v2) == {}
    statuses, why = carried(v2, users)
    assert statuses == {**dict.fromkeys(WITH_ROLES, Status.CREATED), "dan": Status.FAILED}
    assert why["cat@example.com"] == "the target has no role Keepers"
    assert "none of its roles is here: Keepers" in why["dan"]
    assert {name: row[:3] for name, row in held(v2).items()} == {
        "ann@example.com": ["ann@example.com", ["Op", "Viewer"], True],
        "ben": ["ben", ["Op"], False],
        "cat@example.com": ["cat@example.com", ["Viewer"], True],
    }
    assert not [row for row in held(v2).values() if "hunter2" in row[3] or len(row[3]) < 60]
    assert set(carried(v2, users, Policy.REPLACE)[0].values()) == {Status.EQUAL, Status.FAILED}
    assert different(v1, v2) == {
        "ann@example.com": set(), "ben": set(), "cat@example.com": {"roles"}, "dan": {"all of it"},
    }  # fmt: skip
    one = inventoried(v1)
    assert {item.name: item.status for item in left_out(one)} == {"eve": Status.KEPT}


@pytest.mark.airflow
@pytest.mark.parametrize(("policy", "status", "roles", "active"), [
    (Policy.SKIP, Status.KEPT, ["Admin", "Viewer"], False),
    (Policy.MERGE, Status.MERGED, ["Admin", "Op", "Viewer"], False),
    (Policy.REPLACE, Status.REPLACED, ["Op", "Viewer"], True),
])  # fmt: skip
def test_who_signed_in_already_is_the_same_person_by_email(sides, policy, status, roles, active):
    _, v2, users = sides
    there = {"username": "accounts.google.com:9", "email": "ann@example.com", "roles": ["Admin", "Viewer"]}
    people(v2, [{**there, "active": False}], roles=("Viewer", "Op", "Admin"))
    ann = [user for user in users if user["identity"] == "ann@example.com"]
    assert carried(v2, ann, policy, dry_run=True)[0] == {"ann@example.com": status}
    assert held(v2)["ann@example.com"][1:3] == [["Admin", "Viewer"], False]
    assert carried(v2, ann, policy)[0] == {"ann@example.com": status}
    assert held(v2) == {"ann@example.com": ["accounts.google.com:9", roles, active, "pbkdf2:hunter2"]}


@pytest.mark.airflow
def test_an_email_that_another_user_has_is_named_and_hides_no_other(sides):
    _, v2, users = sides
    people(v2, [{"username": "other", "email": "ben@example.com", "roles": ["Viewer"]}], roles=("Viewer", "Op"))
    statuses, why = carried(v2, users)
    assert (statuses["ben"], why["ben"]) == (Status.FAILED, "user other has the email ben@example.com already")
    assert statuses["ann@example.com"] is Status.CREATED


@pytest.mark.airflow
def test_a_1_10_without_roles_tells_its_users_and_nothing_is_carried(v1):
    tables = ("ab_user", "ab_user_hidden")
    rename = "agent._sql('ALTER TABLE %s RENAME TO %s' % tuple(values['tables']))"
    code = f"""
        with agent.transaction() as session:
            session.execute({rename})
            session.execute(agent._sql("DELETE FROM users"))
            session.execute(agent._sql("INSERT INTO users (username, email) VALUES ('fay', 'f@example.com')"))
    """
    v1.python(code, tables=tables)
    try:
        found = inventoried(v1)
    finally:
        v1.python(code, tables=tables[::-1])
    assert [(user.name, user.roles) for user in found.usage.users] == [("fay", ())]
    assert users_of(found) == []
    assert "rbac_user_registration_role" in left_out(found)[0].why


@pytest.mark.airflow
def test_from_a_snapshot_the_same_users_arrive(v1, v2, tmp_path):
    people(v1, PEOPLE)
    people(v2, [], roles=("Viewer", "Op"))
    snapshot = snapshot_of.save(v1, tmp_path, snapshot_of.pg_dump(v1))
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    found = of_snapshot(find_layout(snapshot, key=None), name="", recipient=recipient, weeks=4).collected.inventory
    assert {item.name for item in left_out(found)} == {"eve"}
    statuses, _ = carried(v2, users_of(found))
    assert {name for name, status in statuses.items() if status is Status.CREATED} == WITH_ROLES
    assert {name: roles for name, (_, roles, _, _) in held(v2).items()} == {
        "ann@example.com": ["Op", "Viewer"], "ben": ["Op"], "cat@example.com": ["Viewer"],
    }  # fmt: skip


def test_identities():
    assert User(GOOGLE, "Ann@Example.com").identity == "ann@example.com"
    assert User("Ann@Example.com", "ann@example.com").identity == "ann@example.com"
    assert User("ann", "ann@example.com").identity == "ann"
    assert User(GOOGLE, None).identity == GOOGLE


def test_a_role_that_changed_is_drift_and_a_sign_in_is_none():
    def having(**more):
        user = User("ann", "a@example.com", roles=("Viewer",), **more)
        return replace(inventory({}), usage=Usage(inventory({}).captured_at, users=(user,)))

    before = having()
    assert drift(before, having(last_login="x", events={"clear": 1})) == ()
    assert drift(before, having(active=False)) == (Drift("user", "ann", "active"),)
    assert drift(before, replace(before, usage=replace(before.usage, users=()))) == (Drift("user", "ann", "gone"),)
    assert drift(before, replace(before, usage=None)) == (), "a source that cannot tell its users"
