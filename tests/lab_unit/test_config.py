"""The environments of both Airflows."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.lab import bucket, config, postgres, settings


@pytest.fixture
def own(tmp_path: Path) -> settings.Settings:
    return settings.load_or_create(tmp_path)


def environ(side: str, own: settings.Settings) -> dict[str, str]:
    return config.environ(
        side,
        home=Path("/lab") / side,
        binaries=Path("/venv/bin"),
        settings=own,
        database_url="postgresql+psycopg2://u:p@127.0.0.1:1/x",
        web_port=8080,
        gcs="http://127.0.0.1:2",
    )


def test_each_version_gets_its_own_names(own: settings.Settings) -> None:
    v1, v2 = environ("v1", own), environ("v2", own)
    assert "AIRFLOW__CORE__SQL_ALCHEMY_CONN" in v1.keys() - v2.keys()
    assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" in v2.keys() - v1.keys()
    assert v1["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] == "False"
    assert v2["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] == "True"


def test_the_keys_differ(own: settings.Settings) -> None:
    assert environ("v1", own)["AIRFLOW__CORE__FERNET_KEY"] != environ("v2", own)["AIRFLOW__CORE__FERNET_KEY"]


def test_the_callers_airflow_settings_do_not_leak_in(own: settings.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "SequentialExecutor")
    monkeypatch.setenv("AIRFLOW_CONN_SECRET", "x")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    made = environ("v1", own)
    assert made["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert not made.keys() & {"AIRFLOW_CONN_SECRET", "PYTHONPATH"}


def test_its_own_executables_come_first(own: settings.Settings) -> None:
    assert environ("v2", own)["PATH"].startswith("/venv/bin:")


def test_web_servers_and_database_stay_on_the_loopback(own: settings.Settings) -> None:
    assert environ("v1", own)["AIRFLOW__WEBSERVER__WEB_SERVER_HOST"] == "127.0.0.1"
    assert "--listen_addresses=127.0.0.1" in postgres.command(Path("/db"), 5432)
    assert "-host=127.0.0.1" in bucket.command(Path("/gcs"), 4443)


def test_settings_are_made_once_and_private(tmp_path: Path) -> None:
    first = settings.load_or_create(tmp_path)
    assert settings.load_or_create(tmp_path) == first
    assert (tmp_path / settings.SETTINGS).stat().st_mode & 0o777 == 0o600
    assert first != settings.load_or_create(tmp_path / "other")
