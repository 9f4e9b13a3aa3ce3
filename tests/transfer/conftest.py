"""A folder of rewritten DAGs and a bucket to deploy it to."""

from __future__ import annotations

import pytest

from tests.transfer.site import Site


@pytest.fixture
def site(tmp_path, bucket) -> Site:
    made = Site(tmp_path / "target", bucket)
    made.write(a="a = 1", b="b = 1", helper="h = 1")
    return made
