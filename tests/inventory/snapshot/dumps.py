"""Small dumps by hand, in both dialects."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet

KEY = "cFRJQ0pfX2RZb0xXM0pGSE1BQ1VCWGZQVTh6ZFRXMjA="
PG_END = "--\n-- PostgreSQL database dump complete\n--\n"
RUN = {"id": "1", "dag_id": "d", "execution_date": "2026-11-24 00:00:00+00", "state": "success", "conf": None,
       "run_id": "scheduled__2026-11-24T00:00:00+00:00", "external_trigger": "f", "start_date": None, "end_date": None,
       }  # fmt: skip
DAG = {"dag_id": "d", "is_paused": "f", "is_subdag": "f", "is_active": "t", "fileloc": "/home/airflow/gcs/dags/d.py",
       "owners": "me", "description": None, "schedule_interval": '"@daily"'}  # fmt: skip
CONNECTION = {"id": "1", "conn_id": "c", "conn_type": "http", "host": "h", "schema": None, "login": "me", "port": "80",
              "password": None, "extra": None, "is_encrypted": "f", "is_extra_encrypted": "f"}  # fmt: skip


def sealed(text: str, key: str = KEY) -> str:
    return Fernet(key).encrypt(text.encode()).decode()


def tables(**more: Any) -> dict[str, list[dict[str, str | None]]]:
    """A database with one of each thing."""
    variable = {"id": "1", "key": "k", "val": sealed("s3cret"), "is_encrypted": "t"}
    return {
        "alembic_version": [{"version_num": "03afc6b6f902"}],
        "connection": [CONNECTION | {"password": sealed("pa55"), "is_encrypted": "t"}],
        "dag": [DAG],
        "dag_run": [RUN],
        "log": [{"id": "1", "event": "x'); INSERT INTO variable VALUES (9,'planted"}],
        "slot_pool": [{"id": "1", "pool": "default_pool", "slots": "128", "description": "d"}],
        "variable": [variable],
        **more,
    }


def copy_form(content: dict[str, list[dict[str, str | None]]]) -> str:
    lines = ["-- PostgreSQL database dump", ""]
    for table, rows in content.items():
        columns = list(rows[0]) if rows else ["id"]
        lines.append(f"COPY public.{table} ({', '.join(columns)}) FROM stdin;")
        lines += ["\t".join(escaped(row[name]) for name in columns) for row in rows]
        lines += ["\\.", ""]
    return "\n".join(lines) + "\n" + PG_END


def escaped(text: str | None) -> str:
    if text is None:
        return "\\N"
    pairs = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
    return "".join(pairs.get(sign, sign) for sign in text)


def insert_form(content: dict[str, list[dict[str, str | None]]], *, mysql: bool) -> str:
    quote = "`" if mysql else ""
    lines = ["-- MySQL dump 10.13" if mysql else "-- PostgreSQL database dump"]
    for table, rows in content.items():
        columns = list(rows[0]) if rows else ["id"]
        lines += [f"CREATE TABLE {quote or 'public.'}{table}{quote} ("]
        lines += [f"  {quote}{name}{quote} text," for name in columns] + ["  PRIMARY KEY (id)", ");"]
        literals = [f"({','.join(literal(row[name], mysql=mysql) for name in columns)})" for row in rows]
        target = f"`{table}`" if mysql else f"public.{table}"
        joined = [",".join(literals)] if mysql else literals
        lines += [f"INSERT INTO {target} VALUES {one};" for one in joined if one]
    return "\n".join(lines) + "\n" + ("-- Dump completed on 2026-11-25\n" if mysql else PG_END)


def literal(text: str | None, *, mysql: bool) -> str:
    if text is None:
        return "NULL"
    if mysql:
        pairs = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0", "\x1a": "\\Z"}
        return "'" + "".join(pairs.get(sign, sign) for sign in text) + "'"
    return "'" + text.replace("'", "''") + "'"
