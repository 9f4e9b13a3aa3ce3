"""Whether an inventory knows less than the one that is there: by what each could not read, never by counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migrator.inventory.snapshot.users import COLUMNS
from migrator.model.inventory import Origin
from migrator.model.parts import (
    CONNECTIONS,
    DAG_FILES,
    DAGS,
    ERRORS,
    HALVES,
    LOAD,
    PAUSED,
    PLUGINS,
    POOLS,
    RUNS,
    SETTINGS,
    STORED,
    TAGS,
    USAGE,
    USERS,
    VARIABLES,
    unknown_of,
)  # fmt: skip
from migrator.model.past import history_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migrator.inventory.snapshot.contents import Contents
    from migrator.model.inventory import Inventory
    from migrator.model.resources import StoredFile

TABLES = {
    "variable": VARIABLES,
    "connection": CONNECTIONS,
    "slot_pool": POOLS,
    "dag_run": RUNS,
    "dag": DAGS,
    "serialized_dag": STORED,
    "dag_tag": TAGS,
    "import_error": ERRORS,
    **dict.fromkeys(COLUMNS, USERS),
}
ANSWERS = {"dags": DAGS, "variables": VARIABLES, "connections": CONNECTIONS, "pools": POOLS, "runs": RUNS,
           "usage": USAGE}  # fmt: skip
"""The parts of the agent's answer."""
SECRETS = frozenset({VARIABLES, CONNECTIONS, POOLS})
"""The parts that ``secrets.age`` holds too."""
_SEALED_SHUT = re.compile(r"(variable|connection) (.+): can't be decrypted")


def unanswered(result: Mapping[str, object]) -> tuple[str, ...]:
    """The parts that an agent's answer lacks."""
    return tuple(sorted(part for key, part in ANSWERS.items() if result.get(key) is None))


def unread(contents: Contents, *, closed: bool, settings: bool, users: bool) -> tuple[str, ...]:
    """The parts that a snapshot did not give; ``closed``: no key opens its secrets; ``users``: it tells them."""
    tables = {*contents.missing, *contents.odd, *(one.what.partition(" ")[0] for one in contents.problems)}
    if not contents.whole:
        tables |= {"serialized_dag"} if not contents.stored else set()
        tables |= {name for name in ("dag_tag", "import_error") if not contents.tables[name]}
    if not contents.tables["dag"]:
        tables |= {"dag"}
    found = {TABLES[name] for name in tables if name in TABLES} | {LOAD if users else USAGE}
    found |= {VARIABLES, CONNECTIONS} if closed else set()
    return tuple(sorted(found | (set() if settings else {SETTINGS})))


def absent_folders(files: Iterable[StoredFile]) -> tuple[str, ...]:
    """The parts of a copy that holds no such file: nobody knows whether it was copied whole."""
    held = {file.path.partition("/")[0] for file in files}
    return tuple(part for name, part in (("dags", DAG_FILES), ("plugins", PLUGINS)) if name not in held)


def lost(before: Inventory, after: Inventory) -> tuple[str, ...]:
    """What ``before`` knows and ``after`` could not read, in words; empty when that is no poorer."""
    found = {*_parts(before, after), *_sealed_shut(before, after), *_facts(before, after), *_history(before, after)}
    return tuple(sorted(found))


def lost_secrets(before: Inventory | None, after: Inventory) -> bool:
    """Whether ``secrets.age`` would lose something; without an inventory that tells, it is taken to hold all."""
    if before is None:
        return bool(SECRETS & unknown_of(after)) or any(map(_SEALED_SHUT.fullmatch, after.warnings))
    return bool(SECRETS & (unknown_of(after) - unknown_of(before))) or any(_sealed_shut(before, after))


def _parts(before: Inventory, after: Inventory) -> Iterator[str]:
    known = unknown_of(before)
    halves = HALVES if USAGE in known else frozenset()
    yield from unknown_of(after) - known - halves - set(absent_folders(before.files))


def _sealed_shut(before: Inventory, after: Inventory) -> Iterator[str]:
    """Single variables and connections whose values could be read before."""
    known = {
        "variable": {one.key for one in before.variables},
        "connection": {one.conn_id for one in before.connections},
    }
    for warning in after.warnings:
        found = _SEALED_SHUT.fullmatch(warning)
        if found and found[2] in known[found[1]]:
            yield f"{found[1]} {found[2]}"


def _facts(before: Inventory, after: Inventory) -> Iterator[str]:
    """Facts of DAGs whose file is the same: of a file that was changed, what is unknown is how it is now."""
    files = [{file.path: file.md5 for file in one.files} for one in (before, after)]
    earlier = {dag.dag_id: dag for dag in before.dags}
    paused = PAUSED in unknown_of(after)
    for dag in after.dags:
        old, path = earlier.get(dag.dag_id), f"dags/{dag.file}"
        if old is None or files[0].get(path) != files[1].get(path):
            continue
        facts = set(dag.unknown) - set(old.unknown) - ({"paused"} if paused else set())
        yield from (f"{fact} of DAG {dag.dag_id}" for fact in facts)


def _history(before: Inventory, after: Inventory) -> Iterator[str]:
    """DAGs whose last runs would not be known any more, where not all are; a live environment is asked in time."""
    every = RUNS in unknown_of(after) - unknown_of(before)
    if before.history is None or after.origin is Origin.LIVE or every:
        return
    unknown = set(history_of(after).unknown) - set(before.history.unknown)
    known = {run.dag_id for run in before.history.runs}
    yield from (f"last runs of DAG {dag_id}" for dag_id in unknown & known)
