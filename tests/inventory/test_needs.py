"""Which variables and connections a file names."""

from __future__ import annotations

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
        frozenset({"plain", "through_module", "day", "rules"}), frozenset({"db", "web", "bq"})
    )


def test_what_is_no_python_3_names_nothing() -> None:
    assert needs_of("print 1") == Needs()
