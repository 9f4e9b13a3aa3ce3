"""Bring variables and connections into Secret Manager, under the names by which Airflow's backend reads them."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from migrator.errors import MigrateError
from migrator.transfer.resources import NAME, Item, Kind, Policy, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.transfer.resources import Order, Secrets

BACKEND = "airflow.providers.google.cloud.secrets.secret_manager.CloudSecretManagerBackend"
PREFIX = {Kind.VARIABLES: "airflow-variables", Kind.CONNECTIONS: "airflow-connections"}
SECRET_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
MOST_BYTES = 65_536
"""What Secret Manager takes for one version."""
THREADS = 8
_FIELDS = ("conn_type", "host", "schema", "login", "password", "port", "extra", "description")


class SecretStore(Protocol):
    """Where secrets are kept."""

    def read(self, secret_id: str) -> bytes | None:
        """The newest version, or None."""
        ...

    def write(self, secret_id: str, data: bytes) -> None:
        """Add a version."""
        ...


def carry_secrets(
    store: SecretStore,
    secrets: Secrets,
    order: Order,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> list[Item]:
    """What becomes of each item; one that fails hides no other. A value is kept or replaced whole."""
    wanted = [(kind, one) for kind in order.policies for one in secrets.carried(kind, order.names(kind))]
    found = [item for kind in order.policies for item in secrets.held(kind)]
    with ThreadPoolExecutor(THREADS) as pool:
        fates = pool.map(lambda pair: _carry(store, pair[0], pair[1], order), wanted)
        for done, item in enumerate(fates, 1):
            found.append(item)
            tell(done, len(wanted))
    rank = list(Kind)
    return sorted(found, key=lambda item: (rank.index(item.kind), item.name))


def backend_overrides(project: str) -> dict[str, str]:
    """The overrides with which Airflow reads what was carried; it asks the backend before its database."""
    kwargs = {
        "connections_prefix": PREFIX[Kind.CONNECTIONS],
        "variables_prefix": PREFIX[Kind.VARIABLES],
        "sep": "-",
        "project_id": project,
    }
    return {"secrets-backend": BACKEND, "secrets-backend_kwargs": json.dumps(kwargs)}


def connection_text(one: dict[str, Any]) -> str:
    """A connection as Airflow reads it from a backend: JSON, in which ``extra`` stays the exact string."""
    return json.dumps({name: one[name] for name in _FIELDS if one.get(name) is not None}, ensure_ascii=False)


def _carry(store: SecretStore, kind: Kind, one: dict[str, Any], order: Order) -> Item:
    name = one[NAME[kind]]
    data = (one["value"] if kind is Kind.VARIABLES else connection_text(one)).encode()
    secret_id = f"{PREFIX[kind]}-{name}"
    why = _why_not(secret_id, data)
    if why:
        return Item(kind, name, Status.FAILED, why)
    try:
        return Item(kind, name, _store(store, secret_id, data, order.policies[kind], dry_run=order.dry_run))
    except MigrateError as error:
        return Item(kind, name, Status.FAILED, f"{error.what}: {error.why}".splitlines()[0])


def _store(store: SecretStore, secret_id: str, data: bytes, policy: Policy, *, dry_run: bool) -> Status:
    there = store.read(secret_id)
    if there == data:
        return Status.EQUAL
    if there is not None and policy is not Policy.REPLACE:
        return Status.KEPT
    if not dry_run:
        store.write(secret_id, data)
    return Status.CREATED if there is None else Status.REPLACED


def _why_not(secret_id: str, data: bytes) -> str:
    """Why Secret Manager can't hold it; such an item belongs into the database."""
    if not SECRET_ID.fullmatch(secret_id):
        return "a secret's name has letters, digits, - and _ only, at most 255: rename it, or keep it in the database"
    if not data:
        return "Secret Manager takes no empty value: keep it in the database"
    return f"Secret Manager takes {MOST_BYTES} bytes, it has {len(data)}" if len(data) > MOST_BYTES else ""
