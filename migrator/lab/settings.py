"""What a lab keeps between ``down`` and ``up``: its secrets and the place of its database."""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from migrator.lab.files import write_private
from migrator.reading import read_json

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = "settings.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """Made at the first ``up``, gone with ``reset``. Each Airflow has a fernet key of its own."""

    id: str
    postgres_password: str
    admin_password: str
    secret_key: str
    fernet_v1: str
    fernet_v2: str


def load_or_create(home: Path) -> Settings:
    """The settings of the lab in ``home``; the file is readable by its owner only."""
    path = home / SETTINGS
    if path.exists():
        return Settings(**read_json(path.read_bytes()))
    made = Settings(
        id=uuid.uuid4().hex,
        postgres_password=secrets.token_hex(16),
        admin_password=secrets.token_urlsafe(12),
        secret_key=secrets.token_hex(16),
        fernet_v1=_fernet_key(),
        fernet_v2=_fernet_key(),
    )
    write_private(path, json.dumps(asdict(made), indent=2))
    return made


def _fernet_key() -> str:
    """32 random bytes as url-safe base64, which is what Fernet takes."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")
