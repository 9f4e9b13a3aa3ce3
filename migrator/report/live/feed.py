"""What the page follows: the whole state once, then each event of the journal in its order, by its number."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrator.cutover.journal import Journal
from migrator.cutover.rows import direction_of, reading, state_of
from migrator.errors import WorkspaceError
from migrator.report.standing import states

if TYPE_CHECKING:
    from pathlib import Path

_EVENTS = (
    "SELECT e.id, e.attempt, a.wave, a.direction, a.started, a.actor, COALESCE(a.outcome, 'open'),"
    " e.at, e.dag_id, e.state, e.phase, e.note FROM events e JOIN attempts a ON a.id = e.attempt"
    " WHERE e.id > ? ORDER BY e.id"
)


@dataclass(frozen=True, slots=True)
class Update:
    """One event: ``number`` grows without end; ``row`` is as a row of ``migrate status``, with attempt, phase, time."""

    number: int
    row: dict[str, Any]


def updates(journal: Path, after: int) -> list[Update]:
    """The events with a higher number, in order; none while there is no journal."""
    if not journal.exists():
        return []
    with closing(sqlite3.connect(f"{journal.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as db, reading():
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone():
            return []  # it is just being made
        found = db.execute(_EVENTS, (after,)).fetchall()
    return [_update(*one) for one in found]


def _update(
    number: int,
    attempt: int,
    wave: int,
    direction: str,
    started: str,
    actor: str,
    outcome: str,
    at: str,
    dag_id: str,
    state: str | int,
    phase: str,
    note: str,
) -> Update:
    label = state_of(state).label(direction_of(direction))
    about = {"wave": wave, "direction": direction, "begun": started[:19], "by": actor, "outcome": outcome}
    return Update(
        number, {**about, "dag": dag_id, "state": label, "note": note, "attempt": attempt, "phase": phase, "at": at}
    )


def rows(journal: Path) -> list[dict[str, Any]]:
    """The rows of ``migrate status --format json``."""
    with _reading(journal) as opened:
        return states(opened)


def outcomes(journal: Path) -> dict[int, str]:
    """The outcome of each attempt, which changes without an event."""
    with _reading(journal) as opened:
        return {one.id: one.outcome or "open" for one in opened.attempts()}


def _reading(journal: Path) -> closing[Journal]:
    """The journal; an empty one while there is none, or while it is just being made."""
    try:
        return closing(Journal(journal if journal.exists() else None, read_only=journal.exists()))
    except WorkspaceError as error:
        if "no such table" not in str(error.__cause__):
            raise
    return closing(Journal(None))
