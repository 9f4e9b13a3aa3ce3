"""Call the agent inside an environment: a request object, one ``airflow`` command, an answer object."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources
from threading import Lock
from typing import TYPE_CHECKING, Any

from migrator.environments.agent_answers import RESULTS, Answered, Good
from migrator.environments.agent_standing import Standing
from migrator.environments.answer import Received
from migrator.environments.failures import Peer
from migrator.environments.ports import Answer, Bucket, Channel, CommandResult
from migrator.environments.retry import Deadline
from migrator.errors import AgentError, UnreachableError
from migrator.scrub.messages import told
from migrator.scrub.text import scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DAG_ID = "composer_migrator_agent"
AGENT_PATH = f"dags/{DAG_ID}.py"
REQUESTS = "data/migrate/requests"
ANSWERS = "data/migrate/answers"
FIRST_DATE = datetime(2020, 1, 2)  # noqa: DTZ001 - Airflow reads it in its own zone
FIVE_YEARS = 5 * 365 * 86_400
NOT_PARSED_YET = re.compile(r"could not be found")


def date_of(request_id: str) -> str:
    """The logical date of a request's test run: its own, since two that overlap on one date are one to Airflow 2."""
    seconds = int.from_bytes(hashlib.sha256(request_id.encode()).digest()[:4], "big") % FIVE_YEARS
    return (FIRST_DATE + timedelta(seconds=seconds)).isoformat(timespec="seconds")


def agent_source() -> bytes:
    """The agent's file as it is installed with this program."""
    return resources.files("migrator.agent").joinpath("migrate_agent.py").read_bytes()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds, for a command, for its answer, and for the agent's file to reach Airflow."""

    command: float = 900.0
    answer: float = 60.0
    answer_after_failure: float = 10.0
    arrival: float = 300.0
    poll: float = 0.5
    arrival_poll: float = 2.0
    standing_poll: float = 0.1


@dataclass(slots=True)
class AgentClient:
    """The agent of one environment; its file is uploaded at the first call when the bucket's differs."""

    environment: str
    airflow_version: str
    bucket: Bucket
    channel: Channel
    patience: Patience = field(default_factory=Patience)
    source: bytes = field(default_factory=agent_source)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    _standing: Standing | None = field(default=None, init=False)
    _installed: bool = field(default=False, init=False)
    _installing: Lock = field(default_factory=Lock, init=False)

    def call(self, action: str, **params: Any) -> Answer:  # noqa: ANN401 - JSON
        """Have the agent act; AgentError when it failed or did not answer, with the end of what was printed."""
        self._install()
        return self._checked(action, self._ask(action, params))

    @contextlib.contextmanager
    def standing(self) -> Iterator[None]:
        """Keep one ``airflow`` command running for all calls in the block, where each would start Airflow anew."""
        self._standing = Standing(self.channel, self._command, self.new_id)
        try:
            yield
        finally:
            ended, self._standing = self._standing, None
            self._end(ended)

    def _end(self, standing: Standing) -> None:
        """Best effort: an agent that is not told ends by itself when nobody asks."""
        request_id = standing.end()
        if request_id is None:
            return
        path = f"{REQUESTS}/{request_id}.json"
        with contextlib.suppress(UnreachableError):
            self.bucket.write(path, json.dumps({"id": request_id, "action": "end"}).encode())
            standing.join(self.patience.answer)
            self.bucket.delete(path)

    @property
    def peer(self) -> Peer:
        """How an error names this agent."""
        return Peer(f"the agent in {self.environment}", ANSWERS, "migrate doctor")

    def _install(self) -> None:
        """Upload the agent when it differs, and wait until Airflow runs this very version."""
        with self._installing:
            if self._installed:
                return
            if not self._uploaded():
                self.bucket.write(AGENT_PATH, self.source)
                self._await_version(Deadline.after(self.patience.arrival, self.clock))
            self._installed = True

    def _uploaded(self) -> bool:
        digest = base64.b64encode(hashlib.md5(self.source, usedforsecurity=False).digest()).decode()
        return any(file.path == AGENT_PATH and file.md5 == digest for file in self.bucket.files(AGENT_PATH))

    def _await_version(self, until: Deadline) -> None:
        """Ask something harmless until the answer comes from the uploaded version: an older file may act first."""
        wanted = version_of(self.source)
        while True:
            answer = self._ask("observe", {"dag_ids": [], "history": 0})
            if answer.get("agent_version", wanted) == wanted:
                return
            if until.passed:
                raise AgentError(
                    f"{self.environment} still runs another version of the agent",
                    why=f"{AGENT_PATH} in its bucket is version {wanted}, {answer['agent_version']} answers",
                    fix="check that the bucket is synchronised to the environment, then run the command again",
                )
            self.sleep(self.patience.arrival_poll)

    def _ask(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        """The answer object, whatever it says; request and answer are removed from the bucket afterwards."""
        standing = self._standing if self._installed else None
        standing_id = standing.next_id() if standing else None
        request_id = standing_id or self.new_id()
        request = {"id": request_id, "action": action, "params": params}
        paths = f"{REQUESTS}/{request_id}.json", f"{ANSWERS}/{request_id}.json"
        self.bucket.write(paths[0], json.dumps(request).encode())
        try:
            answer = self._answer_of(standing, paths[1]) if standing and standing_id else None
            return answer or self._answer(action, request_id, paths[1])
        finally:
            with contextlib.suppress(UnreachableError):
                for path in paths:
                    self.bucket.delete(path)

    def _answer_of(self, standing: Standing, path: str) -> dict[str, Any] | None:
        """What the standing agent answers; None when it ended, or said nothing in time."""
        until = Deadline.after(self.patience.command, self.clock)
        while True:
            ended = standing.ended
            answer = self._poll(path, self.patience.answer_after_failure if ended else 0)
            if answer is not None or ended or until.passed:
                return answer
            self.sleep(self.patience.standing_poll)

    def _answer(self, action: str, request_id: str, path: str) -> dict[str, Any]:
        """Run the command until it answers: again while the file has not arrived, and once more after a failure.

        The id stays the same, so that an agent that did answer does not act twice.
        """
        arrival = Deadline.after(self.patience.arrival, self.clock)
        failures = 0
        while True:
            done = self.channel.run(*self._command(request_id), deadline=self.patience.command)
            missing = done.exit_code != 0 and NOT_PARSED_YET.search(done.output) is not None
            answer = self._poll(path, 0 if missing else self._wait_for(done))
            if answer is not None:
                return answer
            failures += not missing
            if failures > 1 or arrival.passed:
                raise self._silent(action, done)
            self.sleep(self.patience.arrival_poll)

    def _wait_for(self, done: CommandResult) -> float:
        return self.patience.answer if done.exit_code == 0 else self.patience.answer_after_failure

    def _poll(self, path: str, seconds: float) -> dict[str, Any] | None:
        """The answer object once it is in the bucket; None when it is not after ``seconds``."""
        until = Deadline.after(seconds, self.clock)
        while True:
            data = self.bucket.read(path)
            if data:
                answer: dict[str, Any] = Received(path, data).read(Answered, self.peer)
                return answer
            if until.passed:
                return None
            self.sleep(self.patience.poll)

    def _command(self, request_id: str, **more: float) -> tuple[str, ...]:
        """``airflow test`` in 1.10, ``airflow tasks test`` since; Airflow itself resolves DAGS_FOLDER."""
        file, params = f"DAGS_FOLDER/{DAG_ID}.py", json.dumps({"id": request_id, **more})
        if self.airflow_version.startswith("1."):
            return ("test", DAG_ID, "answer", date_of(request_id), "-tp", params, "-sd", file)
        return ("tasks", "test", DAG_ID, "answer", date_of(request_id), "-t", params, "-S", file)

    def _checked(self, action: str, answer: dict[str, Any]) -> Answer:
        answer = told(answer)
        if not answer.get("ok"):
            error = answer.get("error") or {}
            raise AgentError(
                f"the agent in {self.environment} failed at {action!r}",
                why=f"{error.get('kind', 'error')}: {error.get('message', 'no message')}",
                fix=f"see the traceback, then run the command again\n{error.get('traceback', '')}".rstrip(),
            )
        received = Received(f"the answer to {action!r}", json.dumps(answer).encode())
        received.read(Good, self.peer)
        if action in RESULTS:
            Received(received.asked, json.dumps(answer["result"]).encode()).read(RESULTS[action], self.peer)
        return Answer(
            result=answer["result"],
            now=datetime.fromisoformat(answer["now"]),
            airflow_version=answer["airflow_version"],
            python_version=answer["python_version"],
        )

    def _silent(self, action: str, done: CommandResult) -> AgentError:
        tail = "\n".join(scrub(done.output).strip().splitlines()[-15:])
        return AgentError(
            f"the agent in {self.environment} did not answer {action!r}; it may have acted",
            why=f"no object {ANSWERS}/ID.json came; the command ended with {done.exit_code} and printed:\n{tail}",
            fix="run `migrate doctor`; when it is well, run the command again",
        )


def version_of(source: bytes) -> str | None:
    """The ``AGENT_VERSION`` that the file declares."""
    found = re.search(rb'^AGENT_VERSION\s*=\s*["\']([^"\']+)', source, re.MULTILINE)
    return found[1].decode() if found else None
