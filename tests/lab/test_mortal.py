"""The program that dies where it is told finds all that it wraps in the code of today."""

import subprocess
import sys


def test_what_it_wraps_is_there() -> None:
    code = "from tests.lab import mortal; mortal.instrument()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
