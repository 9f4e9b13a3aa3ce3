"""A lab for each module of tests: both Airflows up, nothing loaded, and no other lab beside it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migrator.lab import lab as labs

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def lab() -> Iterator[labs.Lab]:
    """The lab; tests add their own DAGs to its buckets."""
    folder = Path(tempfile.mkdtemp(prefix="migrate-"))
    home = folder / "lab"
    try:
        yield labs.up(home, print)
    finally:
        labs.reset(home, print)
        shutil.rmtree(folder)
