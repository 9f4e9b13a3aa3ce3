"""How an environment was used: its load, and who may do what there and did it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TaskLoad:
    """The tasks that ran, by the last try of each: ``peak`` at once; ``by_hour`` is the most in each hour, UTC."""

    tasks: int
    seconds: float
    peak: int
    peak_at: datetime | None = None
    by_hour: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ParseTime:
    """How long the environment's Airflow took to import a DAG file."""

    file: str
    seconds: float


@dataclass(frozen=True, slots=True)
class LargeXCom:
    """The largest value that a task left to others, in bytes."""

    dag_id: str
    task_id: str
    bytes: int


GOOGLE_ACCOUNT = "accounts.google.com:"
"""And a number: the user name that Composer gives to a Google account at its first sign-in."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can log in: the roles, and how often each kind of event of Airflow's log was theirs.

    ``events`` is None where nobody read that log, so that what they did is unknown.
    """

    name: str
    email: str | None = None
    active: bool = True
    last_login: str | None = None
    roles: tuple[str, ...] = ()
    events: dict[str, int] | None = field(default_factory=dict)
    first_name: str = ""
    last_name: str = ""

    @property
    def identity(self) -> str:
        """What a user is known by in both environments: of a Google account the email, as the agent has it."""
        email = (self.email or "").lower()
        return email if email and (self.name.startswith(GOOGLE_ACCOUNT) or self.name.lower() == email) else self.name


@dataclass(frozen=True, slots=True)
class Usage:
    """The use since a moment; ``load`` is None where the environment could not tell."""

    since: datetime
    load: TaskLoad | None = None
    parse: tuple[ParseTime, ...] = ()
    xcoms: tuple[LargeXCom, ...] = ()
    users: tuple[User, ...] = ()

    @property
    def parse_seconds(self) -> float:
        """One pass over all files."""
        return sum(one.seconds for one in self.parse)
