"""A dump that is cut anywhere: problems, never a crash, and never taken for a whole one."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from migrator.inventory.snapshot.contents import NEEDED, OPTIONAL, read_contents
from migrator.inventory.snapshot.damage import problems_of
from tests.inventory.snapshot.make_real import REAL

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
NAMES = ["mysql_default", "mysql_one_line", "mysql_hex", "mysql_rows", "postgres_default", "postgres_inserts",
         "postgres_rows", "postgres_column_inserts"]  # fmt: skip


def contents_of(path):
    return read_contents(path, since=SINCE, most_runs=99)


def every(start, stop, step):
    """Offsets from the file's start and all of its end."""
    return sorted({*range(start, stop, step), *range(max(stop - 60, 0), stop)})


@pytest.mark.parametrize("step", [211, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", NAMES)
def test_cut_at(tmp_path, name, step):
    data = (REAL / f"{name}.sql").read_bytes()
    path = tmp_path / "airflow.sql"
    path.write_bytes(data)
    whole = contents_of(path)
    for offset in every(len(name) % 7, len(data.rstrip(b"\n")), step):
        path.write_bytes(data[:offset])
        contents = contents_of(path)
        said = list(map(str, problems_of("airflow.sql", contents)))
        assert any("is cut" in one for one in said), offset
        for table in {*NEEDED, *OPTIONAL} - {"serialized_dag", "dag_run"}:
            rows, left_out = contents.tables[table], any(table in one for one in said)
            assert rows == whole.tables[table] or not rows, (offset, table)
            assert rows or left_out or table not in NEEDED, (offset, table, said)


@pytest.mark.parametrize("step", [211, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", ["mysql_default", "postgres_default"])
def test_packed_and_cut_at(tmp_path, name, step):
    data = gzip.compress((REAL / f"{name}.sql").read_bytes())
    path = tmp_path / "airflow.sql.gz"
    for offset in every(2, len(data), step):
        path.write_bytes(data[:offset])
        assert any("is cut" in str(one) for one in problems_of("airflow.sql.gz", contents_of(path))), offset


@pytest.mark.parametrize("name", ["mysql_default", "postgres_default", "postgres_inserts"])
def test_a_whole_dump_before_a_cut_one_does_not_pass_for_the_end(tmp_path, name):
    data = (REAL / f"{name}.sql").read_bytes()
    path = tmp_path / "airflow.sql"
    path.write_bytes(data + data[: len(data) // 2])
    assert any("is cut" in str(one) for one in problems_of("airflow.sql", contents_of(path)))
