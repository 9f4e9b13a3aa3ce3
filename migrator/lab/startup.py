"""Start the processes of a lab in the order they need each other."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING

from migrator.errors import LabError
from migrator.lab import airflow, bucket, gcloud, installs, ports, postgres, processes, settings, state
from migrator.lab.files import tail
from migrator.lab.prepare import prepare

if TYPE_CHECKING:
    from migrator.lab.model import Lab, Side

Say = Callable[[str], None]
DEADLINE = 240.0
"""Seconds for each thing that ``up`` waits for."""


def start(home: Path, say: Say) -> Lab:
    """Start what does not run; on any failure stop what this call started, and raise."""
    began = time.monotonic()
    binaries = {release: installs.ensure(release, say) / "bin" for release in (installs.SOURCE, installs.TARGET)}
    starter = Starter(home, prepare(home, binaries), settings.load_or_create(home), say)
    try:
        starter.run()
    except BaseException:
        starter.give_up()
        raise
    say(f"the lab is up ({time.monotonic() - began:.0f} s)")
    return starter.state.lab


class Starter:
    """One run of ``up``: it remembers what it started, so that it can take it back."""

    def __init__(self, home: Path, current: state.State, own: settings.Settings, say: Say) -> None:
        self.home = home
        self.state = current
        self.own = own
        self.say = say
        self.mine: list[processes.Started] = []
        self._lock = Lock()
        self._over = Event()

    def run(self) -> None:
        """Database and buckets, then both Airflows side by side, then health."""
        (self.home / "logs").mkdir(exist_ok=True)
        state.write(self.state)
        gcloud.install(self.state.lab)
        self._together([self._buckets, self._airflows])
        self.say("waiting until both schedulers are healthy")
        for side in self.state.lab.sides:
            names = (f"{side.name}-webserver", f"{side.name}-scheduler")
            self._wait(f"Airflow {side.airflow_version}", partial(airflow.is_healthy, side), names)
        self.state = replace(self.state, ready=True)
        state.write(self.state)

    def _together(self, acts: Sequence[Callable[[], None]]) -> None:
        """Do all at once; when one fails, or we are interrupted, the others stop at their next step."""
        with ThreadPoolExecutor() as pool:
            waiting = [pool.submit(act) for act in acts]
            try:
                for done in as_completed(waiting):
                    done.result()
            except BaseException:
                self._over.set()
                raise

    def give_up(self) -> None:
        """Stop what this run started, and leave the rest."""
        self.say("stopping what was started")
        processes.stop(reversed(self.mine))
        gone = {row.pid for row in self.mine}
        left = tuple(row for row in self.state.processes if row.pid not in gone)
        state.write(replace(self.state, ready=False, processes=left))

    def _buckets(self) -> None:
        lab = self.state.lab
        root = self.home / "gcs"
        root.mkdir(exist_ok=True)
        self._start("gcs", bucket.command(root, self.state.ports.gcs))
        self._wait("the bucket server", lambda: ports.answers(self.state.ports.gcs), ("gcs",))
        if self._over.is_set():
            return
        bucket.create(lab.gcs_endpoint, tuple(side.bucket for side in lab.sides))
        mounts = [f"--mount={side.bucket}={side.home}" for side in lab.sides]
        self._start("sync", _module("sync", f"--endpoint={lab.gcs_endpoint}", *mounts))
        self._start("composer-api", _module("composer_api", f"--home={self.home}", f"--port={self.state.ports.api}"))
        self._wait("the Composer API", lambda: ports.answers(self.state.ports.api), ("composer-api",))

    def _airflows(self) -> None:
        port = self.state.ports.postgres
        folder = postgres.data_folder(self.home)
        postgres.initialise(folder, self.own.postgres_password)
        self._start("postgres", postgres.command(folder, port), cwd=folder, user=postgres.system_user())
        self._wait("Postgres", lambda: postgres.is_ready(port), ("postgres",))
        if self._over.is_set():
            return
        postgres.create_databases(port, self.own.postgres_password)
        self._together([partial(self._airflow, side) for side in self.state.lab.sides])

    def _airflow(self, side: Side) -> None:
        if self._over.is_set():
            return
        if not airflow.is_initialised(side):
            self.say(f"preparing the database of Airflow {side.airflow_version}")
        airflow.initialise(side)
        if not self._runs(f"{side.name}-webserver"):
            airflow.forget_webserver(side)
        self._start(f"{side.name}-webserver", airflow.webserver_command(side), env=side.env, cwd=side.home)
        self._start(f"{side.name}-scheduler", airflow.scheduler_command(side), env=side.env, cwd=side.home)

    def _runs(self, name: str) -> bool:
        return any(row.name == name and processes.is_alive(row) for row in self.state.processes)

    def _start(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
        user: str | None = None,
    ) -> None:
        """Start a process unless it runs, and write down that it does before anything else happens."""
        with self._lock:
            if self._over.is_set() or self._runs(name):
                return
            processes.stop([row for row in self.state.processes if row.name == name])
            own = {**os.environ, processes.MARKER: self.own.id} if env is None else env
            log = self.home / "logs" / f"{name}.log"
            started = processes.spawn(name, command, env=own, log=log, cwd=cwd or self.home, user=user)
            self.mine.append(started)
            self.state = self.state.with_process(started)
            state.write(self.state)

    def _wait(self, what: str, ready: Callable[[], bool], names: Sequence[str]) -> None:
        """Wait until ``ready``; give up at the deadline, or as soon as one of the processes is dead."""
        deadline = time.monotonic() + DEADLINE
        while not self._over.is_set() and not ready():
            rows = [row for row in self.state.processes if row.name in names]
            dead = [row for row in rows if not processes.is_alive(row)]
            if dead or time.monotonic() > deadline:
                row = (dead or rows)[0]
                raise LabError(
                    f"{what} did not start",
                    why=tail(Path(row.log)) or f"{row.name} wrote nothing",
                    fix=f"read {row.log}, then run `migrate lab up` again",
                )
            time.sleep(0.2)


def _module(name: str, *options: str) -> list[str]:
    return [sys.executable, "-m", f"migrator.lab.{name}", *options]
