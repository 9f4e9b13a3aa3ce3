"""What of a dump as a whole is wrong, each with the command that makes a good one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.inventory.snapshot.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.inventory.snapshot.contents import Contents
    from migrator.inventory.snapshot.dump import Dump

SAVE = "gcloud composer environments snapshots save ENVIRONMENT"
AGAIN = f"download the snapshot again, or save another one: {SAVE}"
MYSQL = "mysqldump --single-transaction --hex-blob --default-character-set=utf8mb4 --result-file=airflow.sql DATABASE"
POSTGRES = "pg_dump --no-owner --encoding=UTF8 --file=airflow.sql DATABASE"
UPGRADE = "pip install --upgrade composer-migrator, then run the command again"


def problems_of(name: str, contents: Contents) -> Iterator[Problem]:
    """A dump that is cut or damaged, lacks what is needed, or was written with options that lose something."""
    dump, fix = contents.dump, _fix(contents.dump)
    if not dump.whole:
        yield Problem(f"{name} is {'cut or damaged' if dump.damaged else 'cut'}", _end(dump) + _left_out(contents), fix)
    elif not contents.tables["dag"] and not contents.odd and "dag" not in dump.unnamed:
        yield Problem(f"{name} holds no Airflow", "it has no table dag, or no DAG in it" + _left_out(contents), fix)
    elif contents.missing:
        yield Problem(f"{name} lacks tables of Airflow", ", ".join(contents.missing), fix)
    for table in sorted(dump.unnamed):
        yield Problem(f"{table} was left out", "nothing names its columns, as with --no-create-info", fix)
    if "dag_run" in dump.local:
        why = "its times are in a zone that the dump does not set, as with --skip-tz-utc or --compact"
        yield Problem("dag_run was left out", why, fix)
    for table, faults in sorted(dump.faults.items()):
        yield Problem(f"{table or name} was read in part", "; ".join(faults), fix)
    for table, columns in sorted(contents.odd.items()):
        version = f"revision {contents.revision or 'unknown'}"
        what = f"the table {table} is of a form that is not known, and was left out"
        yield Problem(what, f"{version} has no column {columns} in it", UPGRADE)


def _end(dump: Dump) -> str:
    if dump.damaged:
        return "it cannot be unpacked to its end"
    if dump.ending.headed:
        return "it lacks the line with which dumps end"
    return "it lacks the line with which dumps end, by a cut or by --compact or --skip-comments"


def _left_out(contents: Contents) -> str:
    return f"; left out: {', '.join(contents.missing)}" if contents.missing else ""


def _fix(dump: Dump) -> str:
    """The command that makes a good dump."""
    own = {True: MYSQL, False: POSTGRES, None: f"{MYSQL}, or {POSTGRES}"}[dump.session.mysql]
    return f"{AGAIN}; of a database of your own: {own}"
