"""Bring variables, connections and pools into the target, readable nowhere on the way.

The operator's key opens them in this process's memory only; they leave it encrypted to a key that the target's
agent made for this one transfer.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from migrator.errors import AgentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.environments.ports import Agent


class Kind(StrEnum):
    """What can be transferred."""

    VARIABLES = "variables"
    CONNECTIONS = "connections"
    POOLS = "pools"


class Policy(StrEnum):
    """What happens to something that the target has already, with another content."""

    SKIP = "skip"
    REPLACE = "replace"


class Status(StrEnum):
    """What became of one item."""

    CREATED = "created"
    EQUAL = "equal"
    REPLACED = "replaced"
    KEPT = "kept"
    FAILED = "failed"


NOT_CARRIED = {
    Kind.VARIABLES: {"composer_migrator_key": "the agent's own key"},
    Kind.CONNECTIONS: {"airflow_db": "each environment has its own database"},
    Kind.POOLS: {},
}
NAME = {Kind.VARIABLES: "key", Kind.CONNECTIONS: "conn_id", Kind.POOLS: "name"}


@dataclass(frozen=True, slots=True)
class Secrets:
    """The unsealed resources as the agent's ``describe`` wrote them; what prints this object sees no value.

    ``content`` holds a list for each kind.
    """

    content: Mapping[str, Any] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """What became of one variable, connection or pool; ``why`` is set when it failed or is not carried."""

    kind: Kind
    name: str
    status: Status
    why: str = ""


def transfer(agent: Agent, secrets: Secrets, kinds: tuple[Kind, ...], policy: Policy, *, dry_run: bool) -> list[Item]:
    """Import the resources of these kinds; every item's fate, sorted by kind and name. Safe to repeat."""
    recipient = agent.call("public_key").result.get("recipient")
    answer = agent.call(
        "import_resources",
        sealed=seal(secrets, kinds, str(recipient)),
        policy=str(policy),
        only=[str(kind) for kind in kinds],
        dry_run=dry_run,
    )
    return [item for kind in kinds for item in _items(kind, secrets, answer.result.get(kind) or {})]


def seal(secrets: Secrets, kinds: tuple[Kind, ...], recipient: str) -> str:
    """The resources of these kinds, encrypted to ``recipient``, as base64; AgentError when that is no key."""
    import pyrage  # noqa: PLC0415 - lazy, as `migrate --help` is

    chosen: dict[str, Any] = {}
    for kind in kinds:
        every = secrets.content.get(kind, [])
        chosen[str(kind)] = [one for one in every if one[NAME[kind]] not in NOT_CARRIED[kind]]
    try:
        key = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise AgentError(
            "the target's agent gave no key to encrypt to", why=f"it answered {recipient!r}", fix="migrate doctor"
        ) from error
    return base64.b64encode(pyrage.encrypt(json.dumps(chosen).encode(), [key])).decode()


def _items(kind: Kind, secrets: Secrets, outcomes: Mapping[str, object]) -> list[Item]:
    """The agent's outcomes and what was not sent at all, by name."""
    held = {one[NAME[kind]] for one in secrets.content.get(kind, [])} & NOT_CARRIED[kind].keys()
    kept = [Item(kind, name, Status.KEPT, NOT_CARRIED[kind][name]) for name in held]
    return sorted([*kept, *(_item(kind, name, one) for name, one in outcomes.items())], key=lambda item: item.name)


def _item(kind: Kind, name: str, outcome: object) -> Item:
    """An outcome is a word, or ``{"error": ...}`` for an item that failed."""
    if isinstance(outcome, str) and outcome in set(Status):
        return Item(kind, name, Status(outcome))
    why = outcome.get("error") if isinstance(outcome, dict) else outcome
    return Item(kind, name, Status.FAILED, str(why))
