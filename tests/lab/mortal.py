"""``migrate`` as a process that kills itself: a launcher that knows every point at which a real one may die.

A point is named by what the journal was told last and by what comes next: each write of the journal, and before, in
the middle of and after each call of an agent, a bucket, the Composer API and REST. Points that repeat while a step is
waited for have one name. ``MIGRATE_POINTS`` names a file to which each new point is appended as it is passed;
``MIGRATE_DIE_AT`` the one at which the process ends with SIGKILL; ``MIGRATE_FULL_AT`` the write of the journal after
which it can't grow any more. The journal is copied at every beat here: when it is due would depend on the clock.
"""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrator.cli.app import main
from migrator.cutover import pulse
from migrator.cutover.journal import Journal
from migrator.cutover.machine import State
from migrator.environments.agent_client import ANSWERS, REQUESTS, AgentClient
from migrator.environments.bucket import GcsBucket
from migrator.environments.channels.local import LocalChannel
from migrator.environments.composer_api import ComposerApi
from migrator.environments.rest import AirflowRest

if TYPE_CHECKING:
    from collections.abc import Callable

POINTS = os.environ.get("MIGRATE_POINTS")
DIE_AT = os.environ.get("MIGRATE_DIE_AT")
FULL_AT = int(os.environ.get("MIGRATE_FULL_AT", "0"))


class Course:
    """What was passed so far; ``last`` is the last entry of the journal."""

    def __init__(self) -> None:
        self.passed: set[str] = set()
        self.last = "begin"
        self.calling = threading.local()
        self.writes = 0
        self.lock = threading.Lock()

    def point(self, name: str) -> None:
        """The process may die here."""
        with self.lock:
            if name in self.passed:
                return
            self.passed.add(name)
            if POINTS:
                with Path(POINTS).open("a") as file:
                    file.write(name + "\n")
            if name == DIE_AT:
                os.kill(os.getpid(), signal.SIGKILL)

    def told(self, entry: str, journal: Any) -> None:
        """The journal was written; SQLite says that the disk is full once the file has as many pages as it may."""
        self.last = entry
        self.point(f"journal {entry}")
        self.writes += 1
        if self.writes == FULL_AT:
            journal._db.execute("PRAGMA max_page_count = 1")  # not below what it has: it can't grow


course = Course()


def around(owner: type, method: str, name: Callable[..., str | None]) -> None:
    """Have points before and after each call of a method; None: this call has none."""
    real = getattr(owner, method)

    @wraps(real)
    def wrapped(self: Any, *arguments: Any, **more: Any) -> Any:
        told = name(self, *arguments, **more)
        if told is None:
            return real(self, *arguments, **more)
        course.point(f"{told}, before")
        result = real(self, *arguments, **more)
        course.point(f"{told}, after")
        return result

    setattr(owner, method, wrapped)


def journal() -> None:
    write, begin, end = Journal.write, Journal.begin, Journal.end

    def writing(self: Any, attempt: Any, at: Any, phase: str, rows: Any) -> None:
        rows = list(rows)
        write(self, attempt, at, phase, rows)
        states = sorted({State(row[1]).label(attempt.direction) for row in rows})
        course.told(f"{attempt.direction}: {phase} {'+'.join(states)}", self)

    def beginning(self: Any, *arguments: Any) -> Any:
        attempt = begin(self, *arguments)
        course.told(f"{attempt.direction}: begun", self)
        return attempt

    def ending(self: Any, attempt: Any, *arguments: Any) -> None:
        end(self, attempt, *arguments)
        course.told(f"{attempt.direction}: ended", self)

    Journal.write, Journal.begin, Journal.end = writing, beginning, ending  # type: ignore[assignment,method-assign]


def agents() -> None:
    """An agent's call: before, once the request is in the bucket, once the answer is read, and after."""
    call, write, read = AgentClient.call, GcsBucket.write, GcsBucket.read

    def calling(self: Any, action: str, **params: Any) -> Any:
        name = f"{course.last} / {self.environment.rpartition('/')[2]} {action}"
        course.point(f"{name}, before")
        course.calling.name = name
        try:
            answer = call(self, action, **params)
        finally:
            course.calling.name = None
        course.point(f"{name}, after")
        return answer

    def writing(self: Any, path: str, data: bytes) -> None:
        write(self, path, data)
        name = getattr(course.calling, "name", None)
        if name and path.startswith(REQUESTS):
            course.point(f"{name}, asked")

    def reading(self: Any, path: str) -> Any:
        data = read(self, path)
        name = getattr(course.calling, "name", None)
        if name and data is not None and path.startswith(ANSWERS):
            course.point(f"{name}, answered")
        return data

    AgentClient.call, GcsBucket.write, GcsBucket.read = calling, writing, reading  # type: ignore[method-assign]


def of_bucket(verb: str) -> Callable[..., str | None]:
    def name(bucket: Any, path: str = "", *_: Any) -> str | None:
        if path.startswith((REQUESTS, ANSWERS)):
            return f"{bucket.name} {verb} {path.split('/')[2]}" if verb == "delete" else None
        return f"{course.last} / {bucket.name} {verb} {path}"

    return name


def instrument() -> None:
    pulse.COPY = timedelta(0)
    journal()
    agents()
    for verb in ("files", "read", "write", "create", "delete"):
        around(GcsBucket, verb, of_bucket(verb))
    for method in ("facts", "execute", "poll", "stop"):
        around(ComposerApi, method, lambda api, *_, m=method: f"{api.environment.name} Composer API {m}")
    around(LocalChannel, "run", lambda *_, **__: "v1 command")
    around(AirflowRest, "send", lambda _, method, path, **__: f"{course.last} / REST {method} {path}")


if __name__ == "__main__":
    instrument()
    main()
