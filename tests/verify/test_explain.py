"""Which differences a rule made, told from the rows alone."""

from __future__ import annotations

import pytest

from codemods.engine.registry import all_rules
from migrator.verify.explain import _rows, explain, one_operator
from migrator.verify.model import Difference

SQL = "airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator"
DAY = ("2026-03-01T00:00:00.000000+00:00", "2026-03-02T00:00:00.000000+00:00")
NOW = ("2026-03-01T10:00:00.500000+00:00", "2026-03-01T10:00:09.700000+00:00")


@pytest.mark.parametrize(
    ("field", "v1", "v2", "codes", "rule"),
    [
        ("task a: trigger_rule", "dummy", "always", {"CM303"}, "CM303"),
        ("task a: trigger_rule", "dummy", "always", {"CM101"}, ""),
        ("task a: trigger_rule", "dummy", "all_done", {"CM303"}, ""),
        ("task a: operator", "airflow.operators.mysql_operator.MySqlOperator", SQL, {"CM601"}, "CM601"),
        ("task a: operator", "airflow.operators.mysql_operator.MySqlOperator", SQL, set(), ""),
        ("task a: edge to b", "missing", "there", {"CM310"}, "CM310"),
        ("task a: edge to b", "there", "missing", {"CM310"}, ""),
        ("start_date", *DAY, {"CM307"}, "CM307"),
        ("start_date", *DAY, set(), ""),
        ("start_date", *NOW, set(), "GV108"),
        ("start_date", "", NOW[1], set(), ""),
        ("retries", "1", "2", {"CM303", "CM601", "CM310", "CM307"}, ""),
    ],
)
def test_a_difference_is_explained_only_by_a_rule_that_had_work_in_the_file(field, v1, v2, codes, rule):
    assert explain(Difference(field, v1, v2), codes).rule == rule


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [
        ("airflow.operators.bash_operator.BashOperator", "airflow.operators.bash.BashOperator", True),
        ("airflow.operators.dummy_operator.DummyOperator", "airflow.operators.empty.EmptyOperator", True),
        ("airflow.operators.bash_operator.BashOperator", "airflow.operators.python.PythonOperator", False),
        ("plugin_of_ours.Load", "ours.operators.Load", True),
        ("plugin_of_ours.Load", "ours.operators.Unload", False),
        ("plugin_of_ours.BashOperator", "airflow.operators.bash.BashOperator", False),
    ],
)
def test_one_class_under_two_names(here, there, same):
    assert one_operator(here, there) is same


def test_every_row_names_a_rule_that_there_is():
    known = {rule.code for rule in all_rules()} | {"CM701"}
    assert {row["rule"] for row in _rows()} <= known
    assert all(row["source"] for row in _rows())
