"""Variables, connections and pools from a real 1.10.15 to a real 2.10.5, byte for byte as Airflow itself reads them."""

from __future__ import annotations

import base64
import json
import random
import signal
import subprocess
import textwrap
import time
from collections import Counter
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.transfer.resources import NAME, Kind, Order, Policy, Secrets, Status, transfer
from tests import airflows
from tests.verify.sides import InProcess, store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.airflows import Airflow

pytestmark = pytest.mark.airflow

SIZES = [
    pytest.param((300, 40, 10), id="slice"),
    pytest.param((5000, 500, 100), id="whole", marks=pytest.mark.soak),
]
TRAPS = ["1e5", '"abc"', "1.10", "0x10", "007", "true", "None", "null", "", " ", '{"a": 1, "a": 2}', "[1,]",
         "\\u0041", "{{ var.value.x }}", "a\r\nb\rc\n", "'; DROP TABLE variable; --", "\ufeff",
         "%(x)s"]  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=200)
VALUES = st.one_of(
    st.sampled_from(TRAPS),
    TEXT,
    st.floats().map(repr),
    st.integers().map(str),
    st.recursive(
        st.none() | st.booleans() | st.floats() | TEXT, lambda one: st.lists(one) | st.dictionaries(TEXT, one)
    ).map(json.dumps),
)
KEYS = "abc/DEF.ghi-é東 _%[]*"


def drawn(strategy: Any, count: int) -> list[Any]:
    """So many values that hypothesis thinks of."""
    found: list[Any] = []

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    while len(found) < count:
        collect()
    return found[:count]


@cache
def estate(sizes: tuple[int, int, int]) -> tuple[dict[str, str], list[dict[str, Any]], dict[str, int]]:
    variables, connections, pools = sizes
    chosen = random.Random(5)
    names = ["".join(chosen.choices(KEYS, k=8)) + str(n) for n in range(variables)]
    short = VALUES.filter(lambda value: len(value.encode()) < 2000)  # an encrypted column of 1.10 has 5,000 bytes
    secrets = drawn(st.tuples(short, short), connections)
    return (
        {**dict(zip(names, drawn(VALUES, variables), strict=True)), "a megabyte": "x1é" * 262_144},
        [
            {
                "conn_id": f"conn {n}/é",
                "conn_type": chosen.choice(["http", "postgres", "google_cloud_platform", None, "of_our_own"]),
                "host": chosen.choice(["h.example.com", "https://h/?a=b", None]),
                "login": chosen.choice(["me", "a:b@c", "", None]),
                "port": chosen.choice([0, 5432, None]),
                "password": password,
                "extra": extra,
            }
            for n, (password, extra) in enumerate(secrets)
        ],
        {f"pool {n} é": chosen.randrange(-1, 200) for n in range(pools)},
    )


class Agent(InProcess):
    """With the block in which calls are cheap, which they are anyway here."""

    @contextmanager
    def standing(self) -> Iterator[None]:
        yield


def secrets_of(airflow: Airflow) -> Secrets:
    """What the inventory seals, opened."""
    identity = pyrage.x25519.Identity.generate()
    described = airflow.call("describe", since="2026-01-01T00:00:00Z", max_runs=1, recipient=str(identity.to_public()))
    return Secrets(json.loads(pyrage.decrypt(base64.b64decode(described["sealed"]), [identity])))


def read(airflow: Airflow) -> dict[str, Any]:
    """Everything as Airflow's own classes give it."""
    found: dict[str, Any] = airflow.python(
        """
        import json
        from airflow.models import Connection, Pool, Variable
        FIELDS = ("conn_id", "conn_type", "host", "login", "schema", "port", "password", "extra")
        with agent.transaction() as session:
            keys = [key for (key,) in session.query(Variable.key)]
            ids = [conn_id for (conn_id,) in session.query(Connection.conn_id)]
            pools = {pool.pool: pool.slots for pool in session.query(Pool)}
        if agent.AIRFLOW_1:
            from airflow.hooks.base_hook import BaseHook
        else:
            from airflow.hooks.base import BaseHook
        connections = {
            conn_id: [getattr(BaseHook.get_connection(conn_id), name) or "" for name in FIELDS] for conn_id in ids
        }
        result = {"variables": {key: Variable.get(key) for key in keys}, "connections": connections, "pools": pools}
        """
    )
    return found


def carry(airflow: Airflow, secrets: Secrets) -> set[Status]:
    return {one.status for one in transfer(Agent(airflow), secrets, Order(dict.fromkeys(NAME, Policy.REPLACE)))}


@pytest.mark.parametrize("sizes", SIZES)
def test_a_round_trip_is_byte_exact_and_twice_changes_nothing(v1: Airflow, v2: Airflow, sizes) -> None:
    variables, connections, pools = estate(sizes)
    store(v1, variables, connections, pools)
    store(v2, {}, [], {})
    begun = time.monotonic()
    secrets = secrets_of(v1)
    assert carry(v2, secrets) <= {Status.CREATED, Status.EQUAL}
    print(f"\n{sizes}: {time.monotonic() - begun:.1f} s from agent to agent")
    there = read(v2)
    assert there["variables"] == variables
    assert there == read(v1)
    begun = time.monotonic()
    assert carry(v2, secrets) == {Status.EQUAL}
    print(f"{sizes} again: {time.monotonic() - begun:.1f} s")


HELD = (Kind.VARIABLES, Kind.CONNECTIONS, Kind.POOLS)


@pytest.mark.parametrize("kind", [Kind.VARIABLES, Kind.CONNECTIONS])
@pytest.mark.parametrize("sizes", SIZES)
def test_killed_in_the_middle_and_run_again_it_completes(v1: Airflow, v2: Airflow, sizes, kind) -> None:
    """Killed once something of the kind is stored; the second run changes what the first had not stored, no more."""
    variables, connections, pools = estate(sizes)
    store(v1, variables, connections, pools)
    store(v2, {}, [], {})
    secrets = secrets_of(v1)
    recipient = pyrage.x25519.Recipient.from_str(v2.call("sealing_key")["recipient"])
    content = json.dumps({str(kind): secrets.carried(kind) for kind in NAME}).encode()
    params = {"sealed": base64.b64encode(pyrage.encrypt(content, [recipient])).decode(), "policy": "skip"}
    begun = time.monotonic()
    kill_while_importing(v2, params, kind, len(secrets.carried(kind)))
    killed, stored = time.monotonic() - begun, {each: set(v2.call("names")[each]) for each in HELD}
    wanted = {each: {one[NAME[each]] for one in secrets.carried(each)} for each in HELD}
    assert len(stored[kind] & wanted[kind]) == len(wanted[kind]) // 4 * 2
    begun = time.monotonic()
    items = transfer(Agent(v2), secrets, Order(dict.fromkeys(NAME, Policy.SKIP)))
    print(
        f"\n{sizes}: killed after {killed:.1f} s with { ({str(each): len(there) for each, there in stored.items()}) }; "
        f"run again: {time.monotonic() - begun:.1f} s, {Counter(f'{one.kind} {one.status}' for one in items)}"
    )
    for each in (Kind.VARIABLES, Kind.CONNECTIONS):
        fates = {one.name: one.status for one in items if one.kind is each}
        assert {name for name, fate in fates.items() if fate is Status.EQUAL} == stored[each] & wanted[each]
        assert set(fates.values()) <= {Status.EQUAL, Status.CREATED}
    assert read(v2) == read(v1)


DIES = """
    import os, signal
    name, store = agent.STORES[values["kind"]]
    agent.STORED_AT_ONCE, stored = values["at_once"], []

    def dies(*arguments):
        stored.append(1)
        if len(stored) > values["after"]:
            os.kill(os.getpid(), signal.SIGKILL)
        return store(*arguments)

    agent.STORES[values["kind"]] = name, dies
    result = agent.respond(values["request"])
"""


def kill_while_importing(airflow: Airflow, params: dict[str, Any], kind: Kind, count: int) -> None:
    """Import in another process of the same Airflow, which is killed just after half of the kind is stored."""
    request = {"id": "x", "action": "import_resources", "params": params}
    values = {"request": request, "kind": str(kind), "at_once": count // 4, "after": count // 4 * 2}
    order = {"code": textwrap.dedent(DIES), "values": values}
    command = [str(airflow.bin / "python"), str(airflows.DRIVER), str(airflows.AGENT)]
    done = subprocess.run(
        command, env=airflow.env, input=json.dumps(order) + "\n", capture_output=True, text=True, cwd=airflow.home,
        check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
