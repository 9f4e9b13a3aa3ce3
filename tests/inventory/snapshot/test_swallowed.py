"""A broken statement before a line of a dump: what it takes with it is said again, or what depends on it is named."""

from __future__ import annotations

import re
from itertools import product

import pytest

from migrator.errors import UsageError
from tests.bench.dump_fuzz import lost, read
from tests.inventory.snapshot.make_real import REAL
from tests.inventory.snapshot.mutants import Mutant, spans

EVERY = (
    "/* what", "DELIMITER ;;", "-- ", "# ", "x", "SELECT 1", "SELECT '", "SELECT 1;\n-- ", "USE `", "\\",
    "INSERT INTO log VALUES (1", "INSERT INTO log VALUES (1)", "INSERT INTO log VALUES (1);\nx", "REPLACE INTO log VAL",
    "CREATE TABLE log (", "CREATE TABLE log (\n  id int,", "INSERT INTO log VALUES ('", "LOCK TABLES `log` WRITE",
)  # fmt: skip
OPENINGS = {
    "postgres": (*EVERY, "COPY public.log (id) FROM stdin;", "COPY public.log (id, dttm) FROM stdin;\n1\t2\n", "DO $$",
                 "COMMENT ON SCHEMA public IS '", "INSERT INTO public.log VALUES (1, 'x') ON CONFLICT DO NOTHING",
                 "INSERT INTO public.variable VALUES (1, 'nas", "ALTER SCHEMA public OWNER TO \""),
    "mysql": (*EVERY, "/*!40101 SET @saved = 1", "INSERT INTO `variable` VALUES (1,'nas", "UNLOCK TABLES '",
              "INSERT INTO `log` VALUES\n(1,'x'),", "INSERT INTO `dag_run` VALUES (1,'x'),"),
}  # fmt: skip
SETTINGS = [
    ("postgres_latin1", "SET client_encoding = 'LATIN1';", "SET client_encoding = 'UTF8';"),
    ("postgres_unescaped", "SET standard_conforming_strings = off;", "SET standard_conforming_strings = on;"),
    ("postgres_inserts", "SET standard_conforming_strings = on;", "SET standard_conforming_strings = off;"),
    ("mysql_latin1", "/*!40101 SET NAMES latin1 */;", "/*!40101 SET NAMES utf8mb4 */;"),
    ("mysql_default", "/*!40101 SET NAMES utf8mb4 */;", "/*!40101 SET NAMES latin1 */;"),
    ("mysql_default", "/*!40103 SET TIME_ZONE='+00:00' */;", "/*!40103 SET TIME_ZONE='+05:00' */;"),
    ("mysql_no_quotes", "/*!40103 SET TIME_ZONE='+00:00' */;", "/*!40103 SET TIME_ZONE='+05:00' */;"),
    ("mysql_default", "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;",
     "/*!40101 SET SQL_MODE='NO_BACKSLASH_ESCAPES' */;"),
]  # fmt: skip


EVERY_OR_SOME = pytest.mark.parametrize("step", [23, pytest.param(3, marks=pytest.mark.soak)])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "dags").mkdir()
    for name in ("d.py", "e.py"):
        (tmp_path / "dags" / name).write_text("x = 1\n")
    return tmp_path


def lost_of(folder, form, data, before, touched=frozenset()):
    try:
        found, said = read(folder, data)
    except UsageError:
        return []
    return lost(Mutant(form, "swallowed", data, touched), before, found, said)


@EVERY_OR_SOME
@pytest.mark.parametrize(("form", "line", "other"), SETTINGS)
def test_a_broken_statement_before_a_setting(folder, form, line, other, step):
    """Whatever was set before it."""
    data = (REAL / f"{form}.sql").read_text("latin-1")
    before, _ = read(folder, data.encode("latin-1"))
    assert data.count(f"\n{line}\n") == 1
    ways = list(product(OPENINGS[form.split("_")[0]], ("", f"{other}\n"), ("\n", "")))
    for opening, earlier, end in ways[len(line) % step :: step]:
        broken = data.replace(f"\n{line}\n", f"\n{earlier}{opening}{end}{line}\n")
        assert lost_of(folder, form, broken.encode("latin-1"), before) == [], (opening, earlier, end)


MARKS = {"postgres": rb"COPY public\.|INSERT INTO public\.|-- Data for Name: |CREATE TABLE ",
         "mysql": rb"INSERT INTO |-- Dumping data for table |LOCK TABLES |CREATE TABLE "}  # fmt: skip


@pytest.mark.parametrize("form", ["postgres_default", "postgres_inserts", "mysql_default", "mysql_rows",
                                  "mysql_skip_opt", "mysql_no_create_complete", "mysql_skip_comments"])  # fmt: skip
@EVERY_OR_SOME
def test_a_broken_statement_before_rows(folder, form, step):
    """Before each line that says whose rows come, or has some."""
    data = (REAL / f"{form}.sql").read_bytes()
    before, _ = read(folder, data)
    kind = form.split("_")[0]
    places = [one.start() for one in re.finditer(rb"^(?:" + MARKS[kind] + rb")", data, re.MULTILINE)]
    ways = list(product(places, OPENINGS[kind], ("\n", "")))
    for place, opening, end in ways[len(form) % step :: step]:
        touched = frozenset((one.table, one.place) for one in spans(form) if one.start < place < one.end)
        broken = data[:place] + f"{opening}{end}".encode() + data[place:]
        assert lost_of(folder, form, broken, before, touched) == [], (opening, place, data[place : place + 60])
