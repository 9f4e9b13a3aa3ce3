"""Which settings look like secrets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.inventory.redact import redact
from tests.inventory.estates import FACTS


@pytest.mark.parametrize(
    "key",
    ["PASSWORD", "smtp-smtp_password", "API_KEY", "apikey", "GITHUB_TOKEN", "core-fernet_key", "client_secret", "KEY",
     "PRIVATE_PEM", "db_pwd", "SLACK_CREDENTIALS", "AccessKey", "accessKeyId"],
)  # fmt: skip
def test_secrets_are_redacted_and_named(key):
    facts, warnings = redact(replace(FACTS, env_variables={key: "value"}, overrides={key: "value"}))
    assert facts.env_variables == facts.overrides == {key: "(redacted)"}
    assert len(warnings) == 2
    assert all(key in warning and "value was" not in warning for warning in warnings)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("core-parallelism", "18"),
        ("MONKEY", "bananas"),
        ("KEYBOARD", "qwerty"),
        ("hockey_team", "x"),
        ("core-hide_sensitive_var_conn_fields", "True"),
        ("secrets-use_cache", "False"),
        ("secrets-backend", "airflow.providers.google.cloud.secrets.secret_manager.CloudSecretManagerBackend"),
        ("API_KEY", ""),
        ("URL", "https://example.com/a:b@c"),
    ],
)
def test_others_are_left_alone(key, value):
    facts, warnings = redact(replace(FACTS, overrides={key: value}))
    assert facts.overrides == {key: value}
    assert warnings == ()


def test_a_login_inside_a_url_is_redacted_whatever_the_key():
    facts, warnings = redact(replace(FACTS, env_variables={"DATABASE": "postgresql://me:hunter2@db:5432/x"}))
    assert facts.env_variables == {"DATABASE": "postgresql://(redacted)@db:5432/x"}
    assert len(warnings) == 1
