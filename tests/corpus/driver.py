"""Runs inside a real Airflow (1.10.15 or 2): load each DAG file in a process of its own, as a DagBag does.

stdin: ``{"files": [path], "jobs": n, "seconds": n, "warm": [package]}``; stdout: one JSON object a file,
``{"path", "error", "dags"}``. ``error`` is None or the traceback. It runs on Python 3.8 too.
"""

import gc
import importlib
import json
import os
import pkgutil
import selectors
import signal
import sys
import time
import traceback
import warnings
from pathlib import Path


def main():
    request = json.load(sys.stdin)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what files print is not an answer
    _warm(request["warm"])
    gc.freeze()  # what the children share is not written to by a collection in one of them
    waiting, running = list(reversed(request["files"])), {}
    selector = selectors.DefaultSelector()
    while waiting or running:
        while waiting and len(running) < request["jobs"]:
            path = waiting.pop()
            pid, reader = _start(path)
            running[reader] = [pid, path, time.monotonic() + request["seconds"], b""]
            selector.register(reader, selectors.EVENT_READ)
        for key, _ in selector.select(0.2):
            data = os.read(key.fd, 1 << 20)
            running[key.fd][3] += data
            if not data:
                _finish(selector, running, key.fd, answers)
        for reader in [r for r, one in running.items() if one[2] < time.monotonic()]:
            os.kill(running[reader][0], signal.SIGKILL)
            running[reader][3] = json.dumps({"error": "TimeoutError: it did not load in time", "dags": {}}).encode()
            _finish(selector, running, reader, answers)


def _finish(selector, running, reader, answers):
    pid, path, _, data = running.pop(reader)
    selector.unregister(reader)
    os.close(reader)
    _, status = os.waitpid(pid, 0)
    dead = {"error": f"SystemError: the process ended with status {status}", "dags": {}}
    answer = json.loads(data) if data else dead
    answers.write(json.dumps({"path": path, **answer}) + "\n")
    answers.flush()


def _start(path):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    os.close(reader)
    code = 1
    try:
        answer = json.dumps(_load(path)).encode()
        while answer:
            answer = answer[os.write(writer, answer) :]
        code = 0
    finally:
        os._exit(code)


def _warm(packages):
    """Import what most files need, so that no child pays for it."""
    for package in packages:
        try:
            folder = importlib.import_module(package)
        except ImportError:
            continue
        for module in pkgutil.iter_modules(getattr(folder, "__path__", []), package + "."):
            if not module.ispkg:
                try:
                    importlib.import_module(module.name)
                except Exception:  # noqa: BLE001 - not all of them have what they need
                    traceback.print_exc(limit=0)


def _load(path):
    from airflow.models import DagBag

    warnings.simplefilter("ignore")
    try:
        bag = DagBag(os.devnull, include_examples=False)
        bag.process_file(path, only_if_updated=False, safe_mode=False)
        if bag.import_errors:
            return {"error": _traceback(path, bag), "dags": {}}
        return {"error": None, "dags": {name: _structure(dag) for name, dag in bag.dags.items()}}
    except BaseException:  # noqa: BLE001 - whatever a file raises is the answer
        return {"error": traceback.format_exc(), "dags": {}}


def _traceback(path, bag):
    """The whole traceback; 1.10 keeps only the message, so the file is run again there."""
    text = "\n".join(bag.import_errors.values())
    if "Traceback" in text:
        return text
    try:
        code = compile(Path(path).read_bytes(), path, "exec")
        exec(code, {"__name__": "again", "__file__": path})
    except BaseException:  # noqa: BLE001
        return traceback.format_exc()
    return text


def _structure(dag):
    """What must be the same before and after, in terms that both Airflows share."""
    _serialized(dag)
    return {
        "schedule": _schedule(dag),
        "start_date": _moment(dag.start_date),
        "end_date": _moment(dag.end_date),
        "catchup": bool(dag.catchup),
        "tasks": {task.task_id: _task(task) for task in dag.tasks},
    }


def _task(task):
    return {
        "type": type(task).__name__,
        "downstream": sorted(task.downstream_task_ids),
        "start_date": _moment(task.start_date),
        "trigger_rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
        "retries": task.retries,
        "depends_on_past": bool(task.depends_on_past),
        "pool": task.pool,
    }


def _serialized(dag):
    """Airflow 2 shows an import error for a DAG that can't be serialized, so that counts as not loaded."""
    try:
        from airflow.serialization.serialized_objects import SerializedDAG
    except ImportError:
        return
    SerializedDAG.to_dict(dag)


def _schedule(dag):
    value = getattr(dag, "schedule_interval", None)
    try:
        from airflow.utils.dates import cron_presets

        value = cron_presets.get(value, value)
    except TypeError:
        pass
    return None if value is None else str(value)


def _moment(value):
    if value is None:
        return None
    from airflow.utils import timezone

    return timezone.convert_to_utc(value).isoformat()


if __name__ == "__main__":
    main()
