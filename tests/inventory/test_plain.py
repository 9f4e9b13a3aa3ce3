"""Which values an inventory holds in clear."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from migrator.inventory.plain import is_plain
from tests.scrub.forms import FORMS


def rows():
    return list(csv.DictReader((files("migrator.inventory") / "plain.csv").read_text().splitlines()))


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("override", "core-parallelism", "18"),
        ("override", "celery-worker_concurrency", "6"),
        ("override", "core-enable_xcom_pickling", "True"),
        ("override", "core-default_timezone", "Europe/Paris"),
        ("override", "secrets-use_cache", "False"),
        ("override", "logging-logging_level", "INFO"),
        ("override", "any-thing", "-0.5"),
        ("env", "DEBUG", "false"),
        ("env", "VERBOSE", "off"),
        ("env", "COLOURS", "Yes"),
        ("env", "API_KEY", ""),
        ("connection", "conn_type", "google_cloud_platform"),
    ],
)  # fmt: skip
def test_what_stays_in_clear(kind, name, value):
    assert is_plain(kind, name, value)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("env", "REGION", "eu"),
        ("env", "DB_PASS", "12345"),
        ("env", "PIN", "1234"),
        ("env", "DB_PASS", "no"),
        ("env", "AIRFLOW_VAR_X", "5"),
        ("env", "AIRFLOW_CONN_DB", "true"),
        ("env", "CHAT", "1234567890123"),
        ("env", "core-parallelism", "abc"),
        ("override", "core-parallelism", "eighteen"),
        ("override", "core-default_timezone", "Nowhere/Land"),
        ("override", "operators-default_owner", "team"),
        ("override", "smtp-smtp_host", "h"),
        ("override", "smtp-smtp_user", "5x"),
        ("connection", "db.host", "h"),
    ],
)
def test_what_is_sealed(kind, name, value):
    assert not is_plain(kind, name, value)


@pytest.mark.parametrize("kind", ["override", "env"])
@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_a_secret_is_plain_under_any_name_of_the_table(kind, form):
    text, secret = FORMS[form]
    for name in [*(row["key"] for row in rows()), "ANY"]:
        assert not is_plain(kind, name, text)
        assert not is_plain(kind, name, secret)


def test_what_the_operator_names_is_plain():
    more = ("TZ", "TEAM_*", "API_TOKEN")
    assert is_plain("env", "TZ", "Europe/Paris", more)
    assert is_plain("env", "TEAM_NAME", "blue", more)
    assert is_plain("env", "API_TOKEN", "shown on purpose", more)
    assert not is_plain("env", "tz", "Europe/Paris", more)
    assert not is_plain("env", "TEAM_TOKEN", "blue", more)
    assert not is_plain("env", "TEAM_URL", "https://me:word@h/", more)


def test_each_row_of_the_table_has_a_reason():
    found = rows()
    assert len({(row["kind"], row["key"]) for row in found}) == len(found)
    assert all(len(row["reason"]) > 10 and None not in row for row in found)
