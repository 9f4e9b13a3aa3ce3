"""The journal: what was meant, what was done, in the order it happened. SQLite in the workspace.

An *attempt* is one run of a wave in one direction, written together with its *excerpt* of the plan. An *event* is one
DAG's step in it: ``intent`` before acting, ``done`` after reading back. A record's state is that of its last ``done``;
so resume is replay. States are kept by name.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrator.cutover import excerpt as excerpts
from migrator.cutover.machine import Direction, Record, State
from migrator.errors import WorkspaceError
from migrator.reading import read_json
from migrator.workspace.private import make_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from migrator.cutover.excerpt import Excerpt

SCHEMA_VERSION = 2
"""Version 1 kept states by number and no excerpts; it is still read, and written on as version 2."""
NUMBERED = {
    0: State.PLANNED,
    1: State.PREFLIGHT,
    2: State.QUIESCING,
    3: State.PAUSED,
    4: State.DRAINED,
    5: State.WATERMARKED,
    6: State.CARRIED_OVER,
    7: State.REPARSED,
    8: State.UNPAUSED,
    9: State.OBSERVED,
    10: State.COMPLETE,
    20: State.BACKED_OUT,
    21: State.NEEDS_PERSON,
}
"""How version 1 numbered the states."""
TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY, wave INTEGER NOT NULL, direction TEXT NOT NULL, started TEXT NOT NULL,
    actor TEXT NOT NULL, reason TEXT NOT NULL, ended TEXT, outcome TEXT);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, attempt INTEGER NOT NULL REFERENCES attempts, at TEXT NOT NULL, dag_id TEXT NOT NULL,
    state TEXT NOT NULL, phase TEXT NOT NULL, facts TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS excerpts (attempt INTEGER PRIMARY KEY REFERENCES attempts, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS acts (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, command TEXT NOT NULL, wave INTEGER NOT NULL,
    reason TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_of ON events (attempt, dag_id, id);
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of a wave; ``outcome`` and ``ended`` are empty while it is open; ``reason``: what the actor gave."""

    id: int
    wave: int
    direction: Direction
    started: str
    outcome: str
    ended: str = ""
    actor: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What a person asked for: who (``user@host``), when, which command on which wave, and why."""

    at: str
    actor: str
    command: str
    wave: int
    reason: str


@dataclass(slots=True)
class _Seen:
    """What was read of an attempt's events, which are only ever added: up to which, and where its DAGs stood then."""

    last: int = 0
    records: dict[str, Record] = field(default_factory=dict)


class Journal:
    """The journal of one workspace, or of nothing (``path`` None: in memory, for a dry run).

    ``copy``: the bytes of a snapshot, which are then read in memory; ``read_only``: a journal that is there, which this
    neither changes nor keeps others from changing.
    """

    def __init__(self, path: Path | None, copy: bytes | None = None, *, read_only: bool = False) -> None:
        self._path = path
        self._seen: dict[int, _Seen] = {}
        self._excerpts: dict[int, Excerpt] = {}
        if path and not read_only:
            make_file(path)
        try:
            if read_only and path:
                self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)
            else:
                self._open(path, copy)
            self._check_version()
        except sqlite3.DatabaseError as error:
            raise WorkspaceError(
                f"The journal {path or 'copy in the bucket'} cannot be read.",
                why=str(error),
                fix="copy data/migrate/journal.db of the target's bucket over it, then run: migrate status",
            ) from error

    def _open(self, path: Path | None, copy: bytes | None) -> None:
        self._db = sqlite3.connect(str(path or ":memory:"), timeout=30)
        if copy:
            self._db.deserialize(_without_wal(copy))
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(TABLES)
        with self._db:
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))

    def _check_version(self) -> None:
        row = self._db.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone()
        found = int(row[0]) if row else SCHEMA_VERSION
        if found > SCHEMA_VERSION:
            self._db.close()
            raise WorkspaceError(
                f"The journal has schema version {found}; this program knows {SCHEMA_VERSION}.",
                why="A newer composer-migrator wrote it.",
                fix="uv tool upgrade composer-migrator",
            )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; what can't be written was not acted on, or is found out again by resume."""
        try:
            with self._db:
                self._db.execute(
                    "UPDATE meta SET value = ? WHERE name = 'schema_version' AND value <> ?", (str(SCHEMA_VERSION),) * 2
                )
                yield
        except sqlite3.OperationalError as error:
            raise WorkspaceError(
                f"The journal {self._path} cannot be written.",
                why=f"{error}; nothing more is done without it.",
                fix="make room on the disk, or end what holds the file; then: migrate resume",
            ) from error

    def begin(
        self,
        wave: int,
        direction: Direction,
        dag_ids: Iterable[str],
        at: datetime,
        actor: str,
        reason: str = "",
        excerpt: Excerpt | None = None,
    ) -> Attempt:
        """Open an attempt with every DAG planned, and with what it goes by."""
        with self._writing():
            cursor = self._db.execute(
                "INSERT INTO attempts (wave, direction, started, actor, reason) VALUES (?, ?, ?, ?, ?)",
                (wave, direction.value, at.isoformat(), actor, reason),
            )
            attempt = int(cursor.lastrowid or 0)
            self._db.executemany(
                "INSERT INTO events (attempt, at, dag_id, state, phase, facts, note) VALUES (?, ?, ?, ?, ?, '{}', '')",
                [(attempt, at.isoformat(), dag_id, State.PLANNED.name, "done") for dag_id in dag_ids],
            )
            if excerpt:
                self._keep(attempt, excerpt)
        return Attempt(attempt, wave, direction, at.isoformat(), "", actor=actor, reason=reason)

    def adopt(self, attempt: Attempt, excerpt: Excerpt) -> None:
        """Give an attempt that a journal of version 1 began what it goes by from now on."""
        with self._writing():
            self._keep(attempt.id, excerpt)

    def _keep(self, attempt: int, excerpt: Excerpt) -> None:
        self._db.execute("INSERT INTO excerpts VALUES (?, ?)", (attempt, excerpts.dumps(excerpt)))

    def excerpt(self, attempt: Attempt) -> Excerpt | None:
        """What an attempt goes by; None where a journal of version 1 began it. WorkspaceError when it is damaged."""
        if attempt.id not in self._excerpts and (text := self._excerpt(attempt.id)) is not None:
            self._excerpts[attempt.id] = excerpts.loads(text)
        return self._excerpts.get(attempt.id)

    def _excerpt(self, attempt: int) -> str | None:
        if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'excerpts'").fetchone():
            return None
        row = self._db.execute("SELECT content FROM excerpts WHERE attempt = ?", (attempt,)).fetchone()
        return str(row[0]) if row else None

    def end(self, attempt: Attempt, at: datetime, outcome: str) -> None:
        """Close the attempt."""
        with self._writing():
            self._db.execute(
                "UPDATE attempts SET ended = ?, outcome = ? WHERE id = ?", (at.isoformat(), outcome, attempt.id)
            )

    def attempts(self) -> tuple[Attempt, ...]:
        """Every attempt, oldest first."""
        rows = self._db.execute(
            "SELECT id, wave, direction, started, COALESCE(outcome, ''), COALESCE(ended, ''), actor, reason"
            " FROM attempts ORDER BY id"
        )
        return tuple(Attempt(number, wave, Direction(direction), *rest) for number, wave, direction, *rest in rows)

    def act(self, at: datetime, actor: str, command: str, wave: int, reason: str) -> Act:
        """Write down what somebody asked for, before it is done."""
        done = Act(at.isoformat(), actor, command, wave, reason)
        with self._writing():
            self._db.execute(
                "INSERT INTO acts (at, actor, command, wave, reason) VALUES (?, ?, ?, ?, ?)",
                (done.at, actor, command, wave, reason),
            )
        return done

    def acts(self) -> tuple[Act, ...]:
        """All that was asked for, oldest first."""
        rows = self._db.execute("SELECT at, actor, command, wave, reason FROM acts ORDER BY id")
        return tuple(Act(*row) for row in rows)

    def open_attempt(self) -> Attempt | None:
        """The newest attempt that has not ended."""
        return next((attempt for attempt in reversed(self.attempts()) if not attempt.outcome), None)

    def last(self, wave: int) -> Attempt | None:
        """The newest attempt of a wave."""
        return next((attempt for attempt in reversed(self.attempts()) if attempt.wave == wave), None)

    def write(self, attempt: Attempt, at: datetime, phase: str, rows: Iterable[tuple[str, State, Any, str]]) -> None:
        """Write events ``(dag_id, state, facts, note)`` in one transaction, durable when this returns."""
        with self._writing():
            self._db.executemany(
                "INSERT INTO events (attempt, at, dag_id, state, phase, facts, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (attempt.id, at.isoformat(), dag_id, state.name, phase, json.dumps(dict(facts)), note)
                    for dag_id, state, facts, note in rows
                ],
            )

    def records(self, attempt: Attempt) -> dict[str, Record]:
        """Where each DAG of the attempt stands, by id: the state of its last done step, with all its facts joined."""
        seen = self._seen.setdefault(attempt.id, _Seen())
        rows = self._db.execute(
            "SELECT id, dag_id, state, facts FROM events WHERE attempt = ? AND phase = 'done' AND id > ? ORDER BY id",
            (attempt.id, seen.last),
        )
        for number, dag_id, state, facts in rows:
            known: Mapping[str, Any] = seen.records[dag_id].facts if dag_id in seen.records else {}
            seen.records[dag_id] = Record(dag_id, state_of(state), {**known, **read_json(facts)})
            seen.last = number
        return dict(sorted(seen.records.items()))

    def events(self, attempt: Attempt) -> list[tuple[str, str, State, str, str]]:
        """The attempt's events as (time, dag id, state, phase, note), oldest first."""
        rows = self._db.execute(
            "SELECT at, dag_id, state, phase, note FROM events WHERE attempt = ? ORDER BY id", (attempt.id,)
        )
        return [(at, dag_id, state_of(state), phase, note) for at, dag_id, state, phase, note in rows]

    def waits(self, attempt: Attempt) -> dict[str, str]:
        """What each DAG that waits was last seen to wait for, by id."""
        found: dict[str, str] = {}
        rows = self._db.execute(
            "SELECT dag_id, phase, note FROM events WHERE attempt = ? AND phase IN ('waiting', 'done', 'failed')"
            " ORDER BY id",
            (attempt.id,),
        )
        for dag_id, phase, note in rows:
            if phase == "waiting":
                found[dag_id] = note
            else:
                found.pop(dag_id, None)
        return found

    def alarms(self) -> int:
        """How often the watchdog found a DAG on in both places."""
        return int(self._db.execute("SELECT COUNT(*) FROM events WHERE phase = 'alarm'").fetchone()[0])

    def snapshot(self) -> bytes:
        """A consistent copy of the whole journal, as the bytes of a SQLite file."""
        with closing(sqlite3.connect(":memory:")) as copy:
            self._db.backup(copy)
            return copy.serialize()

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def state_of(stored: str | int) -> State:
    """The state that is stored by its name, or by the number that version 1 gave it; WorkspaceError for another."""
    try:
        return NUMBERED[stored] if isinstance(stored, int) else State[stored]
    except KeyError:
        raise WorkspaceError(
            f"The journal holds a state {stored} that this program does not know.",
            why="A newer composer-migrator wrote it, or the file is damaged.",
            fix="uv tool upgrade composer-migrator; or copy data/migrate/journal.db of the target's bucket over it",
        ) from None


def _without_wal(copy: bytes) -> bytes:
    """A database in memory can't have a write-ahead log, so its header must not ask for one (fileformat2, 1.3.3)."""
    return copy[:18] + b"\x01\x01" + copy[20:]
