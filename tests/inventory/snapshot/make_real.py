"""Real dumps of a small Airflow 1.10.15 database, as each tool and option writes them: the files in ``real``.

``python -m tests.inventory.snapshot.make_real`` with mariadbd, mariadb-dump and Postgres's programs on the PATH, and
with SOCKET of a running MariaDB (user root) and DSN of a running Postgres in the environment. ``ROWS`` is what is in
them; every file holds all of it, unless its form says otherwise.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
from pathlib import Path
from typing import Any

REAL = Path(__file__).parent / "real"
DATABASE = "airflow_real"
Cell = str | int | bool | bytes | None
_T, _B, _D, _J = "text", "bool", "moment", "json"
TABLES: dict[str, dict[str, str]] = {
    "alembic_version": {"version_num": "id"},
    "connection": {"id": "int", "conn_id": "id", "conn_type": _T, "host": _T, "schema": _T, "login": _T,
                   "password": _T, "port": "int", "extra": _T, "is_encrypted": _B, "is_extra_encrypted": _B},
    "dag": {"dag_id": "id", "is_paused": _B, "is_subdag": _B, "is_active": _B, "fileloc": _T, "owners": _T,
            "description": _T, "schedule_interval": _T},
    "dag_run": {"id": "int", "dag_id": "id", "execution_date": _D, "state": _T, "run_id": "id", "external_trigger": _B,
                "conf": "bytes", "end_date": _D, "start_date": _D},
    "dag_tag": {"name": "id", "dag_id": "id"},
    "import_error": {"id": "int", "timestamp": _D, "filename": _T, "stacktrace": _T},
    "log": {"id": "int", "dttm": _D, "event": _T, "extra": _T},
    "serialized_dag": {"dag_id": "id", "fileloc": _T, "data": _J},
    "slot_pool": {"id": "int", "pool": "id", "slots": "int", "description": _T},
    "variable": {"id": "int", "key": "id", "val": _T, "is_encrypted": _B},
    "xcom": {"id": "int", "key": _T, "value": "bytes"},
}  # fmt: skip
_KINDS = {
    "mysql": {"int": "int(11)", "id": "varchar(250)", _T: "longtext", _B: "tinyint(1)", _D: "timestamp(6) NULL",
              _J: "longtext", "bytes": "blob"},
    "postgres": {"int": "integer", "id": "character varying(250)", _T: "text", _B: "boolean",
                 _D: "timestamp with time zone", _J: "json", "bytes": "bytea"},
}  # fmt: skip
_NEW_SCHEMA = "SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public; SET TIME ZONE 'UTC';"
NASTY = "it's a \\n \"line\"\nand\ttwo\r\n`back` \\' -- no comment; /* none */ \x1a é"
PLANTED = "'); INSERT INTO variable VALUES (9,'planted','x',0);\nINSERT INTO `variable` VALUES (9,'planted','x',0);\n"
PLANTED += "COPY public.variable (id, key, val, is_encrypted) FROM stdin;\n9\tplanted\tx\tf\n\\.\n-- Dump completed\n"


def _stored(dag_id: str) -> dict[str, Cell]:
    file = f"/home/airflow/gcs/dags/{dag_id}.py"
    task = {"task_id": "t", "_task_type": "BashOperator", "_task_module": "airflow.operators.bash_operator"}
    dag = {"_dag_id": dag_id, "fileloc": file, "timezone": "UTC", "schedule_interval": "@daily", "tasks": [task]}
    data = {"__version": 1, "dag": {**dag, "_description": "naïve 'text' \\ of\n\"it\""}}
    return {"dag_id": dag_id, "fileloc": file, "data": json.dumps(data)}


def _run(number: int, day: int, conf: object = None) -> dict[str, Cell]:
    date = f"2026-11-{day:02} 00:00:00.000000"
    return {"id": number, "dag_id": "d", "execution_date": date, "state": "success", "end_date": None,
            "run_id": f"scheduled__2026-11-{day:02}T00:00:00+00:00", "external_trigger": False,
            "conf": pickle.dumps(conf, 4) if conf else None, "start_date": f"2026-11-{day + 1:02} 00:00:03.250000",
            }  # fmt: skip


def _connection(number: int, conn_id: str, password: str, extra: str | None) -> dict[str, Cell]:
    return {"id": number, "conn_id": conn_id, "conn_type": "http", "host": "h.example", "schema": None, "login": "me",
            "password": password, "port": 8080, "extra": extra, "is_encrypted": False, "is_extra_encrypted": False,
            }  # fmt: skip


def _dag(dag_id: str, paused: bool) -> dict[str, Cell]:
    return {"dag_id": dag_id, "is_paused": paused, "is_subdag": False, "is_active": True, "owners": "me, you",
            "fileloc": f"/home/airflow/gcs/dags/{dag_id}.py", "description": "née 'd'\n\\",
            "schedule_interval": '"@daily"'}  # fmt: skip


ROWS: dict[str, list[dict[str, Cell]]] = {
    "alembic_version": [{"version_num": "03afc6b6f902"}],
    "connection": [_connection(1, "c", "passéword", '{"a": "b\\\\c \\"d\\" é"}'), _connection(2, "nasty", NASTY, None)],
    "dag": [_dag("d", False), _dag("e", True)],
    "dag_run": [_run(1, 20), _run(2, 21, {"composer_migrator": "x", "carried_over": True}), _run(3, 22, {"a": NASTY})],
    "dag_tag": [{"name": "tägg", "dag_id": "d"}, {"name": "two", "dag_id": "d"}],
    "import_error": [{"id": 1, "timestamp": "2026-11-24 00:00:00.000000",
                      "filename": "/home/airflow/gcs/dags/bad.py", "stacktrace": "Traceback:\n  it's\nE: bâd\n"}],
    "log": [{"id": 1, "dttm": "2026-11-24 00:00:00.000000", "event": PLANTED, "extra": NASTY},
            {"id": 2, "dttm": None, "event": "a\\", "extra": None}],
    "serialized_dag": [_stored("d"), _stored("e")],
    "slot_pool": [{"id": 1, "pool": "default_pool", "slots": 128, "description": "Default pool"},
                  {"id": 2, "pool": "b", "slots": 3, "description": None}],
    "variable": [{"id": 1, "key": "k", "val": "passéword", "is_encrypted": False},
                 {"id": 2, "key": "nasty", "val": NASTY + PLANTED, "is_encrypted": False},
                 {"id": 3, "key": "empty", "val": "", "is_encrypted": False},
                 {"id": 4, "key": "hex", "val": "0x6869", "is_encrypted": False}],
    "xcom": [{"id": 1, "key": "x", "value": bytes(range(256))}],
}  # fmt: skip
MYSQL = {
    "default": [],
    "ansi": ["--compatible=ansi"],
    "binary": ["--default-character-set=binary"],
    "compact": ["--compact"],
    "complete": ["--complete-insert"],
    "databases": ["--databases"],
    "gbk": ["--default-character-set=gbk"],
    "hex": ["--hex-blob"],
    "ignore": ["--insert-ignore"],
    "latin1": ["--default-character-set=latin1"],
    "no_create": ["--no-create-info"],
    "no_create_complete": ["--no-create-info", "--complete-insert"],
    "plainest": ["--compact", "--no-create-info", "--complete-insert"],
    "replace": ["--replace"],
    "rows": ["--extended-insert=FALSE"],
    "skip_comments": ["--skip-comments"],
    "skip_opt": ["--skip-opt"],
    "skip_tz": ["--skip-tz-utc"],
    "sjis": ["--default-character-set=sjis"],
}
"""Options of mariadb-dump. gbk has no ä, and sjis no é either: the server itself wrote ? there."""
POSTGRES = {
    "default": [],
    "column_inserts": ["--column-inserts"],
    "conflict": ["--inserts", "--on-conflict-do-nothing"],
    "custom": ["--format=custom"],
    "data_only": ["--data-only"],
    "inserts": ["--inserts"],
    "latin1": ["--encoding=LATIN1"],
    "no_comments": ["--no-comments", "--no-owner", "--no-privileges"],
    "quoted": ["--quote-all-identifiers"],
    "rows": ["--inserts", "--rows-per-insert=3"],
    "tar": ["--format=tar"],
    "unescaped": ["--inserts"],
}  # fmt: skip


def unquoted(dump: bytes) -> bytes:
    """As MySQL's --skip-quote-names has it; MariaDB's own program fails with it on a column named ``key``."""
    return b"".join(
        line if line.startswith(b"(") else line.replace(b"`", b"") for line in dump.splitlines(keepends=True)
    )


def on_one_line(dump: bytes) -> bytes:
    """As MySQL writes it: MariaDB's program begins a line with each row since 10.7."""
    return dump.replace(b" VALUES\n(", b" VALUES (").replace(b"),\n(", b"),(")


def statements(kind: str) -> str:
    """The database as SQL for either server."""
    quote = "`" if kind == "mysql" else '"'
    lines = ["SET NAMES utf8mb4;", "SET time_zone='+00:00';"] if kind == "mysql" else [_NEW_SCHEMA]
    charset = " CHARACTER SET utf8mb4" if kind == "mysql" else ""
    for table, columns in TABLES.items():
        made = ", ".join(f"{quote}{name}{quote} {_KINDS[kind][of]}" for name, of in columns.items())
        lines.append(f"CREATE TABLE {quote}{table}{quote} ({made}){charset};")
        for row in ROWS[table]:
            cells = ", ".join(_cell(row[name], kind) for name in columns)
            lines.append(f"INSERT INTO {quote}{table}{quote} VALUES ({cells});")
    return "\n".join(lines) + "\n"


def _cell(cell: Cell, kind: str) -> str:
    if isinstance(cell, bool) or cell is None:
        return str(cell).lower() if cell is not None else "NULL"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, bytes):
        return f"0x{cell.hex()}" if kind == "mysql" else f"'\\x{cell.hex()}'"
    text = cell.replace("\\", "\\\\").replace("\r", "\\r") if kind == "mysql" else cell
    return "'" + text.replace("'", "''") + "'"


def main() -> None:
    """Write every file anew."""
    socket, dsn = f"--socket={os.environ['SOCKET']}", os.environ["DSN"]
    client = ["mariadb", socket, "--user=root", "--default-character-set=utf8mb4"]
    _run_with([*client, "-e", f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}"])
    _run_with([*client, DATABASE], statements("mysql").encode())
    for name, options in MYSQL.items():
        (REAL / f"mysql_{name}.sql").write_bytes(
            _run_with(["mariadb-dump", socket, "--user=root", *options, DATABASE])
        )  # fmt: skip
    default, plainest = ((REAL / f"mysql_{name}.sql").read_bytes() for name in ("default", "plainest"))
    (REAL / "mysql_no_quotes.sql").write_bytes(unquoted(default))
    (REAL / "mysql_one_line.sql").write_bytes(on_one_line(default))
    (REAL / "mysql_plainest.sql").write_bytes(on_one_line(unquoted(plainest)))
    _run_with(["psql", "-q", "-v", "ON_ERROR_STOP=1", dsn], statements("postgres").encode())
    for name, options in POSTGRES.items():
        strings = "off" if name == "unescaped" else "on"
        env: Any = os.environ | {"PGOPTIONS": f"-c standard_conforming_strings={strings}"}
        (REAL / f"postgres_{name}.sql").write_bytes(_run_with(["pg_dump", *options, dsn], env=env))


def _run_with(command: list[str], text: bytes = b"", env: Any = None) -> bytes:
    return subprocess.run(command, input=text, env=env, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    main()
