"""A folder and a snapshot of an estate that means harm, made anew by each test that wants one."""

from __future__ import annotations

import gzip
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tests.hostile.texts import ALL, CANARY, NAMES, NO_UTF8, PACKAGES, TEXTS
from tests.inventory.snapshot.dumps import CONNECTION, DAG, KEY, RUN, insert_form, sealed, tables
from tests.inventory.snapshot_of import environment
from tests.planted import estate as planted

if TYPE_CHECKING:
    from pathlib import Path

RUNS_IF_IMPORTED = "open({canary!r}, 'w').close()\n"
CODE = """\
from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash_operator import BashOperator
from airflow.operators.dagrun_operator import TriggerDagRunOperator
from airflow.sensors.external_task_sensor import ExternalTaskSensor
from airflow.utils.dates import days_ago

# {comment}
dag = DAG({id}, description={text}, schedule_interval={schedule}, start_date=days_ago(1), catchup=False, doc_md={text},
          tags=[{text}, {id}], default_args={{"owner": {owner}, "queue": {text}}}, params={{{text}: {text}}})
BashOperator(task_id={text}, bash_command={text}, pool={text}, env={{{text}: {text}}}, xcom_push=True, dag=dag)
ExternalTaskSensor(task_id="wait", external_dag_id={other}, external_task_id={text}, dag=dag)
TriggerDagRunOperator(task_id="go", trigger_dag_id={other}, dag=dag)
BashOperator(task_id={id}, bash_command=Variable.get({text}), http_conn_id={text}, dag=dag)
"""
IDS = tuple(dict.fromkeys((*planted.IDS, *(one for one in (*NAMES, *ALL[::3]) if one.strip()))))
FILE_NAMES = (
    b"--help.py", b"-rf.py", b"caf\xe9.py", b"\xff\xfe", b"Case.py", b"case.py", b" .py", b"a b.py", b"a-b.py",
    b"a\nevilline\n# evilheading.py", b"\x1b[31mevil.py", b"\xe2\x80\xaeevil.py",
    b"a\xc2\x85evilline.py", b"a\revilline.py",
    b"<img src=x onerror=window.evil=1>.py", b"](javascript:window.evil=1).py", b"a|evilcell|b.py", b"``evil`.py",
    b"`touch evil_canary`.py", b"$(touch evil_canary).py", b"';touch evil_canary;'.py",
    b"a\\b.py", b"C:evil.py", b"*.py",
    b"#evil?x=%2e%2e%2f.py", b"json.py", b"conftest.py", b"sitecustomize.py", b"setup.py", b"x" * 252 + b".py",
    "é".encode() * 126 + b".py", b"CON.py", b"=evil().py", b"{{ evil }}.py", b"__init__.py",
)  # fmt: skip
IGNORED = "(a+)+$\n[\n*\n\\\n(?P<evil>x)\n"


def folder(root: Path, canary: Path) -> Path:
    """A copy of a bucket, with what no bucket holds but a disk does."""
    dags = root / "dags"
    for number, dag_id in enumerate(IDS):
        _write(dags / f"team_{number % 7}" / f"d{number:03}.py", source(number, dag_id, canary))
    _write(dags / "etl.py", planted.FILES["dags/etl.py"])
    _write(dags / "later.py", planted.FILES["dags/later.py"])
    for number, name in enumerate(FILE_NAMES):
        _write(dags / "names" / os.fsdecode(name), short(number, canary))
    _write(dags / "dir.py" / "inner.py", source(0, "inner", canary))
    _write(dags / "dir.py" / "dir.py" / "__init__.py", b"")
    _write(dags / ("f" * 255) / "deep.py", source(0, "deep", canary))
    _write(dags / "nul.py", b"x = '\0'\nfrom airflow import DAG\n")
    _write(dags / "latin.py", b"# -*- coding: latin-1 -*-\nx = 'caf\xe9'\nfrom airflow import DAG\nDAG('latin')\n")
    _write(dags / "wrong.py", b"# -*- coding: evil\x1b[31m -*-\nfrom airflow import DAG\nDAG('wrong')\n")
    _write(dags / "bytes.py", b"from airflow import DAG\nDAG('\xff\xfe')\n")
    _write(dags / "raw.py", _raw().encode())
    _write(dags / "broken.py", b"from airflow import DAG\ndef <script>window.evil=1</script>(\n\x1b[31m")
    _write(dags / "brackets.py", b"from airflow import DAG\nx = " + b"[" * 5000 + b"]" * 5000)
    _write(dags / "minus.py", b"from airflow import DAG\nx = " + b"-" * 20000 + b"1\n")
    _write(dags / "huge.py", f"from airflow import DAG\nDAG('huge', description={'evil ' * 200_000!r})\n".encode())
    _write(dags / ".airflowignore", IGNORED.encode())
    _write(dags / "q.sql", b"select '{{ execution_date }} \x1b[31mevil' {% evil")
    _write(root / "plugins" / "evil.py", source(1, "plugin", canary))
    _write(root / "plugins" / "evilpkg" / "setup.py", RUNS_IF_IMPORTED.format(canary=str(canary)).encode())
    _write(root.with_name("outside") / "secret.py", b"SECRET = 'evil_outside'\n")
    (dags / "leads_out.py").symlink_to(root.with_name("outside") / "secret.py")
    (dags / "leads_out").symlink_to(root.with_name("outside"))
    (dags / "nowhere.py").symlink_to("nothing")
    (dags / "itself.py").symlink_to("itself.py")
    (dags / "round").symlink_to(dags)
    os.mkfifo(dags / "pipe.py")
    os.mkfifo(root / "plugins" / "pipe.py")
    return root


def source(number: int, dag_id: str, canary: Path) -> bytes:
    """A DAG that is full of such texts, and code that tells when it was run."""
    text, comment, owner = (ascii(ALL[(3 * number + step) % len(ALL)]) for step in (0, 1, 2))
    before = IDS[number - 1] if len(planted.IDS) < number < len(IDS) else "gone"
    schedule = (text, '"0 3 * * *"', "None")[number % 3]
    code = CODE.format(id=ascii(dag_id), text=text, other=ascii(before), owner=owner,
                       schedule=schedule, comment=comment)  # fmt: skip
    return (code + RUNS_IF_IMPORTED.format(canary=str(canary))).encode()


def short(number: int, canary: Path) -> bytes:
    """A DAG of two lines, and the same code."""
    text = ascii(ALL[number % len(ALL)])
    code = f"from airflow import DAG\nDAG('named_{number}', default_args={{'owner': {text}}}, schedule_interval=None)\n"
    return (code + RUNS_IF_IMPORTED.format(canary=str(canary))).encode()


def _raw() -> str:
    """The texts as they are, in comments and strings of code that is changed and in findings."""
    lines = [one.replace("\n", " ").replace("\r", " ") for one in TEXTS]
    body = "".join(f"from airflow.contrib.hooks.bigquery_hook import BigQueryHook  # {one}\n" for one in lines[:40])
    return body + "".join(f"x = days_ago(1)  # {one}\n" for one in lines) + "DAG = '''" + "\n".join(MULTI) + "'''\n"


MULTI = ("evilline", "# evilheading", "<script>window.evil=1</script>", "```", "</details>")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # a name that this disk does not take
        path.write_bytes(data)


def snapshot(root: Path, canary: Path) -> Path:
    """The folder with a dump of MySQL, which holds every text, and with the settings of its environment."""
    made = folder(root / "lab_local_v1_2026-11-25T16-00-00", canary)
    text = insert_form(rows(), mysql=True).replace("'t'", "1").replace("'f'", "0").replace("00+00'", "00'")
    (made / "airflow-database.mysql.sql.gz").write_bytes(gzip.compress(text.encode("utf-8", "surrogateescape")))
    for pipe in ("a-database", "a-fernet-key.json", "a/environment.json"):
        (made / pipe).parent.mkdir(exist_ok=True)
        os.mkfifo(made / pipe)
    (made / "fernet-key.json").write_text(json.dumps({"data": {"fernet_key": KEY}}))
    (made / "environment.json").write_text(json.dumps(settings(made)))
    return made


def settings(root: Path) -> dict[str, Any]:
    """What the Composer API says of the environment."""
    found = environment("composer-1.20.12-airflow-1.10.15")
    software = found["config"]["softwareConfig"]
    packages = {name: spec.replace("{evilpkg}", f"file://{root}/plugins/evilpkg") for name, spec in PACKAGES.items()}
    software |= {"airflowConfigOverrides": overrides(), "envVariables": env_variables(), "pypiPackages": packages}
    return found


def overrides() -> dict[str, str]:
    """An override for each text, by a name that says nothing and by the text."""
    paused = {"core-dags_are_paused_at_creation": "True"}
    return paused | {f"core-s{number}": one for number, one in enumerate(TEXTS)} | {f"core-{one}": "1" for one in TEXTS}


def env_variables() -> dict[str, str]:
    """The same of environment variables."""
    return {f"S{number}": one for number, one in enumerate(TEXTS)} | {one: "1" for one in TEXTS if one}


DEEP = "[" * 100_000 + "]" * 100_000


def rows() -> dict[str, list[dict[str, str | None]]]:
    """A database whose every text is one of these."""
    clean = [one for one in ALL if "\ud800" not in one]
    files = [f"/home/airflow/gcs/dags/team_{number % 7}/d{number:03}.py" for number in range(len(IDS))]
    ids = [one for one in IDS if "\ud800" not in one]
    variables = [
        {"id": str(n), "key": one or "empty", "val": sealed("evil") if n % 2 else one, "is_encrypted": "ft"[n % 2],
         "description": one}
        for n, one in enumerate([*clean, *NAMES, DEEP])
    ]  # fmt: skip
    connections = [
        CONNECTION
        | {"id": str(n), "conn_id": one, "conn_type": one, "host": one, "schema": one, "login": one, "extra": one}
        for n, one in enumerate([*clean, *NAMES])
    ] + [CONNECTION | {"id": "9999", "conn_id": "deep", "extra": DEEP}]
    dags = [
        DAG | {"dag_id": one, "description": clean[n % len(clean)], "owners": clean[-n % len(clean)],
               "fileloc": files[n] if n % 9 else f"/home/airflow/gcs/dags/../../{one}",
               "schedule_interval": json.dumps(clean[n % len(clean)], ensure_ascii=True)}
        for n, one in enumerate(ids)
    ]  # fmt: skip
    stored = [
        {"dag_id": one, "fileloc": files[n], "data": json.dumps(_serialized(one, clean[n % len(clean)]))}
        for n, one in enumerate(ids[::2])
    ] + [{"dag_id": "deep", "fileloc": files[0], "data": DEEP}]
    runs = [
        RUN | {"id": str(n), "dag_id": ids[n % len(ids)], "run_id": f"manual__{one}", "conf": DEEP if n == 3 else None,
               "execution_date": f"2026-11-24 {n // 60:02}:{n % 60:02}:00+00", "state": one if n % 5 == 0 else "failed"}
        for n, one in enumerate(clean)
    ]  # fmt: skip
    errors = [
        {"id": str(n), "filename": f"/home/airflow/gcs/dags/{one}", "stacktrace": f"Traceback\n{one}\n{one}"}
        for n, one in enumerate(clean)
    ]
    pools = [{"id": str(n), "pool": one, "slots": "3", "description": one} for n, one in enumerate([*clean, *NAMES])]
    tags = [{"dag_id": one, "name": clean[n % len(clean)]} for n, one in enumerate(ids)]
    return tables(variable=variables, connection=connections, dag=dags, dag_run=runs, import_error=errors,
                  slot_pool=pools, serialized_dag=stored, dag_tag=tags)  # fmt: skip


def _serialized(dag_id: str, text: str) -> dict[str, Any]:
    task = {"task_id": text or "t", "_task_type": text, "_task_module": text, "pool": text, "queue": text,
            "doc_md": text, "trigger_rule": text, "_downstream_task_ids": [text], "label": NO_UTF8[1]}  # fmt: skip
    return {
        "__version": 1,
        "dag": {"_dag_id": dag_id, "fileloc": "/home/airflow/gcs/dags/etl.py", "timezone": "UTC", "tasks": [task],
                "schedule_interval": text, "_description": text, "doc_md": text, "params": {text: text},
                "default_args": {"__var": {"owner": text}, "__type": "dict"}, "catchup": False, "tags": [text]},
    }  # fmt: skip


__all__ = ["CANARY", "folder", "snapshot"]
