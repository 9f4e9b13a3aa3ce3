"""What would collide when several environments are merged into one: found in their inventories, before it hurts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from migrator.inventory.seal import Secrets
    from migrator.model.inventory import Inventory

SHARED = "default_pool"
"""Every Airflow has it: its size is chosen for the target, and none of the sources' is right."""


class Subject(StrEnum):
    """What collides."""

    DAG = "DAG"
    FILE = "file"
    POOL = "pool"
    VARIABLE = "variable"
    CONNECTION = "connection"


FIXES = {
    Subject.DAG: "rename it in all but one of them before its wave: the target runs one DAG of an id",
    Subject.FILE: "move one into a folder of its own: the target's bucket holds one file of a path",
    Subject.POOL: "choose the slots for all of them, or rename the pool in one",
    Subject.VARIABLE: "agree on one value, or rename it in one of them",
    Subject.CONNECTION: "agree on one, or rename it in one of them",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One source of a fleet, and the environment that it goes into."""

    name: str
    target: str
    inventory: Inventory
    secrets: Secrets


@dataclass(frozen=True, slots=True)
class Conflict:
    """One name that means different things in ``members``."""

    target: str
    subject: Subject
    name: str
    members: tuple[str, ...]
    why: str

    @property
    def fix(self) -> str:
        """What a person does about it."""
        return FIXES[self.subject]


def conflicts(members: Iterable[Member]) -> tuple[Conflict, ...]:
    """Every conflict among the members of each target, by target, subject and name; equal things are none."""
    by_target: defaultdict[str, list[Member]] = defaultdict(list)
    for member in members:
        by_target[member.target].append(member)
    found = [one for target, together in by_target.items() for one in _among(target, together)]
    order = list(Subject)
    return tuple(sorted(found, key=lambda one: (one.target, order.index(one.subject), one.name)))


def _among(target: str, members: list[Member]) -> Iterator[Conflict]:
    for name, owners in _names(members).items():
        if len(owners) > 1:
            yield Conflict(target, Subject.DAG, name, tuple(sorted(owners)), "each of them has a DAG of this id")
    for subject, contents, why in (
        (Subject.FILE, _files, "its contents differ"),
        (Subject.POOL, _pools, "its slots differ"),
        (Subject.VARIABLE, _variables, "its values differ"),
        (Subject.CONNECTION, _connections, "they lead elsewhere, or log in differently"),
    ):
        for name, versions in _versions({member.name: contents(member) for member in members}).items():
            if len(set(versions.values())) > 1:
                detail = _slots(versions) if subject is Subject.POOL else why
                yield Conflict(target, subject, name, tuple(sorted(versions)), detail)


def _names(members: list[Member]) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for member in members:
        for dag in member.inventory.dags:
            found[dag.dag_id].append(member.name)
    return found


def _versions(contents: Mapping[str, Mapping[str, Hashable]]) -> Mapping[str, dict[str, Hashable]]:
    """Of each name, its content by member."""
    found: defaultdict[str, dict[str, Hashable]] = defaultdict(dict)
    for member, things in contents.items():
        for name, content in things.items():
            found[name][member] = content
    return found


def _slots(versions: Mapping[str, Hashable]) -> str:
    return "its slots differ: " + ", ".join(f"{slots} in {member}" for member, slots in sorted(versions.items()))


def _files(member: Member) -> Mapping[str, Hashable]:
    return {file.path: file.md5 for file in member.inventory.files}


def _pools(member: Member) -> Mapping[str, Hashable]:
    return {pool.name: pool.slots for pool in member.inventory.pools if pool.name != SHARED}


def _variables(member: Member) -> Mapping[str, Hashable]:
    """By exact values, in memory: fingerprints of two environments have different keys."""
    return {one.key: one.value for one in member.secrets.variables}


def _connections(member: Member) -> Mapping[str, Hashable]:
    return {
        one.conn_id: (one.conn_type, one.host, one.schema, one.login, one.password, one.port, one.extra)
        for one in member.secrets.connections
    }
