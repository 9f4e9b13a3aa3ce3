"""The harness that most tests of a cutover begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cutover.harness import Harness

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def harness(tmp_path: Path) -> Harness:
    return Harness(tmp_path / "journal.db")
