"""Take secrets out of an environment's settings: the inventory lies in git."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrator.model.environment import EnvironmentFacts

REDACTED = "(redacted)"
SECRET_PARTS = ("password", "passwd", "passphrase", "secret", "token", "credential", "apikey")
SECRET_WORDS = frozenset({"key", "keys", "pwd", "private", "accesskey"})
"""Whole words of a key's name: ``API_KEY`` and ``accessKeyId`` speak of a secret, ``MONKEY`` does not."""
HARMLESS = frozenset({"secrets-backend", "secrets-use_cache", "secrets-cache_ttl_seconds"})
"""Overrides that say where secrets lie, and hold none."""
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
URL_LOGIN = re.compile(r"(?<=://)[^/@\s]+:[^/@\s]+(?=@)")
"""The login in ``scheme://user:password@host``, whatever the key is called."""


def redact(facts: EnvironmentFacts) -> tuple[EnvironmentFacts, tuple[str, ...]]:
    """The facts without values that look like secrets, and a warning for each that was taken out."""
    env, env_taken = _clean(facts.env_variables)
    overrides, overrides_taken = _clean(facts.overrides)
    warnings = [f"the value of environment variable {key} looks like a secret and was left out" for key in env_taken]
    warnings += [f"the value of the override {key} looks like a secret and was left out" for key in overrides_taken]
    return replace(facts, env_variables=env, overrides=overrides), tuple(warnings)


def without_login(host: str) -> str:
    """A host as it is, but for the login that some put into it."""
    return URL_LOGIN.sub(REDACTED, host)


def _clean(settings: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    cleaned = {key: shown(key, value) for key, value in settings.items()}
    return cleaned, [key for key, value in settings.items() if cleaned[key] != value]


def shown(key: str, value: str) -> str:
    """Empty values and plain switches stay: they tell something and hide nothing."""
    if _speaks_of_a_secret(key) and value.lower() not in {"", "true", "false", "none"}:
        return REDACTED
    return without_login(value)


def _speaks_of_a_secret(key: str) -> bool:
    words = {word.lower() for word in WORD.findall(key)}
    return key not in HARMLESS and (bool(words & SECRET_WORDS) or any(part in key.lower() for part in SECRET_PARTS))
