"""Try everything that the other commands need, and say what is wrong with it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.environments.agentless import Agentless
from migrator.errors import MigrateError
from migrator.interrupt import threads
from migrator.model.count import several
from migrator.workspace.connect import connect_source, connect_target
from migrator.workspace.keys import load_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migrator.environments.ports import Bucket, Environment
    from migrator.workspace.workspace import Workspace

PROBE = "data/migrate/doctor"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried; ``detail`` is what was found, or why it failed."""

    side: str
    subject: str
    ok: bool
    detail: str
    fix: str = ""


def examine(workspace: Workspace, gone: Callable[[], Check] | None = None) -> tuple[Check, ...]:
    """The key, and for each environment its API, bucket, agent and REST API; both at the same time.

    ``gone``: all that is to be asked of a source that no longer runs. It leaves the agent's file in both buckets, as
    every other command does.
    """
    with threads(2) as pool:
        source = pool.submit(lambda: (gone(),) if gone else tuple(_side("source", workspace, connect_source)))
        target = pool.submit(lambda: tuple(_side("target", workspace, connect_target)))
        return (_key(workspace), *source.result(), *target.result())


def _key(workspace: Workspace) -> Check:
    return _try("workspace", "key", lambda: str(load_identity(workspace.identity).to_public()))


def _side(side: str, workspace: Workspace, connect: Callable[[Workspace], Environment]) -> Iterator[Check]:
    """The checks of one environment; without the API's answer nothing else can be found."""
    try:
        environment = connect(workspace)
    except MigrateError as error:
        yield _failed(side, "environment", error)
        return
    try:
        yield _state(side, environment)
        yield _try(side, "bucket", lambda: _bucket(environment.bucket))
        yield _try(side, "agent", lambda: _agent(environment))
        if environment.rest is not None:
            rest = environment.rest
            yield _try(side, "REST API", lambda: several(len(rest.dags()), "DAG"))
    finally:
        environment.close()


def _state(side: str, environment: Environment) -> Check:
    facts = environment.facts
    running = facts.state == "RUNNING"
    fix = "" if running else "wait until the environment is RUNNING, or repair it in the Google Cloud console"
    return Check(side, "environment", running, f"{facts.image}, {facts.state}", fix)


def _bucket(bucket: Bucket) -> str:
    """List, write, read back and delete."""
    count = sum(1 for _ in bucket.files("dags/"))
    path = f"{PROBE}-{uuid.uuid4().hex}.txt"
    bucket.write(path, b"probe")
    bucket.delete(path)
    return f"gs://{bucket.name}, {several(count, 'file')} in dags/"


def _agent(environment: Environment) -> str:
    if isinstance(environment.agent, Agentless):
        return environment.agent.check()
    answer = environment.agent.call("observe", dag_ids=[], history=0)
    return f"Airflow {answer.airflow_version} on Python {answer.python_version}"


def _try(side: str, subject: str, action: Callable[[], str]) -> Check:
    try:
        return Check(side, subject, ok=True, detail=action())
    except MigrateError as error:
        return _failed(side, subject, error)


def _failed(side: str, subject: str, error: MigrateError) -> Check:
    return Check(side, subject, ok=False, detail=f"{error.what}: {error.why}", fix=error.fix)
