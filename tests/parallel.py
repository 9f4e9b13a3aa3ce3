"""How ``pytest -n`` shares the tests out: file by file, and all that needs a lab to one process, last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    import pytest
    from xdist.remote import Producer

LAB_FILES = ("tests/lab/", "tests/inventory/test_lab.py")
"""They bring two Airflows up and wait for minutes to pass: no second lab runs beside one, nor much other work."""


class LabLast(LoadFileScheduling):
    """Whichever process is free takes the next file."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return LAB_FILES[0] if needs_lab(nodeid) else str(super()._split_scope(nodeid))


def needs_lab(nodeid: str) -> bool:
    """Whether the test runs on a lab."""
    return nodeid.startswith(LAB_FILES)
