"""Import DAG files under the Airflow of the interpreter that runs this, so that only Airflow itself can make one fail.

It stands alone, since the target's interpreter has no migrator. Variables, connections, credentials and environment
variables are stubbed; so is each module that is neither Airflow's nor below the folder, since no rewrite can bring it.
A file is loaded in a fork of its own, so that none sees another's leftovers. With ``--any-airflow`` Airflow itself is a
stub that takes anything: a file that fails even so does it for a reason of its own.

``python stubbed_load.py [--any-airflow] ROOT PATH... < FILES``: one JSON object a file on stdout (``file``, ``error``).
PATHs, and the files, are below ROOT.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import logging
import os
import re
import sys
import types
import warnings
from pathlib import Path
from unittest import mock

ROOT = ""
ANY_AIRFLOW = False
FORM = None
ATTEMPTS = 20
WARM = (
    "airflow.operators.python",
    "airflow.providers.cncf.kubernetes.operators.pod",
    "airflow.providers.docker.operators.docker",
    "airflow.providers.google.cloud.operators.bigquery",
    "airflow.providers.google.cloud.operators.dataproc",
    "pandas",
)
SECONDS = 60


class Anything(str):
    """A variable of any form: a text, and a dictionary of any key."""

    __slots__ = ()

    def __getitem__(self, key):
        return Anything("1") if isinstance(key, str) else super().__getitem__(key)

    def __setitem__(self, key, value):
        pass

    def __iter__(self):
        return iter([Anything("1")])

    def get(self, _key=None, default=None):
        return Anything("1") if default is None else default

    pop = get

    def update(self, *args, **kwargs):
        pass

    def setdefault(self, _key, default=None):
        return default

    def keys(self):
        return ["x"]

    def values(self):
        return [Anything("1")]

    def items(self):
        return [("x", Anything("1"))]


class StubClass(type):
    """A class that takes anything and has any attribute; one that inherits of it stays a class of its own."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return mock.MagicMock()

    def __call__(cls, *args, **kwargs):
        plain = ANY_AIRFLOW or cls.__mro__[1:] == (object,)
        return mock.MagicMock() if plain else super().__call__(*args, **kwargs)


class StubModule(types.ModuleType):
    """A module of which every name is a stubbed class."""

    __path__ = ()

    def __call__(self, *args, **kwargs):
        return mock.MagicMock()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        made = StubClass(name, (), {"__init__": lambda self, *args, **kwargs: None})
        setattr(self, name, made)
        return made


class AnyAirflow(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """First on the path: an Airflow of which every name takes anything."""

    def find_spec(self, name, path, target=None):
        known = name.partition(".")[0] == "airflow"
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if known else None

    def create_module(self, spec):
        return StubModule(spec.name)

    def exec_module(self, module):
        pass


class Last(AnyAirflow):
    """Last on the path: a module elsewhere below the folder, as the code's own path would find it, or else a stub."""

    def find_spec(self, name, path, target=None):
        importer = _importer()
        if name.partition(".")[0] == "airflow" or not importer.startswith(ROOT):
            return None
        if "." not in name and (home := _home(name, importer)):
            sys.path.append(home)
            return importlib.machinery.PathFinder.find_spec(name, [home])
        return importlib.machinery.ModuleSpec(name, self, is_package=True)


def _importer() -> str:
    """The file of the code that imports."""
    frame = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith("<frozen importlib") and file != __file__:
            return file
        frame = frame.f_back
    return ""


def _home(name: str, importer: str) -> str | None:
    """The folder of a module of that name that is nearest to the importing file; packages come first."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        near = len(os.path.commonpath([folder, importer]))
        if name in folders and any(Path(folder, name).glob("*.py")):
            found.append((True, near, folder))
        elif f"{name}.py" in files and not _asks_for_itself(Path(folder, f"{name}.py"), name):
            found.append((False, near, folder))
    return max(found)[2] if found else None


def _asks_for_itself(path: Path, name: str) -> bool:
    """Whether a module imports one of its own name, which is somebody else's then."""
    text = path.read_text(errors="replace")
    return f"from {name} import" in text or f"import {name}\n" in text


def _warm_up() -> None:
    """Import what most files do once, rather than in each fork."""
    for name in WARM:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _stub() -> None:
    """Stand in for what an environment holds."""
    import google.auth
    from airflow.hooks.base import BaseHook
    from airflow.models import Connection, Variable
    from google.auth.credentials import AnonymousCredentials

    def variable(_key, default_var=None, deserialize_json=False, **_):
        if FORM:
            return FORM()
        return Anything("1") if deserialize_json else "1" if default_var is None else default_var

    def connection(_class, conn_id):
        given = dict.fromkeys(("conn_type", "host", "schema", "login", "password"), "x")
        return Connection(conn_id=conn_id, port=1, extra="{}", **given)

    Variable.get = staticmethod(variable)
    BaseHook.get_connection = classmethod(connection)
    google.auth.default = lambda *_, **__: (AnonymousCredentials(), "x")


def _loaded(path: str) -> str:
    """Why a file does not load; empty where it does. Environment variables that it asks for are given."""
    for _ in range(ATTEMPTS):
        try:
            spec = importlib.util.spec_from_file_location("loaded_file", path)
            spec.loader.exec_module(importlib.util.module_from_spec(spec))
        except BaseException as error:  # noqa: BLE001 - a DAG file may raise anything, SystemExit too
            name = str(error).strip("'")
            if not isinstance(error, KeyError) or not re.fullmatch(r"[A-Z][A-Z0-9_]+", name) or name in os.environ:
                return f"{type(error).__name__}: {str(error)[:200]}"
            os.environ[name] = "1"
        else:
            return ""
    return "it asks for too many environment variables"


def _in_some_form(path: str) -> str:
    """Why a file does not load, whether variables are texts or take anything: nobody knows what they hold."""
    error = _in_a_fork(path)
    return error and (_in_a_fork(path, mock.MagicMock) and error)


def _in_a_fork(path: str, form: type | None = None) -> str:
    import signal

    reader, writer = os.pipe()
    if os.fork() == 0:
        global FORM  # noqa: PLW0603
        FORM = form
        signal.alarm(SECONDS)
        os.write(writer, _loaded(path).encode("utf-8", "replace") or b"\0")
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read()
    os.wait()
    return said.decode("utf-8", "replace").strip("\0") if said else f"it did not end within {SECONDS} s"


def main() -> None:
    global ROOT, ANY_AIRFLOW  # noqa: PLW0603
    ANY_AIRFLOW = "--any-airflow" in sys.argv
    root, *paths = [one for one in sys.argv[1:] if not one.startswith("--")]
    ROOT = str(Path(root).resolve())
    files = [line for line in sys.stdin.read().split("\n") if line]
    answers = os.dup(1)
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    sys.path[:0] = [str(Path(ROOT, name)) for name in paths]
    sys.modules["pyodbc"] = StubModule("pyodbc")  # its wheel wants a library of the system
    if ANY_AIRFLOW:
        sys.meta_path.insert(0, AnyAirflow())
    else:
        _warm_up()
        _stub()
    sys.meta_path.append(Last())
    with os.fdopen(answers, "w") as out:
        for file in files:
            error = _in_some_form(str(Path(ROOT, file)))
            print(json.dumps({"file": file, "error": error}), file=out, flush=True)


if __name__ == "__main__":
    main()
