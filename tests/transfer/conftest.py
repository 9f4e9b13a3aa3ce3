"""A real bucket server, and a new bucket of it for each test."""

from __future__ import annotations

import pytest

from tests.environments.fixtures import bucket, composer, gcs  # noqa: F401
from tests.transfer.site import Site


@pytest.fixture
def site(tmp_path, bucket) -> Site:  # noqa: F811 - the fixture of that name
    made = Site(tmp_path / "target", bucket)
    made.write(a="a = 1", b="b = 1", helper="h = 1")
    return made
