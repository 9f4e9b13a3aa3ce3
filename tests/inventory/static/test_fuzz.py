"""Mutated real files: none stops the reader, makes more than the limits, or takes much memory."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

MOST_MEMORY = 150


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.soak)])
def test_mutants_of_real_files_are_read_within_the_limits(count):
    command = [sys.executable, "-m", "tests.bench.static_fuzz", "--count", str(count), "--seed", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count} mutants" in done.stdout
    assert float(re.search(r"memory +(\d+) MiB", done.stdout)[1]) < MOST_MEMORY
