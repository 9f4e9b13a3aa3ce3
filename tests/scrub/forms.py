"""Secrets in the forms in which people write them: each text with what of it must not be seen.

``{s}`` is where the secret stands; a form without a mark of its own is a token as its issuer gives it, made up here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parts:
    """What the forms are made of: a password, the inside of a key, random letters and digits, and a hash."""

    word: str = "hunter2-Zebra"
    pem: str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj"
    mixed: str = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7"
    hex: str = "9f86d081884c7d659a2feaa0c55ad015"


WORD = Parts().word


def _t(*parts: str) -> str:
    """A token in parts, so that no scanner takes this file for a leak."""
    return "".join(parts)


IN_WORDS: dict[str, str] = {
    "url": "postgresql://me:{s}@db:5432/x",
    "url with a slash in the password": "mysql://u:a/{s}/b@h/db",
    "url with an at in the password": "mysql://u:a@{s}@b@h/db",
    "url with a login alone": "http://{s}@h/path",
    "url with an empty user": "redis://:{s}@cache:6379/0",
    "url encoded": "postgresql%3A%2F%2Fme%3A{s}%40db%2Fx",
    "query": "https://h/x?a=1&api_key={s}&b=2",
    "first of a query": "https://h/x?token={s}",
    "jdbc": "jdbc:mysql://h/d?user=u&password={s}&ssl=true",
    "jdbc with semicolons": "jdbc:sqlserver://h;user=sa;password={s};encrypt=true",
    "oracle": "jdbc:oracle:thin:scott/{s}@//h:1521/x",
    "scheme-less": "connect scott:{s}@warehouse failed",
    "env": "DB_PASS={s}",
    "env in one word": "DBPASS={s} worker",
    "export": 'export SECRET_KEY="{s}"',
    "keyword": "connect(user='u', password='{s}', port=3)",
    "dsn": "host=h user=u password={s} dbname=d",
    "odbc": "Driver={SQL};UID=u;PWD={{s};x};Encrypt=yes",
    "json": '{"user": "u", "password": "{s}"}',
    "json with a number": '{"a": 1, "api_token":"{s}","b":2}',
    "escaped json": '{\\"password\\": \\"{s}\\"}',
    "twice escaped json": '{\\\\\\"client_secret\\\\\\": \\\\\\"{s}\\\\\\"}',
    "quote in the value": '{"password": "a\\"{s}"}',
    "repr": "{'auth_token': '{s}'}",
    "bytes": "password=b'{s}'",
    "yaml": "smtp_password: {s}",
    "camel": "clientSecret: {s}",
    "hash rocket": ":secret => '{s}'",
    "go": 'apiKey := "{s}"',
    "ini": "fernet_key = {s}",
    "subscript": "os.environ['SMTP_PASSWORD'] = '{s}'",
    "xml": "<add><password>{s}</password></add>",
    "header": "Authorization: Basic {s}",
    "header in a dict": "{'Authorization': 'Token {s}'}",
    "key header": "X-Api-Key: {s}",
    "cookie": "Set-Cookie: session={s}; Path=/",
    "bearer": "curl -H Bearer {s}",
    "option": "mysql --password {s} -h x",
    "option with equals": "tool --client-secret={s}",
    "curl": "curl -u me:{s} https://h",
    "netrc": "machine h login me password {s}",
    "pgpass": "db.example.com:5432:d:me:{s}",
    "sql": "CREATE USER x IDENTIFIED BY '{s}'",
    "sql role": "ALTER ROLE x WITH PASSWORD '{s}'",
    "sentence": "the password is {s}",
    "azure storage": "DefaultEndpointsProtocol=https;AccountKey={s};EndpointSuffix=x",
    "azure bus": "Endpoint=sb://h/;SharedAccessKey={s}",
    "sas": "https://h.blob.core.windows.net/c?sv=1&sig={s}",
    "airflow variable": "AIRFLOW_VAR_ANYTHING={s}",
    "airflow connection": "AIRFLOW_CONN_DB={s}",
    "sqlalchemy": "(psycopg2.OperationalError) could not connect: password={s}",
    "unclosed": 'password="{s}',
    "long run before it": "manual__" + "a" * 300 + "&password={s}",
}  # fmt: skip


def forms(parts: Parts) -> dict[str, tuple[str, str]]:
    """Name to the text and the part of it that is secret."""
    texts = {name: (text.replace("{s}", parts.word), parts.word) for name, text in IN_WORDS.items()}
    return texts | _random(parts) | {name: (token, token) for name, token in _tokens(parts).items()}


def _random(parts: Parts) -> dict[str, tuple[str, str]]:
    return {
        "private key": (f"-----BEGIN RSA PRIVATE KEY-----\n{parts.pem}\n-----END RSA PRIVATE KEY-----", parts.pem),
        "private key in json": (
            f'"key": "-----BEGIN PRIVATE KEY-----\\n{parts.pem}\\n-----END PRIVATE KEY-----\\n"',
            parts.pem,
        ),
        "cut private key": (f"x -----BEGIN OPENSSH PRIVATE KEY----- {parts.pem}", parts.pem),
        "random": (f"got {parts.mixed} back", parts.mixed),
        "random hex": (f"got {parts.hex} back", parts.hex),
        "random in a run id": (f"manual__{parts.mixed}", parts.mixed),
    }


def _tokens(parts: Parts) -> dict[str, str]:
    return {
        "github": _t("gh", "p_", parts.mixed[:36]),
        "github action": _t("gh", "s_", parts.mixed[:36]),
        "github fine": _t("github", "_pat_", parts.mixed[:22], "_", parts.mixed),
        "gitlab": _t("gl", "pat-", parts.mixed[:20]),
        "slack": _t("xo", "xb-123456789012-123456789012-", parts.mixed[:24]),
        "slack hook": _t("https://hooks", ".slack.com/services/T0000/B0000/", parts.mixed[:24]),
        "discord hook": _t("https://discord", ".com/api/webhooks/1234/", parts.mixed),
        "stripe": _t("sk", "_live_", parts.mixed[:24]),
        "stripe hook": _t("whs", "ec_", parts.mixed[:32]),
        "aws id": _t("AK", "IA", "IOSFODNN7EXAMPLE"),
        "aws secret": _t("aws_secret_access_key = wJalrXUtn", "FEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        "google key": _t("AI", "za", parts.mixed[:35]),
        "google access": _t("ya", "29.", parts.mixed),
        "google client": _t("GOC", "SPX-", parts.mixed[:28]),
        "jwt": _t("ey", "JhbGciOiJIUzI1NiJ9.ey", "JzdWIiOiIxIn0.", parts.mixed),
        "fernet": _t("gAA", "AAABl", parts.mixed, parts.mixed),
        "fernet key": _t("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSb", "XpwF4e4="),
        "sendgrid": _t("S", "G.", parts.mixed[:22], ".", parts.mixed),
        "npm": _t("np", "m_", parts.mixed[:36]),
        "pypi": _t("py", "pi-", parts.mixed),
        "openai": _t("s", "k-proj-", parts.mixed),
        "hugging face": _t("h", "f_", parts.mixed[:34]),
        "vault": _t("hv", "s.", parts.mixed[:24]),
        "age": _t("AGE-SECRET", "-KEY-1", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2),
        "databricks": _t("da", "pi", parts.hex),
        "telegram": _t("110201543", ":AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw4"),
        "mailgun": _t("ke", "y-", parts.hex),
        "twilio": _t("S", "K", parts.hex),
        "docker": _t("dckr", "_pat_", parts.mixed[:27]),
        "grafana": _t("gl", "sa_", parts.mixed[:32]),
        "sentry": _t("sntr", "ys_", parts.mixed),
    }


FORMS = forms(Parts())
"""Name to the text and the part of it that is secret."""
