"""Long lines and long values of a dump: memory stays, and a value that is longer than is kept costs no other row."""

from __future__ import annotations

import re
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime

import pytest

from migrator.inventory.snapshot import lines as module
from migrator.inventory.snapshot.contents import read_contents
from migrator.inventory.snapshot.literals import MOST_COLUMNS, MOST_VALUE
from tests.bench.dump_lines import FORMS, MIB, write

VALUES = [form for form in FORMS if "one value" in form]


def contents_of(path):
    return read_contents(path, since=datetime(2026, 11, 1, tzinfo=UTC), most_runs=1000)


def peak_of(path, form, size):
    """The most memory that the reader held at once, in bytes."""
    write(path, form, size)
    tracemalloc.start()
    try:
        contents_of(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", [form for form in FORMS if form not in VALUES])
def test_a_line_takes_no_memory_by_its_length(tmp_path, monkeypatch, form):
    monkeypatch.setattr(module, "BLOCK", MIB // 16)
    path = tmp_path / "airflow.sql"
    assert peak_of(path, form, 4 * MIB) < 1.2 * peak_of(path, form, MIB) + MIB // 2


@pytest.mark.parametrize("form", VALUES)
def test_a_value_takes_few_times_its_size(tmp_path, form):
    path = tmp_path / "airflow.sql"
    peak_of(path, form, MIB)
    assert peak_of(path, form, 4 * MIB) < 4 * 4 * MIB


@pytest.mark.parametrize("form", VALUES)
@pytest.mark.parametrize(("size", "kept"), [(MOST_VALUE - MIB, True), (MOST_VALUE + MIB, False)])
def test_one_that_is_longer_than_is_kept_is_named_by_its_key(tmp_path, form, size, kept):
    path = tmp_path / "airflow.sql"
    write(path, form, size)
    contents = contents_of(path)
    assert [row["key"] for row in contents.tables["variable"]] == ["before", *["long"] * kept, "after"]
    said = ["variable long was left out: val is longer than 32 MiB"]
    assert list(map(str, contents.problems)) == ([] if kept else said)
    assert contents.whole


@pytest.mark.parametrize("form", VALUES)
def test_a_row_of_very_many_columns_is_none(tmp_path, form):
    path = tmp_path / "airflow.sql"
    write(path, form, 10)
    many = (b"(7," + b"1," * (MIB // 2) + b"1),(1,'before'", b"7" + b"\t1" * (MIB // 2) + b"\n1\tbefore")
    old = (b"(1,'before'", b"1\tbefore")
    path.write_bytes(path.read_bytes().replace(*(one[form in VALUES[1:]] for one in (old, many))))
    contents = contents_of(path)
    assert [row["key"] for row in contents.tables["variable"]] == ["before", "long", "after"]
    assert f"{MOST_COLUMNS + 1} columns where the table has 4" in str(contents.problems[0]), "and no more are held"


@pytest.mark.soak
def test_hundreds_of_megabytes():
    command = [sys.executable, "-m", "tests.bench.dump_lines", "--sizes", "50", "400"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    print(done.stdout)
    found = re.findall(r"^(.+?) +(\d+) MiB: +([\d.]+) s +(\d+) MiB", done.stdout, re.MULTILINE)
    assert len(found) == 2 * len(FORMS)
    assert all(int(memory) < 150 for *_, memory in found)
