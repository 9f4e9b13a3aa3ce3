"""The table of adapters and the package that is made of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import codemods.compat
from codemods.compat import Place, adapters, origins, package, places
from codemods.engine.names import names_on
from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite
from codemods.profiles import DEFAULT, load

SOURCES = sorted((Path(codemods.compat.__file__).parent / "source").glob("*.py"))
USED = Place("airflow1_compat.bigquery_execute_query.BigQueryExecuteQueryOperator", "team/a.py", 3)


def test_each_is_needed_on_the_target() -> None:
    names = names_on(load(DEFAULT))
    gone = [old for old, adapter in adapters().items() if not adapter.when]
    assert [old for old in gone if old in names.moves or load(DEFAULT).has(old)] == []
    replaced = [old for old, adapter in adapters().items() if adapter.when]
    assert [old for old in replaced if old not in names.moves] == []


def test_each_name_leads_there_with_the_option_alone() -> None:
    names = names_on(load(DEFAULT), compat=True)
    gone = {old: adapter.target for old, adapter in adapters().items() if not adapter.when}
    assert {old: names.moves.get(old) for old in gone} == gone
    assert not names.gone.keys() & adapters().keys()


DOCKER = "from airflow.operators.docker_operator import DockerOperator\n\nDockerOperator(task_id='t', image='i', {})\n"
QUERY = "from airflow.contrib.operators.bigquery_operator import BigQueryOperator\n\nBigQueryOperator(task_id='t')\n"
SLACK = "from airflow.operators.slack_operator import SlackAPIPostOperator as Post\n\n{}\n"

HOOK = "from airflow.contrib.{} import SlackWebhook{}\n\n{}\n"
WEB = HOOK.format("operators.slack_webhook_operator", "Operator", "{}")
HOOK = HOOK.format("hooks.slack_webhook_hook", "Hook", "{}")


@pytest.mark.parametrize(
    ("source", "adapted"),
    [
        (WEB.format("SlackWebhookOperator(task_id='t', http_conn_id='c', message='m')"), True),
        (WEB.format("SlackWebhookOperator(task_id='t', webhook_token='c', message='m')"), True),
        (WEB.format("SlackWebhookOperator(task_id='t', slack_webhook_conn_id='c', message='m')"), False),
        (WEB.format("Send = Log if here else SlackWebhookOperator"), True),
        (WEB.format("def f(kind: SlackWebhookOperator):\n    pass"), False),
        (HOOK.format("SlackWebhookHook(http_conn_id='c', message='m').execute()"), True),
        (HOOK.format("SlackWebhookHook(slack_webhook_conn_id='c').send(text='m')"), False),
        (DOCKER.format("volumes=V"), True),
        (DOCKER.format("cpus=2"), False),
        (SLACK.format("Post(task_id='t', token='t')"), True),
        (SLACK.format("Post(task_id='t', slack_conn_id='c')"), False),
        (SLACK.format("class Ours(Post):\n    pass"), True),
        (
            SLACK.format("class Ours(Post):\n    pass").replace("operators.slack_", "providers.slack.operators.x_"),
            False,
        ),
    ],
)
def test_a_successor_is_used_unless_it_refuses_the_use(source: str, *, adapted: bool) -> None:
    done = rewrite(source.encode(), Options(compat=True))
    again = rewrite(done.source, Options(compat=True))
    assert (b"airflow1_compat" in done.source) == adapted
    assert again.source == done.source
    assert [one.code for one in done.findings if one.code == "CM720"] == ["CM720"] * adapted
    assert b"airflow1_compat" not in rewrite(source.encode(), Options()).source


@pytest.mark.parametrize(("source", "lacks"), [(SLACK.format("Post(task_id='t', token='t')"), True), (QUERY, False)])
def test_the_note_names_the_provider_to_install(source: str, *, lacks: bool) -> None:
    (note,) = [one for one in rewrite(source.encode(), Options(compat=True)).findings if one.code == "CM720"]
    assert ("apache-airflow-providers-slack, which composer-" in note.message) == lacks
    assert ("lacks" in note.message) == lacks


def test_each_note_is_said_once() -> None:
    """Also of a file that is gone through twice, since a class of the target refuses a use that is left."""
    names = ("DataProcPySparkOperator", "DataProcHiveOperator")
    head = f"from airflow.contrib.operators.dataproc_operator import {', '.join(names)}\n"
    source = head + DOCKER.format("volumes=V") + "\n".join(names) + "\n"
    notes = [one for one in rewrite(source.encode(), Options(compat=True)).findings if one.code == "CM720"]
    about = [(one.line, one.message.partition(" ")[0]) for one in notes]
    assert about == [(1, "DataProcHiveOperator"), (1, "DataProcPySparkOperator"), (2, "DockerOperator")]


def test_a_rule_that_has_a_recipe_comes_first() -> None:
    source = DOCKER.format("volumes=['/a:/b']").encode()
    assert b"airflow1_compat" in rewrite(source, Options(compat=True)).source
    assert b"airflow1_compat" not in rewrite(source, Options(compat=True, unsafe=True)).source


def test_a_class_of_airflow_2_that_somebody_extends_is_left() -> None:
    source = b"from airflow.providers.slack.operators.slack import SlackAPIOperator as S\n\n\nclass X(S):\n    pass\n"
    assert rewrite(source, Options(compat=True)).source == source


def test_each_source_is_somebodys() -> None:
    every = package(Place(target, "a.py", 1) for target in origins())
    assert sorted(every) == sorted(["airflow1_compat/__init__.py", *(f"airflow1_compat/{one.name}" for one in SOURCES)])


@pytest.mark.parametrize("adapter", origins().values(), ids=lambda one: one.name)
def test_each_module_has_its_class(adapter: codemods.compat.Adapter) -> None:
    text = package([Place(adapter.target, "a.py", 1)])[f"airflow1_compat/{adapter.module}.py"]
    assert adapter.name in [
        node.name for node in ast.parse(text).body if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]


def test_only_what_is_used_and_what_that_needs() -> None:
    names = [name.removeprefix("airflow1_compat/") for name in package([USED])]
    assert names == [
        "__init__.py",
        "bigquery_execute_query.py",
        "bigquery_names.py",
        "bigquery_operator.py",
        "bigquery_query_job.py",
        "delegation.py",
    ]
    assert package([]) == {}


def test_the_head_says_who_uses_it_and_how_to_do_without() -> None:
    more = Place(USED.name, "b.py", 1)
    head = package([more, USED, more])["airflow1_compat/bigquery_execute_query.py"].splitlines()[:3]
    assert "BigQueryInsertJobOperator" in head[0]
    assert head[1:] == ["#   used by b.py:1", "#   used by team/a.py:3"]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import os\nfrom airflow1_compat.bigquery_execute_query import BigQueryExecuteQueryOperator as X\n", [2]),
        ("def f():\n    import airflow1_compat.bigquery_execute_query\n", [2]),
        ("from airflow1_compat import bigquery_execute_query\n", [1]),
        ("from airflow1_compat.bigquery_execute_query import Another\n", []),
        ("from .airflow1_compat.bigquery_execute_query import BigQueryExecuteQueryOperator\n", []),
        ("x = 'airflow1_compat.bigquery_execute_query'\n", []),
        ("print 'airflow1_compat'\n", []),
    ],
)
def test_where_it_is_used(source: str, lines: list[int]) -> None:
    assert [place.line for place in places("a.py", source.encode())] == lines
    assert {place.name for place in places("a.py", source.encode())} <= {USED.name}
