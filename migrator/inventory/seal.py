"""The source's secrets: an age file that only the operator's key opens."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from migrator.errors import WorkspaceError
from migrator.model.sealed import Sealed
from migrator.reading import UnreadableError, read_file, read_object
from migrator.workspace.files import write_private
from migrator.workspace.keys import decrypt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from migrator.inventory.sealing import Exact
    from migrator.model.environment import EnvironmentFacts
    from migrator.model.sealed import Value
    from migrator.workspace.workspace import Workspace

_INNER = "resources"
"""Under this name lies the age file of the agent, in base64."""


@dataclass(frozen=True, slots=True)
class SecretVariable:
    """A variable with its exact stored string."""

    key: str
    value: str | None = field(repr=False)
    description: str | None = None


@dataclass(frozen=True, slots=True)
class SecretConnection:
    """A connection with its login, password and extra as they are stored."""

    conn_id: str
    conn_type: str | None = None
    host: str | None = None
    schema: str | None = None
    login: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    port: int | None = None
    extra: str | None = field(default=None, repr=False)
    description: str | None = None


@dataclass(frozen=True, slots=True)
class SecretPool:
    """A pool; it stands here so that one file holds all that is transferred."""

    name: str
    slots: int
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Secrets:
    """Everything that is transferred, in clear; it is never written to disk.

    ``fingerprint_key`` is hexadecimal; it is empty where only settings could be read.
    """

    fingerprint_key: str = field(default="", repr=False)
    variables: tuple[SecretVariable, ...] = ()
    connections: tuple[SecretConnection, ...] = ()
    pools: tuple[SecretPool, ...] = ()
    overrides: dict[str, str] = field(default_factory=dict, repr=False)
    env_variables: dict[str, str] = field(default_factory=dict, repr=False)


def seal(path: Path, sealed: bytes) -> None:
    """Keep an age file just as it was made."""
    write_private(path, sealed)


def enclosed(sealed: bytes, settings: Exact, recipient: str) -> bytes:
    """One age file of the agent's and of settings; what only the key's owner opens lies whole beside them."""
    from pyrage import encrypt, x25519  # noqa: PLC0415 - lazy, as `migrate --help` is

    content = {_INNER: base64.b64encode(sealed).decode("ascii"), **asdict(settings)}
    return bytes(encrypt(json.dumps(content, sort_keys=True).encode("ascii"), [x25519.Recipient.from_str(recipient)]))


def unseal(workspace: Workspace) -> Secrets:
    """Open ``secrets.age``; WorkspaceError when it is not there, or when the key is another one."""
    try:
        data = read_file(workspace.secrets)
    except FileNotFoundError as error:
        raise WorkspaceError(
            f"there are no secrets at {workspace.secrets}",
            why="no inventory of an environment or a snapshot was taken here; one of a folder knows no secrets",
            fix="migrate inventory",
        ) from error
    except OSError as error:
        raise WorkspaceError(
            f"the secrets {workspace.secrets} cannot be read", why=str(error), fix="migrate inventory"
        ) from error
    return open_sealed(data, workspace)


def opened_facts(facts: EnvironmentFacts, secrets: Secrets) -> EnvironmentFacts:
    """The facts with each setting in clear whose text the secrets hold."""
    return replace(
        facts,
        overrides=dict(facts.overrides) | _texts(facts.overrides, secrets.overrides),
        env_variables=dict(facts.env_variables) | _texts(facts.env_variables, secrets.env_variables),
    )


def _texts(sealed: Mapping[str, Value], texts: Mapping[str, str]) -> dict[str, Value]:
    return {name: text for name, text in texts.items() if isinstance(sealed.get(name), Sealed)}


def open_sealed(data: bytes, workspace: Workspace) -> Secrets:
    """What an age file of secrets holds; WorkspaceError as ``unseal``."""
    try:
        return TypeAdapter(Secrets).validate_python(_opened(data, workspace))
    except UnreadableError as error:
        raise WorkspaceError(
            f"{workspace.secrets} holds something unreadable", why=str(error), fix="migrate inventory"
        ) from None
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:3])
        raise WorkspaceError(
            f"{workspace.secrets} holds something unreadable", why=problems, fix="migrate inventory"
        ) from None


def _opened(data: bytes, workspace: Workspace) -> dict[str, Any]:
    """What the file holds, and what the one inside it does."""
    content = _object(data, workspace)
    inner = base64.b64decode(str(content.pop(_INNER, "")))
    return _object(inner, workspace) | content if inner else content


def _object(data: bytes, workspace: Workspace) -> dict[str, Any]:
    return read_object(decrypt(data, workspace.identity, name=str(workspace.secrets)))
