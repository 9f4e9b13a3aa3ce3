"""Which names speak of a secret: a password, a key, a token, a login."""

from __future__ import annotations

import re

PARTS = (
    "password", "passwd", "passwort", "passphrase", "passcode", "pass_phrase", "secret", "token", "credential",
    "apikey", "api_key", "accesskey", "access_key", "authkey", "auth_key", "accountkey", "sharedkey", "privatekey",
    "private_key", "encryption_key", "signing_key", "fernet_key", "master_key",
    "signature", "webhook", "authorization", "connectionstring", "connection_string", "conn_str",
)  # fmt: skip
"""Parts that say so wherever they stand."""
WORDS = frozenset(
    {"key", "keys", "pwd", "pw", "psw", "pass", "pin", "otp", "mfa", "private", "auth", "oauth", "dsn", "salt", "jwt",
     "pem", "sig", "sas", "cookie", "bearer", "cert", "login", "creds", "cvv", "seed", "passkey"}
)  # fmt: skip
"""Whole words: ``API_KEY`` and ``accessKeyId`` speak of a secret, ``MONKEY`` does not."""
PREFIXES = ("airflow_var_", "airflow_conn_", "airflow__secrets")
"""How environment variables begin that are Airflow's variables and connections, whatever stands before."""
HARMLESS_ENDS = ("bypass", "compass", "encompass", "trespass", "overpass", "underpass")
ERRORS = ("error", "exception", "warning", "iteration")
"""How the name of a Python exception ends: what stands behind ``KeyError:`` is no key."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def speaks_of_a_secret(name: str) -> bool:
    """Whether what is kept under this name is likely to be secret."""
    low = name.lower()
    if any(part in low for part in (*PREFIXES, *PARTS)):
        return True
    words = {word.lower() for word in _WORD.findall(name)}
    return bool(words & WORDS) or any(word.endswith(("pass", "pwd")) and word not in HARMLESS_ENDS for word in words)


def is_exception(name: str) -> bool:
    """Whether it is the name of a Python exception."""
    return name.lower().endswith(ERRORS)
