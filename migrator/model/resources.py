"""What an environment holds beside DAGs. No value that may be a secret stands here in clear."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.model.sealed import Value


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable without its value; ``fingerprint`` is keyed, so that equality shows and the value does not."""

    key: str
    fingerprint: str
    size: int
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection by its type and port; what else it has is sealed, and its ``fingerprint`` covers all of it."""

    conn_id: str
    conn_type: str | None
    fingerprint: str
    host: Value | None = None
    port: int | None = None
    schema: Value | None = None
    login: Value | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool and its number of slots."""

    name: str
    slots: int
    description: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An object of the bucket; ``path`` is relative to the bucket, ``md5`` is base64 as Cloud Storage gives it."""

    path: str
    size: int
    md5: str
