"""What the rows of a journal hold, checked where they are read: a damaged one is named, and never followed."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from migrator.cutover.machine import Direction, State
from migrator.errors import WorkspaceError
from migrator.reading import UnreadableError, read_object, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

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
FIX = "copy data/migrate/journal.db of the target's bucket over it, then run: migrate status"


def _aware(text: str) -> str:
    """The text, where it is a date with its zone as ISO 8601 writes it; ValueError otherwise."""
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a date without its zone")
    return text


R = TypeVar("R", bound=BaseModel)
Moment = Annotated[str, AfterValidator(_aware)]


class _Row(BaseModel):
    """Each value is of just its type; a newer program may keep more."""

    model_config = ConfigDict(strict=True, extra="allow")


class _Mark(_Row):
    start: Moment
    end: Moment | None
    ended: Moment | None = None


class _Interval(_Row):
    logical_date: Moment
    interval_end: Moment | None = None


class _Backlog(_Row):
    by: str
    policy: str
    because: str
    since: Moment
    until: Moment
    last_due: Moment | None = None
    newest: Moment | None = None
    run: int
    skip: int
    at_once: int
    skipped: list[tuple[Moment, Moment]]


class _Run(_Row):
    """A run as ``model.run.Run`` holds it."""

    dag_id: str
    run_id: str
    logical_date: Moment
    state: str
    automated: bool
    interval_end: Moment | None = None
    carried: bool = False
    started: Moment | None = None
    ended: Moment | None = None
    tasks: dict[str, str | None] = Field({})


class _Facts(_Row):
    """What the steps keep of a DAG; none of it has to be there."""

    kept_paused: bool = False
    by_datasets: bool = False
    quiescing_since: Moment = ""
    paused_at: Moment | None = None
    last_tasks: bool = False
    frozen: list[_Interval] = Field([])
    watermark: _Mark | None = None
    carry: list[_Run] = Field([])
    carried_at: Moment | None = None
    carried: int = 0
    inserted: list[Any] = Field([])
    exact: bool = False
    early: bool = False
    next_dagrun: Moment | None = None
    switched_at: Moment | None = None
    filled: list[Any] = Field([])
    verdict: str = ""
    observed: str | None = None
    taken_back: bool = False
    backlog: _Backlog | None = None
    queue: list[_Interval] = Field([])
    marks: list[_Interval] = Field([])
    left: list[str] = Field([])


class AttemptRow(_Row):
    """A row of ``attempts``, by its columns."""

    id: int
    wave: int
    direction: str
    started: Moment
    outcome: str
    ended: Annotated[str, AfterValidator(lambda text: _aware(text) if text else text)]
    actor: str
    reason: str


class ActRow(_Row):
    """A row of ``acts``, by its columns."""

    at: Moment
    actor: str
    command: str
    wave: int
    reason: str


class EventRow(_Row):
    """A row of ``events`` as `migrate status --log` shows it."""

    at: Moment
    dag_id: str
    state: str | int
    phase: str
    note: str


class Facts(dict[str, Any]):
    """What is known of one DAG; a fact that should be there and is not is the journal's damage, and says so."""

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 - it never comes back
        raise damaged(f"a DAG of it lacks {name}, which its state needs")


def facts_of(text: str, dag_id: str) -> dict[str, Any]:
    """The facts of one event, as they were written; WorkspaceError where they are none."""
    try:
        _Facts.model_validate_json(text)
        return read_object(text)
    except ValidationError as error:
        raise damaged(f"what it says of {dag_id}: {reason_of(error)}") from error
    except UnreadableError as error:
        raise damaged(f"what it says of {dag_id}: {error}") from error


def checked(form: type[R], row: tuple[Any, ...]) -> R:
    """The row, where each of its columns holds what the form says; WorkspaceError otherwise."""
    try:
        return form.model_validate(dict(zip(form.model_fields, row, strict=True)))
    except ValidationError as error:
        raise damaged(reason_of(error)) from error


def direction_of(stored: str) -> Direction:
    """The direction of that name; WorkspaceError for another."""
    try:
        return Direction(stored)
    except ValueError:
        raise damaged(f"an attempt of it goes {stored!r}, which is no direction") from None


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


@contextmanager
def reading() -> Iterator[None]:
    """WorkspaceError for what SQLite can't read in the block: a table that is gone, a text that is none."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise damaged(str(error)) from error


def damaged(why: str, path: object = None) -> WorkspaceError:
    """The error of a journal that cannot be followed."""
    return WorkspaceError(f"The journal {path or 'of the workspace'} cannot be read.", why=why, fix=FIX)
