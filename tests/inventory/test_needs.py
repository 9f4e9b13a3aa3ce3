"""Which variables and connections a file names."""

from __future__ import annotations

import pytest

from migrator.inventory.needs import Needs, needs_of

SOURCE = """
from airflow.models import Variable
from airflow import models
a = Variable.get("plain")
b = Variable.get("with_default", default_var=None)
c = models.Variable.get("through_module", deserialize_json=True)
d = Variable.get(computed)
e = other.get("not_ours")
f = Op(sql="select {{ var.value.day }} {{ var.json.get('rules').x }} {{ conn.web.host }}", postgres_conn_id="db")
g = Op(gcp_conn_id=NAME, other_conn_id="{{ templated }}")
default_args = {"bigquery_conn_id": "bq", "owner": "me"}
"""


def test_what_is_named_in_plain_text() -> None:
    assert needs_of(SOURCE) == Needs(
        frozenset({"plain", "through_module", "day", "rules"}),
        frozenset({"db", "web", "bq"}),
        frozenset({"with_default"}),
    )


@pytest.mark.parametrize(
    ("code", "needs"),
    [
        ("from airflow.models import Variable as V\nV.get('a')", Needs(frozenset("a"))),
        ("airflow.models.Variable.get(key='a')", Needs(frozenset("a"))),
        ("Variable.get('a', None)", Needs(defaulted=frozenset("a"))),
        ("Variable.get('a', default='b')\nVariable.get('a')", Needs(frozenset("a"))),
        ('\'{{ var.value.get("a", "x") }}{{ var.json["b"].c }}\'', Needs(frozenset("b"), defaulted=frozenset("a"))),
        (
            "'{% if var.value.a %}{{ conn.get(\"c\").host }}{{ conn.d }}{% endif %}'",
            Needs(frozenset("a"), frozenset("cd")),
        ),
        ("'select conn.x, var.value.y from {{ ds }}'", Needs()),
        ("'{{ params.conn.x }}{{ my_var.value.y }}{{ var.value.get(z) }}{{ conn.get(z) }}'", Needs()),
        ("BaseHook.get_connection('c')\nhooks.PostgresHook.get_hook('d')", Needs(connections=frozenset("cd"))),
        (
            "Connection.get_connection_from_secrets('c')\nclient.get_connection('other')",
            Needs(connections=frozenset("c")),
        ),
    ],
)
def test_each_way_to_name_one(code: str, needs: Needs) -> None:
    assert needs_of(code) == needs


@pytest.mark.parametrize("code", ["print 1", "x = " + "(" * 9000 + ")" * 9000, "x = " + "-" * 99_000 + "1", "\0"])
def test_what_cannot_be_read_names_nothing(code: str) -> None:
    assert needs_of(code) == Needs()
