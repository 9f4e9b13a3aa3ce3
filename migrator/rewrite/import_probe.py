"""Import DAG files one by one, as a DagBag would, and say what became of each. Runs under the target's interpreter.

It stands alone, since the target's interpreter has no migrator: a request is one JSON object on stdin
(``root``, ``files`` below it, ``seconds`` for each), an answer one JSON object a line on stdout
(``file``, ``ok``, and ``error``, ``line`` of the file, ``dags`` where they are known).
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import signal
import sys
import traceback
import warnings
from pathlib import Path


def main() -> None:
    """Warm up once, then fork for each file, so that no file sees another's leftovers."""
    request = json.load(sys.stdin)
    answers, sys.stdout = sys.stdout, sys.stderr
    sys.path.insert(0, request["root"])
    warnings.simplefilter("ignore")
    _warm_up()
    for name in request["files"]:
        print(json.dumps(_in_a_fork(request["root"], name, request["seconds"])), file=answers, flush=True)


def _warm_up() -> None:
    """Import Airflow, and give it an empty database: some files read Variables when they are imported."""
    from airflow.models import dag  # noqa: F401, PLC0415
    from airflow.utils import db  # noqa: PLC0415

    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):  # noqa: PTH123
        db.initdb()


def _in_a_fork(root: str, name: str, seconds: int) -> dict[str, object]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.signal(signal.SIGALRM, _late)
        signal.alarm(seconds)
        with os.fdopen(writer, "w") as out:
            out.write(json.dumps(_import(root, name)))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {"file": name, "ok": False, "error": "the interpreter died", "line": None}


def _late(number: int, frame: object) -> None:  # noqa: ARG001
    raise TimeoutError("it did not end in time")


def _import(root: str, name: str) -> dict[str, object]:
    from airflow.models.dag import DAG  # noqa: PLC0415

    path = str(Path(root) / name)
    spec = importlib.util.spec_from_file_location("probed_" + "".join(c if c.isalnum() else "_" for c in name), path)
    assert spec is not None  # noqa: S101 - a .py file always has one
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:  # noqa: BLE001 - whatever a file raises is the answer
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
        line = lines[-1] if lines else getattr(error, "lineno", None)
        return {"file": name, "ok": False, "error": f"{type(error).__name__}: {error}", "line": line}
    dags = sorted({value.dag_id for value in vars(module).values() if isinstance(value, DAG)})
    return {"file": name, "ok": True, "dags": dags}


if __name__ == "__main__":
    main()
