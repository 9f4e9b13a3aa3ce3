"""The operator's key."""

from __future__ import annotations

import pyrage
import pytest

from migrator.errors import WorkspaceError
from migrator.workspace.config import Config, SecretsSection
from migrator.workspace.keys import create_identity, decrypt, load_identity, recipient_of
from migrator.workspace.workspace import Workspace


def test_a_key_is_private_and_kept(tmp_path):
    path = tmp_path / ".migrate" / "identity.txt"
    recipient = create_identity(path)
    assert recipient.startswith("age1")
    assert path.stat().st_mode & 0o777 == 0o600
    assert create_identity(path) == recipient
    sealed = pyrage.encrypt(b"hello", [pyrage.x25519.Recipient.from_str(recipient)])
    assert decrypt(sealed, path, name="x") == b"hello"


def test_a_key_of_age_keygen_is_read(tmp_path):
    identity = pyrage.x25519.Identity.generate()
    path = tmp_path / "key"
    path.write_text(f"# created: 2026-01-01\n# public key: {identity.to_public()}\n{identity}\n")
    assert str(load_identity(path).to_public()) == str(identity.to_public())


def test_the_wrong_key_is_told(tmp_path):
    path = tmp_path / "key"
    create_identity(path)
    sealed = pyrage.encrypt(b"hello", [pyrage.x25519.Identity.generate().to_public()])
    with pytest.raises(WorkspaceError, match=r"secrets\.age cannot be decrypted") as caught:
        decrypt(sealed, path, name="secrets.age")
    assert "another key" in caught.value.why
    assert caught.value.exit_code == 2


def test_a_damaged_file_is_told(tmp_path):
    create_identity(tmp_path / "key")
    with pytest.raises(WorkspaceError, match="cannot be decrypted"):
        decrypt(b"age-encryption.org/v1\n", tmp_path / "key", name="x")


@pytest.mark.parametrize("content", [None, "", "AGE-SECRET-KEY-1NONSENSE", b"\xff\xfe"])
def test_no_key_to_read(tmp_path, content):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(WorkspaceError, match=r"key .* cannot be read"):
        load_identity(path)


def test_the_configured_recipient_comes_first(tmp_path):
    other = str(pyrage.x25519.Identity.generate().to_public())
    assert recipient_of(Workspace(tmp_path, Config(secrets=SecretsSection(recipient=other)))) == other
    own = recipient_of(Workspace(tmp_path))
    assert own == create_identity(tmp_path / ".migrate" / "identity.txt")
