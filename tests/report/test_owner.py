"""Whose a DAG file is, by its text alone."""

from __future__ import annotations

import pytest

from migrator.report.rewrite.owner import owner_of


@pytest.mark.parametrize(
    ("source", "owner"),
    [
        ('default_args = {"owner": "data", "retries": 1}\n', "data"),
        ('DEFAULT_ARGS: dict = {"owner": "data"}\n', "data"),
        ("default_args = dict(owner='data')\n", "data"),
        ('DAG("a", default_args={"owner": "data"})\n', "data"),
        ('default_args = {}\ndefault_args["owner"] = "data"\n', "data"),
        ('OWNER = "data"\ndefault_args = {"owner": OWNER}\n', "data"),
        ('BashOperator(task_id="a", owner="ops")\n', "ops"),
        ('BashOperator(task_id="a", owner="ops")\ndefault_args = {"owner": "data"}\n', "data"),
        ('a(owner="one")\nb(owner="two")\n', "one"),
        ('default_args = {"owner": get_owner()}\nBashOperator(owner="ops")\n', "ops"),
        ('default_args = {"owner": " data\\n team "}\n', "data team"),
        ("\ufeff" + 'default_args = {"owner": "data"}\n', "data"),
        ('x = "\\d"\ndefault_args = {"owner": "data"}\n', "data"),
    ],
)
def test_an_owner_is_found(source: str, owner: str) -> None:
    assert owner_of(source) == owner


@pytest.mark.parametrize(
    "source",
    [
        "",
        "import airflow\n",
        'default_args = {"owner": ""}\n',
        'default_args = {"owner": f"{team}"}\n',
        'OWNER = "a"\nOWNER = "b"\ndefault_args = {"owner": OWNER}\n',
        'default_args = {**shared}\n"owner: data"\n# owner="data"\n',
        'print "owner"\ndefault_args = {"owner": "data"}\n',
        "x = " + "(" * 300 + ")" * 300,
    ],
)
def test_what_is_not_written_is_unknown(source: str) -> None:
    assert owner_of(source) == "unknown"
