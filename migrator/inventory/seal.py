"""The source's secrets: an age file that only the operator's key opens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from migrator.errors import WorkspaceError
from migrator.workspace.files import write_private
from migrator.workspace.keys import decrypt

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.workspace.workspace import Workspace


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
    """Everything that is transferred, in clear; it is never written to disk. ``fingerprint_key`` is hexadecimal."""

    fingerprint_key: str = field(repr=False)
    variables: tuple[SecretVariable, ...] = ()
    connections: tuple[SecretConnection, ...] = ()
    pools: tuple[SecretPool, ...] = ()


def seal(path: Path, sealed: bytes) -> None:
    """Keep the age file just as the agent made it."""
    write_private(path, sealed)


def unseal(workspace: Workspace) -> Secrets:
    """Open ``secrets.age``; WorkspaceError when it is not there, or when the key is another one."""
    try:
        data = workspace.secrets.read_bytes()
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
    content = decrypt(data, workspace.identity, name=str(workspace.secrets))
    try:
        return TypeAdapter(Secrets).validate_json(content)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:3])
        raise WorkspaceError(
            f"{workspace.secrets} holds something unreadable", why=problems, fix="migrate inventory"
        ) from None
