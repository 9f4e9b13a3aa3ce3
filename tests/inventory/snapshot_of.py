"""Snapshots as Composer saves them, of a real Airflow: its own dump, in the form of either database."""

from __future__ import annotations

import gzip
import json
import subprocess
from typing import TYPE_CHECKING, Any

from migrator.lab import postgres as lab_postgres

if TYPE_CHECKING:
    from pathlib import Path

    from tests.airflows import Airflow

NAME = "lab_local_v1_2026-11-25T16-00-00"
_COLUMNS = """
    from sqlalchemy import inspect
    with agent.transaction() as session:
        inspector = inspect(session.bind)
        result = {name: [(c["name"], str(c["type"])) for c in inspector.get_columns(name)]
                  for name in inspector.get_table_names()}
"""
_ROWS = """
    with agent.transaction() as session:
        found = session.execute(agent._sql('SELECT * FROM "%s"' % values["table"]))
        result = []
        for row in found:
            cells = []
            for cell in row:
                if isinstance(cell, (bytes, memoryview)):
                    cells.append("0x" + bytes(cell).hex())
                elif hasattr(cell, "astimezone"):
                    cells.append("'%s'" % cell.astimezone(agent.dt.timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f"))
                elif isinstance(cell, (dict, list)):
                    cells.append(agent.json.dumps(cell))
                else:
                    cells.append(cell)
            result.append(cells)
"""


def pg_dump(airflow: Airflow, *options: str) -> bytes:
    uri = airflow.env.get("AIRFLOW__CORE__SQL_ALCHEMY_CONN") or airflow.env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    command = [str(lab_postgres.binaries() / "pg_dump"), *options, uri]
    return subprocess.run(command, check=True, capture_output=True).stdout


def mysql_dump(airflow: Airflow) -> bytes:
    """What mysqldump writes for the same rows, since no MySQL runs here: its form is in the manual, chapter 4.5.4."""
    lines = ["-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)", ""]
    lines += ["/*!50503 SET NAMES utf8mb4 */;", "/*!40103 SET TIME_ZONE='+00:00' */;", ""]
    for table, columns in sorted(airflow.python(_COLUMNS).items()):
        lines += [f"CREATE TABLE `{table}` (", *(f"  `{name}` {kind.lower()}," for name, kind in columns)]
        lines += ["  PRIMARY KEY (`id`)", ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;", f"LOCK TABLES `{table}` WRITE;"]
        rows = airflow.python(_ROWS, table=table)
        if rows:
            texts = ["(" + ",".join(map(_mysql, row)) + ")" for row in rows]
            lines.append(f"INSERT INTO `{table}` VALUES {','.join(texts)};")
        lines.append("UNLOCK TABLES;")
    return "\n".join([*lines, "-- Dump completed on 2026-11-25 16:00:00", ""]).encode()


def _mysql(cell: Any) -> str:
    if cell is None:
        return "NULL"
    if isinstance(cell, bool | int | float):
        return str(int(cell) if isinstance(cell, bool) else cell)
    if cell.startswith(("0x", "'")):
        return cell
    pairs = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0", "\x1a": "\\Z"}
    return "'" + "".join(pairs.get(sign, sign) for sign in cell) + "'"


def save(airflow: Airflow, root: Path, dump: bytes, *, kind: str = "postgres", image: str = "") -> Path:
    """The folder of a snapshot of the environment, with that dump."""
    folder = root / NAME
    (folder / "dags").mkdir(parents=True)
    for path in sorted(airflow.dags.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.name != "composer_migrator_agent.py":
            place = folder / "dags" / path.relative_to(airflow.dags)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    (folder / f"airflow-database.{kind}.sql.gz").write_bytes(gzip.compress(dump))
    (folder / "airflow-fernet-key.txt").write_text(airflow.env["AIRFLOW__CORE__FERNET_KEY"])
    (folder / "environment.json").write_text(
        json.dumps(environment(image or f"composer-1.20.12-airflow-{airflow.version}"))
    )
    return folder


def environment(image: str) -> dict[str, Any]:
    return {
        "name": "projects/lab/locations/local/environments/v1",
        "state": "RUNNING",
        "config": {"dagGcsPrefix": "gs://lab-v1/dags", "softwareConfig": {"imageVersion": image}},
    }
