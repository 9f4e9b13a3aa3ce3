"""The harness that most tests of a cutover begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cutover.harness import Harness
from tests.cutover.points import EACH, points

if TYPE_CHECKING:
    from pathlib import Path


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The points at which the process of a test dies."""
    for name in EACH.keys() & set(metafunc.fixturenames):
        metafunc.parametrize(name, points(metafunc, name))


@pytest.fixture
def harness(tmp_path: Path) -> Harness:
    return Harness(tmp_path / "journal.db")
