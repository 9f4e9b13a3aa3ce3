"""The operator's age key, with which secrets leave the source environment."""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Any

from migrator.errors import WorkspaceError
from migrator.reading import read_file
from migrator.workspace.files import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.workspace.workspace import Workspace


def create_identity(path: Path) -> str:
    """Make a key readable by its owner only, and give its recipient ``age1...``; a key that is there is kept."""
    if path.exists():
        return str(load_identity(path).to_public())
    from pyrage import x25519  # noqa: PLC0415 - lazy, as `migrate --help` is

    identity = x25519.Identity.generate()
    recipient = str(identity.to_public())
    write_private(path, f"# public key: {recipient}\n{identity}\n".encode())
    return recipient


def load_identity(path: Path) -> Any:  # noqa: ANN401
    """The key in the file (as age-keygen writes it); WorkspaceError when there is none."""
    from pyrage import IdentityError, x25519  # noqa: PLC0415 - lazy, as `migrate --help` is

    try:
        lines = read_file(path).decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _no_key(path, str(error)) from error
    for line in lines:
        if line.startswith("AGE-SECRET-KEY-"):
            try:
                return x25519.Identity.from_str(line.strip())
            except IdentityError as error:
                raise _no_key(path, str(error)) from error
    raise _no_key(path, "it has no line that starts with AGE-SECRET-KEY-")


def recipient_of(workspace: Workspace) -> str:
    """To whom secrets are encrypted: the configured recipient, or the key of the workspace, made when there is none."""
    return workspace.config.secrets.recipient or create_identity(workspace.identity)


def marking_key(workspace: Workspace) -> bytes:
    """The key of fingerprints: derived from the operator's private key, so that it is the same on each machine.

    Where only the recipient is known, a random one is kept in ``.migrate/``.
    """
    if workspace.identity.exists() or not workspace.config.secrets.recipient:
        create_identity(workspace.identity)
        secret = str(load_identity(workspace.identity)).encode("ascii")
        return hmac.new(secret, b"composer-migrator settings", hashlib.sha256).digest()
    path = workspace.private / "fingerprint.key"
    if not path.exists():
        write_private(path, os.urandom(32))
    return path.read_bytes()


def decrypt(data: bytes, path: Path, *, name: str) -> bytes:
    """Open an age file with the key at ``path``; WorkspaceError when it is for another key, or damaged."""
    from pyrage import DecryptError  # noqa: PLC0415 - lazy, as `migrate --help` is
    from pyrage import decrypt as age_decrypt  # noqa: PLC0415 - lazy, as `migrate --help` is

    identity = load_identity(path)
    try:
        return bytes(age_decrypt(data, [identity]))
    except DecryptError as error:
        raise WorkspaceError(
            f"{name} cannot be decrypted",
            why=f"{error}: it was encrypted to another key than {identity.to_public()}, or is damaged",
            fix=f"put the right key in {path}, or make the file again with `migrate inventory`",
        ) from error


def _no_key(path: Path, why: str) -> WorkspaceError:
    return WorkspaceError(
        f"the key {path} cannot be read",
        why=why,
        fix="restore it from its backup; without one, remove it: `migrate inventory` makes a new key and new secrets",
    )
