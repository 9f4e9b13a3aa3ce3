"""How what was confirmed differs from what is there once the lock is held. Pure."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import TYPE_CHECKING, Any

from migrator.errors import RefusedError
from migrator.model.text import listed
from migrator.plan.order import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migrator.cutover.backlog.outage import Outage
    from migrator.cutover.excerpt import Excerpt

SHOWN = 12
"""How many differences an error lists."""
WHOLE = ("title", "source", "target")
NAMES = ("variables", "connections")
BY_DAG = ("needs", "seconds", "past")
BIG = frozenset({"tasks", "choices", "half_done", *BY_DAG})
"""What is only named, since it has no short form."""


def refuse_changed(confirmed: Excerpt, now: Excerpt) -> None:
    """RefusedError that names each difference; nothing when there is none."""
    if confirmed != now:
        raise changed(confirmed.wave, list(differences(confirmed, now)))


def changed(wave: int, lines: Iterable[str]) -> RefusedError:
    """The error for what changed since the question."""
    told = list(lines)
    more = [f"and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
    return RefusedError(
        f"Wave {wave} is not what was confirmed any more, so nothing was changed.",
        why=listed(["between the question and the lock:", *told[:SHOWN], *more]),
        fix="see who changed it (git diff shows how), then run the same command again and look at what it asks",
    )


def differences(before: Excerpt, after: Excerpt) -> Iterator[str]:
    """Each difference as a line, in the field's words; at least one when the two are not equal."""
    yield from _moving(before, after)
    for name in WHOLE:
        if getattr(before, name) != getattr(after, name):
            yield f"{name}: {_short(getattr(before, name))} -> {_short(getattr(after, name))}"
    yield from _rows({one.dag_id: one for one in before.planned}, {one.dag_id: one for one in after.planned}, "wave")
    yield from (f"no longer a tie: {describe(edge)} ({edge.via})" for edge in before.edges if edge not in after.edges)
    yield from (f"a new tie: {describe(edge)} ({edge.via})" for edge in after.edges if edge not in before.edges)
    if before.captured_at != after.captured_at:
        yield f"inventory.json: taken {before.captured_at:%Y-%m-%d %H:%M:%S} -> {after.captured_at:%Y-%m-%d %H:%M:%S}"
    yield from _rows({one.dag_id: one for one in before.known}, {one.dag_id: one for one in after.known}, "inventory")
    for name in NAMES:
        if old := set(getattr(before, name)) ^ set(getattr(after, name)):
            yield f"{name} of the source, gone or new: {', '.join(sorted(old))}"
    for name in BY_DAG:
        yield from _by_dag(name, getattr(before, name), getattr(after, name))
    yield from (f"settings: {line}" for line in _fields(before.settings, after.settings))
    yield from _outage(before.outage, after.outage)


def _outage(before: Outage | None, after: Outage | None) -> Iterator[str]:
    """What is decided otherwise about what the source left undone."""
    if before is None or after is None:
        if before != after:
            yield f"the source: {'runs again' if after is None else 'no longer runs'}"
        return
    yield from _rows(before.choices, after.choices, "backlog")
    yield from (f"backlog: {line}" for line in _fields(before, after) if not line.startswith("choices"))


def _moving(before: Excerpt, after: Excerpt) -> Iterator[str]:
    for words, ids in (
        ("no longer moves", set(before.moving) - set(after.moving)),
        ("moves too, and was not shown", set(after.moving) - set(before.moving)),
    ):
        if ids:
            yield f"{', '.join(sorted(ids))}: {words}"


def _rows(before: Mapping[str, Any], after: Mapping[str, Any], where: str) -> Iterator[str]:
    for dag_id in sorted({*before, *after}):
        if dag_id not in after or dag_id not in before:
            yield f"{dag_id}: {'new in' if dag_id in after else 'gone from'} the {where}"
        else:
            yield from (f"{dag_id}: {line}" for line in _fields(before[dag_id], after[dag_id]))


def _by_dag(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    ids = sorted(dag_id for dag_id in {*before, *after} if before.get(dag_id) != after.get(dag_id))
    if ids:
        yield f"{', '.join(ids)}: other {name}"


def _fields(before: Any, after: Any) -> Iterator[str]:  # noqa: ANN401 - any two frozen dataclasses of one type
    for one in fields(before):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if old != new:
            yield f"{one.name} changed" if one.name in BIG else f"{one.name}: {_short(old)} -> {_short(new)}"


def _short(value: Any) -> str:  # noqa: ANN401 - any field
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        return ", ".join(value) or "none"
    return str(value.value if isinstance(value, Enum) else value) or "none"
