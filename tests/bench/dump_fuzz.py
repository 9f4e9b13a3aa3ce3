"""Mutated real dumps through the reader of snapshots: what it says of them, and the time and memory it takes.

``python -m tests.bench.dump_fuzz [--count N] [--seed N] [--only INDEX]``

The dumps are what mariadb-dump and pg_dump wrote (tests/inventory/snapshot/real). Each mutant is a snapshot that is
read whole. A mutant that stops the reader with anything but an error for its user ends the run with its seed and index;
so does one of which a row is lost or altered that neither the mutation touched nor a problem names.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pyrage

from migrator.environments.folder import FolderBucket
from migrator.errors import UsageError
from migrator.inventory.snapshot.layout import Layout
from migrator.inventory.snapshot.read import of_snapshot
from migrator.inventory.store import FORM
from tests.inventory.snapshot.make_real import REAL, ROWS
from tests.inventory.snapshot.mutants import FORMS, Mutant, mutant

IDENTITY = pyrage.x25519.Identity.generate()
MOMENT = datetime(2026, 11, 25, tzinfo=UTC)
KEYS = {"variable": "key", "connection": "conn_id", "slot_pool": "pool", "dag": "dag_id", "dag_run": "run_id",
        "serialized_dag": "dag_id", "import_error": "filename"}  # fmt: skip
Known = dict[tuple[str, str], Any]


def peak() -> float:
    """The most memory that this process had, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def read(folder: Path, data: bytes) -> tuple[Known, list[str]]:
    """What the snapshot gives of each row, by table and key, and what it says; UsageError for what is no dump."""
    (folder / "airflow.sql").write_bytes(data)
    layout = Layout(FolderBucket(folder), folder / "airflow.sql", None, None, MOMENT)
    taken = of_snapshot(layout, name="n", recipient=str(IDENTITY.to_public()), weeks=4)
    inventory = FORM.decode(FORM.encode(taken.collected.inventory, "x"), "x")
    secrets = json.loads(pyrage.decrypt(taken.collected.sealed, [IDENTITY])) if taken.collected.sealed else {}
    found: Known = {("variable", one["key"]): one for one in secrets.get("variables", ())}
    found |= {("connection", one["conn_id"]): one for one in secrets.get("connections", ())}
    found |= {("slot_pool", one.name): one for one in inventory.pools}
    found |= {("dag_run", one.run_id): replace(one, interval_end=None) for one in inventory.runs}
    found |= {("dag", one.dag_id): one.paused for one in inventory.dags}
    found |= {("serialized_dag", one.dag_id): (one.facts, one.tasks, one.description) for one in inventory.dags}
    found |= {("import_error", f"/home/airflow/gcs/dags/{one.file}"): one.message for one in inventory.broken_files}
    return found, sorted({*map(str, taken.problems), *inventory.warnings})


def named(table: str, key: str, said: list[str]) -> bool:
    """Whether what is said names a row: by its key or number, or by its whole table."""
    row = re.compile(rf"{table} (?!was |of |is )")
    whole = re.compile(rf"\b{table}\b")
    own = (f"{table} {key} was left out", f"{table} number ", f"{table} {key} may lack", f"{table} {key}: ")
    return any(one.startswith(own) or (whole.search(one) and not row.match(one)) for one in said)


def rows_of(table: str, key: str) -> list[tuple[str, int]]:
    """The row of that key, and those of its DAG, without which nothing of it is told; by table and place."""
    rows = {(table, number): row for number, row in enumerate(ROWS[table]) if row[KEYS[table]] == key}
    dag_id = next(iter(rows.values())).get("dag_id")
    tables = ("dag", "serialized_dag") if dag_id else ()
    return [
        *rows,
        *((name, number) for name in tables for number, row in enumerate(ROWS[name]) if row["dag_id"] == dag_id),
    ]


def lost(one: Mutant, before: Known, found: Known, said: list[str]) -> list[str]:
    """The rows that are not as they were, though no mutation touched them and nothing names them."""
    missing = []
    for table, key in before:
        same = found.get((table, key)) == before[table, key]
        if not same and one.spared(*rows_of(table, key)) and not named(table, key, said):
            missing.append(f"{table} {key}")
    return missing


def outcome(folder: Path, one: Mutant, before: Known) -> str:
    """What became of a mutant, in a word; AssertionError for a row that is lost in silence."""
    try:
        found, said = read(folder, one.data)
    except UsageError:
        return "refused"
    missing = lost(one, before, found, said)
    assert not missing, (one.form, one.kind, missing, said)
    if any("is cut" in text for text in said):
        return "cut"
    return "problems" if said else "read"


def main() -> int:
    """Print the counts, the longest time and the memory."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        return _run(args, folder)
    finally:
        shutil.rmtree(folder)


def _run(args: argparse.Namespace, folder: Path) -> int:
    (folder / "dags").mkdir()
    for name in ("d.py", "e.py"):
        (folder / "dags" / name).write_text("x = 1\n")
    before = {}
    for form in FORMS:
        before[form], said = read(folder, (REAL / f"{form}.sql").read_bytes())
        assert not said, (form, said)
        assert len(before[form]) == sum(len(ROWS[table]) for table in KEYS), form
    start, outcomes, slowest, largest = peak(), Counter[str](), (0.0, 0), (0.0, 0)
    for index in range(args.count) if args.only is None else [args.only]:
        one = mutant(Random(f"{args.seed} {index}"))
        memory, begun = peak(), time.perf_counter()
        try:
            outcomes[outcome(folder, one, before[one.form])] += 1
        except BaseException:
            print(f"seed {args.seed}, index {index} (again: --seed {args.seed} --only {index})", flush=True)
            raise
        slowest = max(slowest, (time.perf_counter() - begun, index))
        largest = max(largest, (peak() - memory, index))
    count = sum(outcomes.values())
    print(f"seed              {args.seed}: {count} mutants of {len(FORMS)} dumps, none stopped the reader")
    print("rows              none lost or altered that was neither mutated nor named in a problem")
    print("outcomes          " + ", ".join(f"{name} {count}" for name, count in outcomes.most_common()))
    print(f"longest           {slowest[0]:.2f} s (index {slowest[1]})")
    print(f"memory            {peak() - start:.0f} MiB more at its peak than the dumps themselves took", end="")
    print(f"; the most for one dump {largest[0]:.0f} MiB (index {largest[1]})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
