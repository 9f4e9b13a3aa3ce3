"""Rows of SQL dumps, exactly as they were, whatever is in them and however the file is cut into blocks."""

from __future__ import annotations

import gzip
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.errors import UsageError
from migrator.inventory.snapshot import lines as module
from migrator.inventory.snapshot.contents import read_contents
from migrator.inventory.snapshot.dump import Dump
from tests.inventory.snapshot.dumps import PG_END, RUN, copy_form, insert_form, tables

signs = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
cells = (
    st.none() | st.text(signs, max_size=40) | st.sampled_from(["\\.", "\\N", "');", "''", "\\'", "a\r\nb", "NULL", ""])
)
rows = st.lists(st.fixed_dictionaries({"key": cells, "val": cells}), min_size=1, max_size=4)
FORMS = {
    "copy": copy_form,
    "inserts": lambda content: insert_form(content, mysql=False),
    "mysql": lambda content: insert_form(content, mysql=True),
}


def read(path, *wanted):
    dump = Dump(path, frozenset(wanted))
    return [(row.table, row.values) for row in dump.rows()], dump


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(found=rows, other=rows, block=st.integers(64, 200))
def test_every_text_comes_back(tmp_path, monkeypatch, form, found, other, block):
    monkeypatch.setattr(module, "BLOCK", block)
    path = tmp_path / "dump.sql"
    path.write_bytes(FORMS[form]({"log": other, "variable": found, "xcom": other}).encode())
    assert read(path, "variable")[0] == [("variable", row) for row in found]


@pytest.mark.parametrize("form", FORMS)
def test_a_packed_dump_and_its_end(tmp_path, form):
    path = tmp_path / "dump.sql.gz"
    path.write_bytes(gzip.compress(FORMS[form](tables()).encode()))
    found, dump = read(path, "dag", "variable")
    assert [table for table, _ in found] == ["dag", "variable"]
    assert (dump.whole, dump.cut) == (True, "")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("packed", [True, False])
def test_a_cut_dump_says_where(tmp_path, form, packed):
    text = FORMS[form](tables())
    data = text[: text.index("variable", text.index("default_pool")) + 60].encode()
    path = tmp_path / "dump.sql"
    path.write_bytes(gzip.compress(FORMS[form](tables()).encode())[:-30] if packed else data)
    found, dump = read(path, "dag", "variable")
    assert not dump.whole
    assert packed or found[0][0] == "dag"
    assert packed or dump.cut in {"variable", "slot_pool"}


def test_what_is_no_sql(tmp_path):
    path = tmp_path / "dump.sql"
    path.write_bytes(b"PGDMP\x01\x0e\x00")
    with pytest.raises(UsageError, match="no SQL text") as caught:
        read(path, "dag")
    assert "pg_restore" in caught.value.fix


@pytest.mark.parametrize("form", ["copy", "mysql"])
def test_other_tables_take_no_memory(tmp_path, form):
    """A line of 60 MB in the table of logs, before one variable."""
    path = tmp_path / "dump.sql"
    small = FORMS[form]({"variable": [{"key": "k", "val": "v"}]})
    start, end = (
        ("COPY public.log (id) FROM stdin;\n", "\n\\.\n")
        if form == "copy"
        else ("INSERT INTO `log` VALUES ('", "');\n")
    )
    with path.open("w") as handle:
        handle.write(start)
        for _ in range(60):
            handle.write("x" * 1_000_000)
        handle.write(end + small)
    tracemalloc.start()
    found, _ = read(path, "variable")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [("variable", {"key": "k", "val": "v"})]
    assert peak < 20_000_000


def test_a_row_is_not_taken_for_a_statement(tmp_path):
    path = tmp_path / "dump.sql"
    path.write_text(
        "COPY public.log (event) FROM stdin;\nCOPY public.variable (key) FROM stdin;\nplanted\n\\.\n" + PG_END
        + "INSERT INTO public.log VALUES ('a\nINSERT INTO public.variable VALUES (''planted'');\n');\n"
    )  # fmt: skip
    assert read(path, "variable")[0] == []


def test_of_each_dag_the_newest_runs_are_kept(tmp_path):
    dates = [f"2026-11-{day:02} 00:00:00+00" for day in (3, 9, 5, 7, 1)]
    runs = [RUN | {"dag_id": dag_id, "execution_date": date} for dag_id in ("d", "e") for date in dates]
    (tmp_path / "dump.sql").write_text(copy_form(tables(dag_run=runs)))
    since = datetime(2026, 11, 2, tzinfo=UTC)
    found = read_contents(tmp_path / "dump.sql", since=since, most_runs=2)
    assert {dag_id: sorted(date.day for date, _, _ in kept) for dag_id, kept in found.runs.items()} == {
        "d": [7, 9],
        "e": [7, 9],
    }
    assert len(read_contents(tmp_path / "dump.sql", since=since, most_runs=9).runs["d"]) == 4
