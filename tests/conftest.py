"""What holds for all tests: the real servers are started once a process, whichever file asks for them first."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.airflows import agent, airflow, homes, postgres, v1, v1_newer, v2  # noqa: F401
from tests.environments.fixtures import bucket, composer, gcs  # noqa: F401
from tests.parallel import LabLast, needs_lab

if TYPE_CHECKING:
    from xdist.remote import Producer

# A job that a shell starts in the background ignores SIGINT, and so would every program that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The lab comes last, whatever the random order of the rest."""
    astray = [one.nodeid for one in items if one.get_closest_marker("lab") and not needs_lab(one.nodeid)]
    if astray:
        raise pytest.UsageError(f"{astray[0]} is marked lab, and its file is missing in LAB_FILES of tests/parallel.py")
    items.sort(key=lambda item: needs_lab(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LabLast:
    """See tests/parallel.py."""
    return LabLast(config, log)
