"""What holds for all tests: the real servers are started once a process, whichever file asks for them first."""

from __future__ import annotations

import signal

from tests.airflows import agent, airflow, homes, postgres, v1, v1_newer, v2  # noqa: F401
from tests.environments.fixtures import bucket, composer, gcs  # noqa: F401

# A job that a shell starts in the background ignores SIGINT, and so would every program that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
