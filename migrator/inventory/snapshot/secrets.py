"""Variables and connections of a dump: decrypted in memory, fingerprinted as the agent does, sealed at once."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrator.agent import migrate_agent
from migrator.inventory.snapshot.doubts import doubts, kept_bytes
from migrator.inventory.snapshot.problems import Problem
from migrator.inventory.snapshot.rows import each, number, switch, text

if TYPE_CHECKING:
    from migrator.inventory.snapshot.contents import Contents, Values

_KEY = re.compile(rb"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}=(?![A-Za-z0-9_=-])")
_ENCODED = re.compile(rb"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{60}(?![A-Za-z0-9+/=])")
_TEXTS = ("conn_type", "host", "schema", "login", "description")
FIX = "name the file with the environment's fernet key: migrate inventory --from-snapshot DIR --fernet-key FILE"


@dataclass(frozen=True, slots=True)
class Opened:
    """What may be seen of the secrets, and all of them as an age file; empty where a key does not fit."""

    variables: list[dict[str, Any]]
    connections: list[dict[str, Any]]
    sealed: bytes
    warnings: list[str]
    problems: list[Problem]


def fernet_keys(data: bytes) -> str:
    """The keys in a file, as Airflow's option has them: plain, in JSON or YAML, or in base64 as Kubernetes has it."""
    found = _KEY.findall(data)
    for encoded in _ENCODED.findall(data) if not found else ():
        found += _KEY.findall(base64.b64decode(encoded))
    return ",".join(key.decode("ascii") for key in dict.fromkeys(found))


def open_secrets(contents: Contents, keys: str, pools: list[dict[str, Any]], recipient: str) -> Opened:
    """The secrets under these fernet keys (may be empty), sealed to ``recipient``."""
    reader = _Reader(keys)
    made = each("variable", contents.tables["variable"], reader.variable, contents.problems)
    variables = [one for one in made if one]
    rows = sorted(contents.tables["connection"], key=_order)
    made = each("connection", rows, reader.connection, contents.problems)
    connections = [one for one in made if one]
    problem = reader.problem()
    if problem:
        return Opened([], [], b"", [], [problem])
    agent: Any = migrate_agent  # it runs on Python 3.6 too, and has no types
    key = agent.fingerprint_key_of(keys)
    secrets = {
        "fingerprint_key": key.hex(),
        "variables": sorted(variables, key=lambda one: str(one["key"])),
        "connections": connections,
        "pools": pools,
    }
    if kept := kept_bytes(contents):
        secrets["undecoded"] = kept
    return Opened(
        [agent.open_variable(key, one) for one in variables],
        [agent.open_connection(key, one) for one in connections],
        _sealed(secrets, recipient),
        sorted(reader.warnings),
        list(doubts(contents)),
    )


def _sealed(secrets: dict[str, Any], recipient: str) -> bytes:
    from pyrage import encrypt, x25519  # noqa: PLC0415 - lazy, as `migrate --help` is

    content = json.dumps(secrets, sort_keys=True).encode("ascii")
    return bytes(encrypt(content, [x25519.Recipient.from_str(recipient)]))


def _order(row: Values) -> tuple[str, int]:
    """By key, then in the order in which they were made."""
    made = row.get("id") or ""
    return str(row.get("conn_id")), int(made) if made.isdecimal() and len(made) < 19 else 0


class _ClosedError(ValueError):
    """No key opens what is encrypted."""


class _Reader:
    """Decrypts the columns of rows, and counts which could not be."""

    def __init__(self, keys: str) -> None:
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - lazy, as `migrate --help` is

        self._fernet = MultiFernet([Fernet(key) for key in keys.split(",")]) if keys else None
        self.warnings: list[str] = []
        self._seen: set[str | None] = set()
        self._encrypted = self._opened = 0

    def problem(self) -> Problem | None:
        """Why nothing could be decrypted, where that is so: a single one that does not open is a warning."""
        if not self._encrypted or self._opened:
            return None
        what = "the variables and connections cannot be decrypted"
        if self._fernet is None:
            return Problem(what, f"{self._encrypted} values are encrypted and the snapshot holds no fernet key", FIX)
        return Problem(what, f"none of {self._encrypted} encrypted values opens with the key that is there", FIX)

    def variable(self, row: Values) -> dict[str, Any] | None:
        """The variable with its exact stored string; None, and a warning, when it does not open."""
        try:
            value = self._open(text(row, "val"), is_encrypted=switch(row, "is_encrypted"))
        except _ClosedError:
            self.warnings.append(f"variable {row['key']}: can't be decrypted")
            return None
        return {"key": row["key"], "value": value or "", "description": text(row, "description")}

    def connection(self, row: Values) -> dict[str, Any] | None:
        """The connection with its exact stored strings; 1.10 allows several of one id: the first stands for them."""
        if row["conn_id"] in self._seen:
            self.warnings.append(f"connection {row['conn_id']}: there are several of this id, the first is taken")
            return None
        texts = {name: text(row, name) for name in _TEXTS}
        port = number(row, "port")
        try:
            password = self._open(text(row, "password"), is_encrypted=switch(row, "is_encrypted"))
            extra = self._open(text(row, "extra"), is_encrypted=switch(row, "is_extra_encrypted"))
        except _ClosedError:
            self.warnings.append(f"connection {row['conn_id']}: can't be decrypted")
            return None
        self._seen.add(row["conn_id"])
        return {"conn_id": row["conn_id"], **texts, "password": password, "extra": extra, "port": port}

    def _open(self, stored: str | None, *, is_encrypted: bool) -> str | None:
        """The exact string that a column holds; _ClosedError when no key opens it."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - lazy, as `migrate --help` is

        if not stored or not is_encrypted:
            return stored
        self._encrypted += 1
        try:
            if self._fernet is None:
                raise _ClosedError("there is no key")
            opened = self._fernet.decrypt(stored.encode("utf-8")).decode("utf-8")
        except (InvalidToken, UnicodeError) as error:
            raise _ClosedError("no key opens it") from error
        self._opened += 1
        return opened
