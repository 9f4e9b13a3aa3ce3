"""Fixtures that the tests of environments, workspace and inventory share."""

from __future__ import annotations

import subprocess
import time
import urllib.request
import uuid
from typing import TYPE_CHECKING

import pytest

from migrator.environments.bucket import GcsBucket
from migrator.environments.endpoint import Endpoint
from migrator.environments.retry import Retry
from migrator.lab import bucket as server
from tests.environments import stand_in
from tests.environments.servers import closed_port

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICK = Retry(sleep=lambda _: None)


@pytest.fixture(scope="session")
def gcs(tmp_path_factory) -> Iterator[str]:
    """The URL of a real fake-gcs-server on the loopback interface."""
    port = closed_port()
    command = server.command(tmp_path_factory.mktemp("gcs"), port)
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = server.endpoint(port)
    try:
        _await(url)
        yield url
    finally:
        running.terminate()
        running.wait(10)


def _await(url: str) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(f"{url}/storage/v1/b?project=lab", timeout=2):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@pytest.fixture
def bucket(gcs) -> Iterator[GcsBucket]:
    """An empty bucket of that server."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    server.create(gcs, (name,))
    made = GcsBucket(name, "lab", Endpoint(gcs), retry=QUICK)
    yield made
    made.close()


@pytest.fixture
def composer(gcs, tmp_path, monkeypatch):
    """(lab, source, target): the lab's API server over stand-ins for both Airflows."""
    folder = tmp_path / "composer"
    folder.mkdir()
    with stand_in.composer(gcs, folder, monkeypatch) as made:
        yield made
