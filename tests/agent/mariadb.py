"""A real MariaDB of its own for the tests that need one, where its programs are installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = ("mariadb-install-db", "mariadbd")


@pytest.fixture(scope="session")
def mariadb() -> Iterator[str]:
    """The address of an empty database ``airflow``, which listens at a socket alone."""
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        pytest.skip(f"{missing[0]} is not installed: apt install mariadb-server-core mariadb-client-core")
    with tempfile.TemporaryDirectory(prefix="db-", dir="/var/tmp", ignore_cleanup_errors=True) as name:
        folder, socket = Path(name) / "data", Path(name) / "s"
        first = Path(name) / "first.sql"
        first.write_text("CREATE DATABASE airflow CHARACTER SET utf8mb4;\n")
        subprocess.run([PROGRAMS[0], "--no-defaults", f"--datadir={folder}", "--auth-root-authentication-method=normal",
                        "--skip-test-db", "--user=root"], check=True, capture_output=True)  # fmt: skip
        process = subprocess.Popen([PROGRAMS[1], "--no-defaults", f"--datadir={folder}", f"--socket={socket}",
                                    "--skip-networking", "--user=root", f"--init-file={first}"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        try:
            until = time.monotonic() + 120
            while not socket.exists():
                assert process.poll() is None, "MariaDB ended"
                assert time.monotonic() < until, "MariaDB does not answer"
                time.sleep(0.1)
            yield f"mysql+pymysql://root@localhost/airflow?unix_socket={quote(str(socket), safe='')}"
        finally:
            process.terminate()
            process.wait(60)
