"""Mutated real dumps: none stops the reader or takes much memory, and no row is lost in silence."""

from __future__ import annotations

import re
import subprocess
import sys
from random import Random

import pytest

from tests.bench.dump_fuzz import FORMS
from tests.inventory.snapshot.make_real import ROWS
from tests.inventory.snapshot.mutants import EACH, mutant, spans

MOST_MEMORY = 150


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.soak)])
def test_mutants_of_real_dumps_lose_no_row_in_silence(count):
    command = [sys.executable, "-m", "tests.bench.dump_fuzz", "--count", str(count), "--seed", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count} mutants" in done.stdout
    assert float(re.search(r"memory +(\d+) MiB", done.stdout)[1]) < MOST_MEMORY


@pytest.mark.parametrize("form", [one for one in FORMS if one != "mysql_one_line"])
def test_each_row_of_a_dump_has_its_place(form):
    places = {(one.table, one.place) for one in spans(form) if one.place != EACH}
    assert places == {(table, number) for table, rows in ROWS.items() for number in range(len(rows))}


def test_most_mutants_spare_most_rows():
    """The property says something only of rows that were spared."""
    found = [mutant(Random(f"spared {index}")) for index in range(300)]
    spared = sum(one.spared(("variable", 1)) for one in found)
    assert spared > 200
