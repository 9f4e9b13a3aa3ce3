"""The journal: what was meant, what was done, in the order it happened. SQLite in the workspace.

An *attempt* is one run of a wave in one direction, written together with its *excerpt* of the plan. An *event* is one
DAG's step in it: ``intent`` before acting, ``done`` after reading back. A record's state is that of its last ``done``;
so resume is replay. States are kept by name.
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrator.cutover import excerpt as excerpts
from migrator.cutover import rows
from migrator.cutover.machine import Record, State
from migrator.cutover.rows import ActRow, AttemptRow, EventRow, Facts, direction_of, state_of
from migrator.errors import WorkspaceError
from migrator.workspace.private import make_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from migrator.cutover.excerpt import Excerpt
    from migrator.cutover.machine import Direction

SCHEMA_VERSION = 2
"""Version 1 kept states by number and no excerpts; it is still read, and written on as version 2."""
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
            raise rows.damaged(str(error), path or "copy in the bucket") from error

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
        if row and not re.fullmatch("[0-9]{1,9}", str(row[0])):
            raise rows.damaged("its schema version is no number", self._path)
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
        if not self._read("SELECT 1 FROM sqlite_master WHERE name = 'excerpts'"):
            return None
        found = self._read("SELECT content FROM excerpts WHERE attempt = ?", (attempt,))
        return str(found[0][0]) if found else None

    def end(self, attempt: Attempt, at: datetime, outcome: str) -> None:
        """Close the attempt."""
        with self._writing():
            self._db.execute(
                "UPDATE attempts SET ended = ?, outcome = ? WHERE id = ?", (at.isoformat(), outcome, attempt.id)
            )

    def attempts(self) -> tuple[Attempt, ...]:
        """Every attempt, oldest first."""
        found = self._read(
            "SELECT id, wave, direction, started, COALESCE(outcome, ''), COALESCE(ended, ''), actor, reason"
            " FROM attempts ORDER BY id"
        )
        attempts = (dict(rows.checked(AttemptRow, row)) for row in found)
        return tuple(Attempt(**{**row, "direction": direction_of(row["direction"])}) for row in attempts)

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
        found = self._read("SELECT at, actor, command, wave, reason FROM acts ORDER BY id")
        return tuple(Act(**dict(rows.checked(ActRow, row))) for row in found)

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
        found = self._read(
            "SELECT id, dag_id, state, facts FROM events WHERE attempt = ? AND phase = 'done' AND id > ? ORDER BY id",
            (attempt.id, seen.last),
        )
        for number, dag_id, state, facts in found:
            known: Mapping[str, Any] = seen.records[dag_id].facts if dag_id in seen.records else {}
            joined = Facts({**known, **rows.facts_of(str(facts), str(dag_id))})
            seen.records[dag_id] = Record(dag_id, state_of(state), joined)
            seen.last = number
        return dict(sorted(seen.records.items()))

    def events(self, attempt: Attempt) -> list[tuple[str, str, State, str, str]]:
        """The attempt's events as (time, dag id, state, phase, note), oldest first."""
        found = self._read(
            "SELECT at, dag_id, state, phase, note FROM events WHERE attempt = ? ORDER BY id", (attempt.id,)
        )
        events = (rows.checked(EventRow, row) for row in found)
        return [(one.at, one.dag_id, state_of(one.state), one.phase, one.note) for one in events]

    def waits(self, attempt: Attempt) -> dict[str, str]:
        """What each DAG that waits was last seen to wait for, by id."""
        found: dict[str, str] = {}
        events = self._read(
            "SELECT dag_id, phase, note FROM events WHERE attempt = ? AND phase IN ('waiting', 'done', 'failed')"
            " ORDER BY id",
            (attempt.id,),
        )
        for dag_id, phase, note in events:
            if phase == "waiting":
                found[str(dag_id)] = str(note)
            else:
                found.pop(str(dag_id), None)
        return found

    def alarms(self) -> int:
        """How often the watchdog found a DAG on in both places."""
        return int(self._read("SELECT COUNT(*) FROM events WHERE phase = 'alarm'")[0][0])

    def _read(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """The rows; WorkspaceError where they can't be read."""
        with rows.reading():
            return self._db.execute(query, values).fetchall()

    def snapshot(self) -> bytes:
        """A consistent copy of the whole journal, as the bytes of a SQLite file."""
        with closing(sqlite3.connect(":memory:")) as copy:
            self._db.backup(copy)
            return copy.serialize()

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _without_wal(copy: bytes) -> bytes:
    """A database in memory can't have a write-ahead log, so its header must not ask for one (fileformat2, 1.3.3)."""
    return copy[:18] + b"\x01\x01" + copy[20:]
