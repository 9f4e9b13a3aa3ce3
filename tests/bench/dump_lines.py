"""Dumps with long lines and long values: the time and memory that reading them takes, by their size.

``python -m tests.bench.dump_lines [--sizes 50 100 200 400]``

Each dump is read by a process of its own, as a snapshot's database is. The first forms hold many rows of a table that
is read row by row (``dag_run``) and of one that is passed over (``log``), in one line or in a line each; the others
hold one variable of that size, which is kept or named in a problem.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from migrator.inventory.snapshot.contents import read_contents

MIB = 1 << 20
RUN = f"'scheduled__2026-01-01T00:00:00+00:00','2026-01-01 00:00:00','success',0,'{'x' * 1000}'"
TEXT = r"a line of text with it\'s \"quotes\"\nand a tab\t"
FORMS = {
    "INSERT, many rows in one line": ("mysql", "dag_run", f"(1,'d',{RUN})"),
    "INSERT passed over": ("mysql", "log", f"(1,'d','{TEXT}')"),
    "COPY, many rows": ("postgres", "dag_run", "1\td\t" + RUN.replace("'", "").replace(",", "\t")),
    "COPY passed over": ("postgres", "log", "1\td\t" + TEXT.replace("'", "")),
    "INSERT, one value": ("mysql", "variable", TEXT),
    "COPY, one value": ("postgres", "variable", TEXT.replace("'", "").replace('"', "")),
}
COLUMNS = {"dag_run": "id, dag_id, run_id, execution_date, state, external_trigger, conf", "log": "id, dag_id, extra",
           "variable": "id, key, val, is_encrypted"}  # fmt: skip


def write(path: Path, form: str, size: int) -> None:
    """Write a dump of that form whose rows, or value, take so many bytes."""
    dialect, table, text = FORMS[form]
    with path.open("w", encoding="utf-8") as file:
        if dialect == "mysql":
            file.write(f"-- MySQL dump 10.13\n/*!40103 SET TIME_ZONE='+00:00' */;\nINSERT INTO `{table}` (`")
            file.write(COLUMNS[table].replace(", ", "`, `") + "`) VALUES ")
        else:
            file.write(f"-- PostgreSQL database dump\nCOPY public.{table} ({COLUMNS[table]}) FROM stdin;\n")
        (_value if table == "variable" else _rows)(file, dialect, text, size)
        file.write("-- Dump completed on 2026-11-25\n" if dialect == "mysql" else "--\n-- PostgreSQL database dump ")
        file.write("" if dialect == "mysql" else "complete\n--\n")


def _rows(file: IO[str], dialect: str, text: str, size: int) -> None:
    between = "," if dialect == "mysql" else "\n"
    block = between.join([text] * 1000)
    for _ in range(size // len(block)):
        file.write(block + between)
    file.write(f"{text};\n" if dialect == "mysql" else f"{text}\n\\.\n")


def _value(file: IO[str], dialect: str, text: str, size: int) -> None:
    file.write("(1,'before','x',0),(2,'long','" if dialect == "mysql" else "1\tbefore\tx\tf\n2\tlong\t")
    block = text * 1000
    for _ in range(size // len(block) + 1):
        file.write(block)
    file.write("',0),(3,'after','x',0);\n" if dialect == "mysql" else "\tf\n3\tafter\tx\tf\n\\.\n")


def peak() -> float:
    """The most memory that this process had, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def measure(path: Path) -> None:
    """Print the seconds and the MiB that reading it took, and the variables that came of it."""
    memory, begun = peak(), time.perf_counter()
    contents = read_contents(path, since=datetime(2026, 11, 1, tzinfo=UTC), most_runs=1000)
    found = [f"{row['key']}" for row in contents.tables["variable"]]
    said = "; ".join(map(str, contents.problems))
    print(f"{time.perf_counter() - begun:6.1f} s {peak() - memory:6.0f} MiB  {' '.join(found)} {said}".rstrip())


def main() -> int:
    """Print a line for each form and size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 100, 200, 400], metavar="MIB")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.read:
        measure(args.read)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "airflow.sql")
        for form in FORMS:
            for size in args.sizes:
                write(path, form, size * MIB)
                command = [sys.executable, "-m", "tests.bench.dump_lines", "--read", str(path)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                print(f"{form:<30} {size:4} MiB: {done.stdout.strip()}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
