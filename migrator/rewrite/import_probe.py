"""Load DAG files one by one as the scheduler does, and say what became of each. Runs under the target's interpreter.

It stands alone, since the target's interpreter has no migrator: a request is one JSON object on stdin
(``root``, ``files`` below it, ``seconds`` for each), an answer one JSON object a line on stdout
(``file``, ``ok``, and ``error``, ``line`` of the file, ``dags`` where they are known).

A file that the scheduler would look at goes through a DagBag, which refuses what it refuses there (a cycle, a cron that
is none, params without values), and each of its DAGs is serialized and read back. What only lies there, a helper or a
plugin, is imported.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import signal
import sys
import traceback
import warnings
from pathlib import Path

MODULE = re.compile(r"^(?:\w+\.)+(?=\w+(?::|$))")
"""Where the class of an error is defined, which its name is told without."""
FRAME = re.compile(r'^  File "(?P<path>[^"]+)", line (?P<line>\d+).*$', re.MULTILINE)


def main() -> None:
    """Warm up once, then fork for each file, so that no file sees another's leftovers."""
    request = json.load(sys.stdin)
    answers, sys.stdout = sys.stdout, sys.stderr
    sys.path.insert(0, request["root"])
    warnings.simplefilter("ignore")
    looked_at = _warm_up(request["root"])
    first: dict[str, str] = {}
    for name in request["files"]:
        as_dags = str(Path(request["root"], name)) in looked_at
        answer = _in_a_fork(request["root"], name, request["seconds"], as_dags=as_dags)
        print(json.dumps(_once(answer, first)), file=answers, flush=True)


def _warm_up(root: str) -> frozenset[str]:
    """Import Airflow, and give it an empty database, since some files read Variables; the files that it looks at."""
    from airflow.models import dagbag  # noqa: F401, PLC0415
    from airflow.serialization import serialized_objects  # noqa: F401, PLC0415
    from airflow.utils import db  # noqa: PLC0415
    from airflow.utils.file import list_py_file_paths  # noqa: PLC0415

    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):  # noqa: PTH123
        db.initdb()
        return frozenset(list_py_file_paths(root, include_examples=False))


def _once(answer: dict[str, object], first: dict[str, str]) -> dict[str, object]:
    """The answer, or that one of its DAG ids is another file's: the two would take turns in the scheduler."""
    name, dags = str(answer["file"]), answer.get("dags") or []
    taken = [dag_id for dag_id in dags if dag_id in first]  # type: ignore[attr-defined]
    first.update({dag_id: name for dag_id in dags if dag_id not in first})  # type: ignore[attr-defined]
    if not taken:
        return answer
    error = f"AirflowDagDuplicatedIdException: DAG {taken[0]} is in {first[taken[0]]} too, and one hides the other"
    return {"file": name, "ok": False, "error": error, "line": None}


def _in_a_fork(root: str, name: str, seconds: int, *, as_dags: bool) -> dict[str, object]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.signal(signal.SIGALRM, _late)
        signal.alarm(seconds)
        with os.fdopen(writer, "w") as out:
            out.write(json.dumps(_loaded(root, name, seconds, as_dags=as_dags)))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {"file": name, "ok": False, "error": "the interpreter died", "line": None}


def _late(number: int, frame: object) -> None:  # noqa: ARG001
    raise TimeoutError("it did not end in time")


def _loaded(root: str, name: str, seconds: int, *, as_dags: bool) -> dict[str, object]:
    path = str(Path(root, name))
    try:
        dags = _bagged(path, seconds) if as_dags else _imported(path, name)
    except _RefusedError as refused:
        return {"file": name, "ok": False, "error": refused.args[0], "line": refused.args[1]}
    except BaseException as error:  # noqa: BLE001 - whatever a file raises is the answer
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
        line = lines[-1] if lines else getattr(error, "lineno", None)
        return {"file": name, "ok": False, "error": f"{type(error).__name__}: {error}", "line": line}
    return {"file": name, "ok": True, "dags": dags}


class _RefusedError(Exception):
    """What Airflow says of a file, and its line."""


def _bagged(path: str, seconds: int) -> list[str]:
    """The ids of the DAGs that the scheduler would take from a file."""
    from airflow.models.dagbag import DagBag  # noqa: PLC0415

    bag = DagBag(dag_folder=os.devnull, include_examples=False)
    bag.process_file(path, only_if_updated=False)
    for told in bag.import_errors.values():
        raise _RefusedError(*_said(told, path))
    signal.alarm(seconds)  # Airflow's own time limit took the timer
    for dag_id, dag in sorted(bag.dags.items()):
        _serialized(dag_id, dag)
    return sorted(bag.dags)


def _serialized(dag_id: str, dag: object) -> None:
    """Write a DAG as the processor of files does, and read it and ask for its next run as the scheduler does."""
    from airflow.serialization.serialized_objects import SerializedDAG  # noqa: PLC0415

    try:
        written = json.loads(json.dumps(SerializedDAG.to_dict(dag)))
        SerializedDAG.from_dict(written).next_dagrun_info(None)
    except Exception as error:
        told = f"DAG {dag_id} cannot be serialized: {type(error).__name__}: {error}"
        raise _RefusedError(told, None) from error


def _said(told: str, path: str) -> tuple[str, int | None]:
    """The error of a traceback, or of the one line that Airflow made of it, and the last line of the file in it."""
    frames = list(FRAME.finditer(told))
    lines = [int(frame["line"]) for frame in frames if frame["path"] == path]
    after = told[frames[-1].end() :].splitlines() if frames else told.splitlines()
    while len(after) > 1 and (not after[0].strip() or after[0].startswith("    ")):
        after = after[1:]
    return MODULE.sub("", "\n".join(after).strip()), lines[-1] if lines else None


def _imported(path: str, name: str) -> list[str]:
    """No DAGs: it is a module; one in a package may import what is beside it."""
    dotted = name.removesuffix(".py").replace("/", ".")
    packaged = "/" in name and ".." not in name and all(part.isidentifier() for part in dotted.split("."))
    module_name = dotted if packaged else "probed_" + "".join(c if c.isalnum() else "_" for c in name)
    spec = importlib.util.spec_from_file_location(module_name, path)
    assert spec is not None  # noqa: S101 - a .py file always has one
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    return []


if __name__ == "__main__":
    main()
