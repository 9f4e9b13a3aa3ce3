"""Bring variables, connections and pools into the target, readable nowhere on the way.

The operator's key opens them in this process's memory only; they leave it encrypted to a key that only the target's
environment can derive.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from migrator.environments.sealing import key_of, sealed
from migrator.errors import MigrateError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from migrator.environments.ports import Agent


class Kind(StrEnum):
    """What can be transferred."""

    VARIABLES = "variables"
    CONNECTIONS = "connections"
    POOLS = "pools"
    USERS = "users"
    OVERRIDES = "overrides"
    ENV = "env"
    FILES = "files"
    LOGS = "logs"


class Policy(StrEnum):
    """What happens to something that the target has already, with another content.

    ``merge`` keeps it and adds what it lacks: empty fields, keys of a JSON object, slots of a pool, roles of a user.
    """

    SKIP = "skip"
    REPLACE = "replace"
    MERGE = "merge"


class Status(StrEnum):
    """What became of one item; ``unknown``: nobody knows what it is in v1."""

    CREATED = "created"
    EQUAL = "equal"
    REPLACED = "replaced"
    MERGED = "merged"
    KEPT = "kept"
    FAILED = "failed"
    UNKNOWN = "unknown"


NOT_CARRIED: dict[Kind, dict[str, str]] = {
    Kind.VARIABLES: {"composer_migrator_key": "the agent's own key"},
    Kind.CONNECTIONS: {"airflow_db": "each environment has its own database"},
    Kind.POOLS: {},
    Kind.USERS: {},
}
NAME = {Kind.VARIABLES: "key", Kind.CONNECTIONS: "conn_id", Kind.POOLS: "name", Kind.USERS: "identity"}
USUAL = tuple(kind for kind in Kind if kind is not Kind.LOGS)
"""What goes over where no kind is named: there may be millions of logs."""
NO_PROVIDER = "no provider of the target knows the type"
NO_ROLE = "the target has no role"
BATCH = 1000
BATCH_BYTES = 8_000_000
"""The most that goes in one request: enough to be quick, little enough to tell how it goes."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The unsealed resources as the agent's ``describe`` wrote them; what prints this object sees no value.

    ``content`` holds a list for each kind.
    """

    content: Mapping[str, Any] = field(repr=False, compare=False)

    def carried(self, kind: Kind, only: Collection[str] | None = None) -> list[Any]:
        """The items of a kind that belong to no single environment, or those of these names."""
        every = [one for one in self.content.get(kind, []) if one[NAME[kind]] not in NOT_CARRIED[kind]]
        return every if only is None else [one for one in every if one[NAME[kind]] in only]

    def held(self, kind: Kind) -> list[Item]:
        """The items that are never sent, and why."""
        names = {one[NAME[kind]] for one in self.content.get(kind, [])} & NOT_CARRIED[kind].keys()
        return [Item(kind, name, Status.KEPT, NOT_CARRIED[kind][name]) for name in sorted(names)]


@dataclass(frozen=True, slots=True)
class Item:
    """What became of one item; ``why`` is set when it failed, is not carried, or lacks something in the target."""

    kind: Kind
    name: str
    status: Status
    why: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What to carry and how: a policy for each kind; ``only``: names by kind, where not everything is meant."""

    policies: Mapping[Kind, Policy]
    dry_run: bool = False
    only: Mapping[Kind, Collection[str]] | None = None

    def names(self, kind: Kind) -> Collection[str] | None:
        """The names of a kind, or None for all."""
        return None if self.only is None else self.only.get(kind, ())


def transfer(
    agent: Agent, secrets: Secrets, order: Order, tell: Callable[[int, int], None] = lambda _done, _of: None
) -> list[Item]:
    """Import what was ordered, in batches; every item's fate, sorted by kind and name.

    Safe to repeat: what was stored before an interruption is equal the next time. ``tell``: how many are done.
    """
    batches = list(_batches(secrets, order))
    total, done = sum(len(items) for _, items in batches), 0
    found = [item for kind in order.policies for item in secrets.held(kind)]
    if not batches:
        return found
    with agent.standing():
        key = key_of(agent)
        for kind, items in batches:
            found += _sent(agent, kind, items, order, key)
            done += len(items)
            tell(done, total)
    rank = list(Kind)
    return sorted(found, key=lambda item: (rank.index(item.kind), item.name))


def _batches(secrets: Secrets, order: Order) -> Iterator[tuple[Kind, Sequence[Any]]]:
    for kind in order.policies:
        batch: list[Any] = []
        size = 0
        for item in secrets.carried(kind, order.names(kind)):
            batch.append(item)
            size += sum(len(text) for text in item.values() if isinstance(text, str))
            if len(batch) == BATCH or size > BATCH_BYTES:
                yield kind, batch
                batch, size = [], 0
        if batch:
            yield kind, batch


def _sent(agent: Agent, kind: Kind, items: Sequence[Any], order: Order, key: Any) -> list[Item]:  # noqa: ANN401 - pyrage is untyped
    """What became of a batch; one that did not get through fails without the others."""
    try:
        return _send(agent, kind, items, order, key)
    except MigrateError as error:
        why = f"{error.what}: {error.why}".splitlines()[0]
        return [Item(kind, item[NAME[kind]], Status.FAILED, why) for item in items]


def _send(agent: Agent, kind: Kind, items: Sequence[Any], order: Order, key: Any) -> list[Item]:  # noqa: ANN401 - pyrage is untyped
    answer = agent.call(
        "import_resources",
        sealed=sealed(json.dumps({str(kind): list(items)}).encode(), key),
        policy=str(order.policies[kind]),
        only=[str(kind)],
        dry_run=order.dry_run,
    ).result
    lacking = {name: f"{NO_PROVIDER} {lacks!r}" for name, lacks in (answer.get("without_provider") or {}).items()}
    lacking |= {name: f"{NO_ROLE} {', '.join(roles)}" for name, roles in (answer.get("without_role") or {}).items()}
    return [_item(kind, name, one, lacking.get(name, "")) for name, one in (answer.get(kind) or {}).items()]


def _item(kind: Kind, name: str, outcome: object, lacks: str) -> Item:
    """An outcome is a word, or ``{"error": ...}`` for an item that failed; ``lacks``: what the target has not."""
    if isinstance(outcome, str) and outcome in set(Status):
        return Item(kind, name, Status(outcome), lacks)
    why = outcome.get("error") if isinstance(outcome, dict) else outcome
    return Item(kind, name, Status.FAILED, str(why))
