"""What the scrubber takes out, and what it leaves."""

from __future__ import annotations

import pytest

from migrator.scrub.text import REDACTED, holds_a_secret, scrub, scrubbed
from tests.scrub.forms import FORMS, WORD


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    "around", ["{}", "Broken DAG: [x.py] {}", "ValueError: {} (line 3)", "line one\n{}\nline three"]
)
def test_a_secret_of_this_form_is_taken_out(name, around):
    text, secret = FORMS[name]
    found = scrub(around.replace("{}", text))
    assert secret not in found
    assert REDACTED in found


@pytest.mark.parametrize("name", FORMS)
def test_a_second_time_changes_nothing(name):
    once = scrub(FORMS[name][0])
    assert scrub(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "No module named 'airflow.contrib'", "KeyError: 'my_dag_key'", "KeyError: 'password'",
        "scheduled__2026-01-01T00:00:00+00:00", "manual__2026-11-25T16:00:00.123456+00:00", "backfill__2026-01-01",
        "Variable api_key does not exist", "invalid syntax (x.py, line 12)", "https://example.com/a/b?page=2#top",
        "gs://bucket/dags/team/load_customers_daily_v2.py", "projects/p/locations/europe-west1/environments/prod",
        "ImportError: cannot import name 'KubernetesPodOperator2Something' from 'airflow.providers'",
        "the agent in projects/p/locations/l/environments/e failed at 'describe'", "password=None", 'password: ""',
        "token=(redacted)", '"key": "load_customers"', "primary_key: id",
        "File \"/home/airflow/gcs/dags/a.py\", line 3",
        "serviceAccount:runner@project.iam.gserviceaccount.com lacks roles/composer.user", "author: me@example.com",
        "psycopg2.OperationalError: could not connect to server: Connection refused", "2026-01-01 10:00:00 passed: 5",
        "550e8400-e29b-41d4-a716-446655440000", "composer-2.15.3-airflow-2.10.5", "retries: 3, pool: default_pool",
        "dataset_triggered__2026-01-01T00:00:00+00:00", "load-customers-into-the-warehouse-daily-2026-01-01",
        "AIRFLOW__CORE__PARALLELISM=32", "sum(x for x in keys)", "bypass=5", "basic authentication failed",
    ],
)  # fmt: skip
def test_what_is_no_secret_is_left_alone(text):
    assert scrub(text) == text
    assert not holds_a_secret(text)


def test_what_is_around_a_secret_is_kept():
    assert scrub(f"a=1 password={WORD} b=2") == f"a=1 password={REDACTED} b=2"
    assert scrub(f"postgresql://me:{WORD}@db:5432/x") == f"postgresql://{REDACTED}@db:5432/x"
    assert scrub(f"https://h/x?a=1&api_key={WORD}&b=2") == f"https://h/x?a=1&api_key={REDACTED}&b=2"
    assert scrub(f'{{"password": "{WORD}", "a": 1}}') == f'{{"password": "{REDACTED}", "a": 1}}'


def test_texts_inside_json():
    found = scrubbed({"a": [f"password={WORD}", 3, None, True], "b": {"c": ("x",)}})
    assert found == {"a": [f"password={REDACTED}", 3, None, True], "b": {"c": ("x",)}}
