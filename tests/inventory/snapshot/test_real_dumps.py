"""What both databases' tools write, with each option: every row comes back, or a problem says why not."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime

import pyrage
import pytest

from migrator.errors import UsageError
from migrator.inventory.snapshot.contents import NEEDED, OPTIONAL, read_contents
from migrator.inventory.snapshot.damage import MYSQL as MYSQLDUMP
from migrator.inventory.snapshot.damage import POSTGRES as PG_DUMP
from migrator.inventory.snapshot.damage import problems_of
from migrator.inventory.snapshot.dump import Dump
from migrator.inventory.snapshot.encodings import undecoded
from migrator.inventory.snapshot.secrets import open_secrets
from tests.inventory.snapshot.make_real import MYSQL, NASTY, POSTGRES, REAL, ROWS

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
WANTED = frozenset(NEEDED) | OPTIONAL
PACKED = {"postgres_custom", "postgres_tar"}
NO_END = {"mysql_compact", "mysql_plainest", "mysql_skip_comments"}
LOCAL = {"mysql_skip_tz", "mysql_compact", "mysql_plainest"}
NO_COLUMNS = {"mysql_no_create"}
OTHER_SIGNS = {"mysql_ansi", "mysql_gbk", "mysql_sjis"}
NAMES = sorted(path.stem for path in REAL.glob("*.sql"))
IDENTITY = pyrage.x25519.Identity.generate()


def contents_of(path):
    return read_contents(path, since=SINCE, most_runs=99)


def problems(path):
    contents = contents_of(path)
    return [*problems_of(path.name, contents), *contents.problems]


def as_text(cell):
    """A cell as a dump may write it."""
    if isinstance(cell, bool):
        return {"t", "true", "1"} if cell else {"f", "false", "0"}
    if isinstance(cell, bytes):
        return {f"0x{cell.hex()}", f"\\x{cell.hex()}"}
    if isinstance(cell, str) and cell.startswith("2026-") and ":" in cell and "T" not in cell:
        short = cell.rstrip("0").rstrip(".")
        return {cell, short, f"{short}+00", f"{cell}+00:00"}
    return {cell if cell is None else str(cell)}


def differing(row, expected):
    return {name: row.get(name, "not there") for name, cell in expected.items() if row.get(name) not in as_text(cell)}


def test_every_option_has_its_file():
    made = {f"mysql_{name}" for name in [*MYSQL, "no_quotes", "one_line"]} | {f"postgres_{name}" for name in POSTGRES}
    assert set(NAMES) == made


@pytest.mark.parametrize("name", [one for one in NAMES if one not in PACKED | NO_COLUMNS | OTHER_SIGNS])
@pytest.mark.parametrize("packed", [False, True])
def test_every_row_comes_back(tmp_path, name, packed):
    data = (REAL / f"{name}.sql").read_bytes()
    path = tmp_path / "airflow.sql"
    path.write_bytes(gzip.compress(data) if packed else data)
    dump = Dump(path, WANTED)
    found = [(row.table, row.values, row.fault) for row in dump.rows()]
    expected = [(table, row) for table in ROWS if table in WANTED for row in ROWS[table]]
    assert [table for table, _, _ in found] == [table for table, _ in expected]
    local = {"execution_date", "start_date", "timestamp"} if name == "mysql_skip_tz" else set()
    for (table, row, fault), (_, wanted) in zip(found, expected, strict=True):
        assert not fault
        assert differing(row, wanted).keys() <= local, (table, differing(row, wanted))
    assert not dump.faults
    assert dump.whole == (name not in NO_END)


@pytest.mark.parametrize("name", [one for one in NAMES if one not in PACKED])
def test_what_an_option_loses_is_a_problem(name):
    found = list(map(str, problems(REAL / f"{name}.sql")))
    assert any("is cut: it lacks the line" in one and "--skip-comments" in one for one in found) == (name in NO_END)
    assert any("dag_run was left out: its times" in one for one in found) == (name in LOCAL)
    assert any("variable was left out: nothing names its columns" in one for one in found) == (name in NO_COLUMNS)
    assert bool(found) == (name in NO_END | LOCAL | NO_COLUMNS), found
    if name in LOCAL:
        assert not contents_of(REAL / f"{name}.sql").runs


@pytest.mark.parametrize("name", NAMES)
def test_a_problem_says_which_command_makes_a_good_dump(name):
    path, own = REAL / f"{name}.sql", MYSQLDUMP if name.startswith("mysql") else PG_DUMP
    if name in PACKED:
        with pytest.raises(UsageError, match="is no SQL text") as caught:
            contents_of(path)
        assert "format (-F" in caught.value.why
        assert caught.value.fix.startswith(f"pg_restore --file={name}.sql ")
    else:
        assert all(own in one.fix for one in problems_of(path.name, contents_of(path)))


@pytest.mark.parametrize("packed", [False, True])
def test_a_dump_of_another_kind_is_named(tmp_path, packed):
    text = (REAL / "mysql_default.sql").read_bytes().decode("utf-8", "replace")
    forms = {
        "UTF-16": text.encode("utf-16"),
        "custom format": (REAL / "postgres_custom.sql").read_bytes(),
        "XML": b"<?xml version='1.0'?><mysqldump/>",
        "zip": b"PK\x03\x04" + bytes(50),
        "binary data": bytes(range(4)) * 2000,
    }
    for word, data in forms.items():
        path = tmp_path / "airflow.sql"
        path.write_bytes(gzip.compress(data) if packed else data)
        with pytest.raises(UsageError) as caught:
            contents_of(path)
        assert word in caught.value.why
        assert caught.value.fix


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("name", ["mysql_default", "postgres_default"])
def test_line_ends_of_windows_and_the_mark_of_utf_8(tmp_path, name, ends, mark):
    path = tmp_path / "airflow.sql"
    path.write_bytes(mark.encode() + (REAL / f"{name}.sql").read_bytes().replace(b"\n", ends.encode()))
    contents = contents_of(path)
    assert not list(problems_of("airflow.sql", contents)) + contents.problems
    assert {row["key"]: row["val"] for row in contents.tables["variable"]}["k"] == "passéword"
    assert contents.tables["slot_pool"][0]["description"] == "Default pool"


@pytest.mark.parametrize("name", ["mysql_ansi", "latin1 called utf8mb4", "latin1 called UTF8"])
def test_what_cannot_be_decoded_is_a_problem_and_sealed_as_it_is(tmp_path, name):
    texts = {
        "mysql_ansi": (REAL / "mysql_ansi.sql").read_bytes(),
        "latin1 called utf8mb4": (REAL / "mysql_latin1.sql").read_bytes().replace(b"NAMES latin1", b"NAMES utf8mb4"),
        "latin1 called UTF8": (REAL / "postgres_latin1.sql").read_bytes().replace(b"'LATIN1'", b"'UTF8'"),
    }
    path = tmp_path / "airflow.sql"
    path.write_bytes(texts[name])
    contents = contents_of(path)
    opened = open_secrets(contents, "", [], str(IDENTITY.to_public()))
    said = list(map(str, contents.problems))
    assert any("variable k was left out: val holds bytes that are no text" in one for one in said)
    assert any("connection c was left out: password holds bytes that are no text" in one for one in said)
    secrets = json.loads(pyrage.decrypt(opened.sealed, [IDENTITY]))
    kept = {(one["table"], one["key"]): one["columns"] for one in secrets["undecoded"]}
    assert base64.b64decode(kept["variable", "k"]["val"]) == "passéword".encode("latin-1")
    assert base64.b64decode(kept["connection", "c"]["password"]) == "passéword".encode("latin-1")
    assert base64.b64decode(kept["variable", "nasty"]["val"]).startswith(NASTY.encode("latin-1"))
    assert [one["key"] for one in secrets["variables"]] == ["empty", "hex"]
    assert "?" not in json.dumps(secrets)


def test_bytes_that_are_no_text_are_sealed_as_they_are_whatever_set_comes_later(tmp_path):
    row = "INSERT INTO `variable` VALUES (1,'k','pass\u00e9word".encode()
    data = (REAL / "mysql_rows.sql").read_bytes()
    end = b"/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;"
    assert row in data
    assert end in data
    path = tmp_path / "airflow.sql"
    path.write_bytes(data.replace(row, row + b"\xff").replace(end, b"/*!40101 SET NAMES koi8r */;\n" + end))
    opened = open_secrets(contents_of(path), "", [], str(IDENTITY.to_public()))
    (kept,) = json.loads(pyrage.decrypt(opened.sealed, [IDENTITY]))["undecoded"]
    assert base64.b64decode(kept["columns"]["val"]).startswith("pass\u00e9word".encode() + b"\xff")


@pytest.mark.parametrize(("charset", "wrote"), [("gbk", "t?gg"), ("sjis", "pass?word")])
def test_a_secret_for_whose_signs_mysql_had_no_place_is_a_problem(charset, wrote):
    path = REAL / f"mysql_{charset}.sql"
    assert wrote.encode() in path.read_bytes()
    contents = contents_of(path)
    opened = open_secrets(contents, "", [], str(IDENTITY.to_public()))
    named = {one.what for one in opened.problems}
    assert named == ({"variable k may lack signs", "variable nasty may lack signs", "connection c may lack signs",
                      "connection nasty may lack signs"} if charset == "sjis" else set())  # fmt: skip
    if charset == "gbk":
        assert {row["key"]: row["val"] for row in contents.tables["variable"]}["k"] == "passéword"


def test_a_set_of_its_own_for_the_table_counts_where_the_dump_is_binary(tmp_path):
    text = (REAL / "mysql_latin1.sql").read_bytes()
    path = tmp_path / "airflow.sql"
    path.write_bytes(text.replace(b"NAMES latin1", b"NAMES binary").replace(b"CHARSET=utf8mb4", b"CHARSET=latin1"))
    assert {row["key"]: row["val"] for row in contents_of(path).tables["variable"]}["k"] == "passéword"


def test_times_of_an_offset_that_the_dump_sets(tmp_path):
    path = tmp_path / "airflow.sql"
    path.write_bytes((REAL / "mysql_default.sql").read_bytes().replace(b"TIME_ZONE='+00:00'", b"TIME_ZONE='+05:30'"))
    contents = contents_of(path)
    assert not list(problems_of("airflow.sql", contents))
    assert min(moment for moment, _, _ in contents.runs["d"]) == datetime(2026, 11, 19, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", [one for one in NAMES if one not in PACKED])
def test_nothing_planted_in_a_value_is_read_as_a_row(name):
    contents = contents_of(REAL / f"{name}.sql")
    assert not any(row["key"] == "planted" for row in contents.tables["variable"])
    assert all(undecoded(one) is False for row in contents.tables["slot_pool"] for one in row.values())
