"""Runs inside one Airflow, 1.10.15 or 2.10.5: imports files so that only Airflow, or Python, can make one fail.

Variables, connections, credentials and environment variables are stubbed, and so is a module that is neither Airflow's
nor anywhere in the repository: no rewrite can bring it.

usage: real_loading.py LIST OUT REPOSITORY ROOT...    prints nothing; OUT: one row a file, as JSON
"""

import importlib.abc
import importlib.machinery
import importlib.util
import json
import logging
import os
import re
import sys
import traceback
import types
import warnings
from unittest import mock

os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)


class Stub(types.ModuleType):
    """A module of which every name is a class that takes anything."""

    __path__ = []

    def __call__(self, *args, **kwargs):
        return mock.MagicMock()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        made = StubMeta(name, (), {"__init__": lambda self, *a, **k: None})
        setattr(self, name, made)
        return made


class StubMeta(type):
    """The class of such classes: whatever is asked of one is there."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return mock.MagicMock()

    def __call__(cls, *args, **kwargs):
        return mock.MagicMock() if cls.__mro__[1:] == (object,) else super().__call__(*args, **kwargs)


class StubFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Last on the path: what nothing else finds, unless it belongs to Airflow."""

    def __init__(self, repository, old):
        self.repository, self.old, self.stubbed = repository, old, []

    def find_spec(self, name, path, target=None):
        if name.split(".")[0] == "airflow":
            return None
        importing = self.importing()
        if importing is None:
            return None
        home = self.nearest(name, importing) if "." not in name else None
        if home:  # their own sys.path is not known
            sys.path.append(home)
            return importlib.machinery.PathFinder.find_spec(name, [home])
        self.stubbed.append(name)
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def importing(self):
        """The file that imports, when it is the repository's; under 1.10.15 whoever does, for its libraries' sake."""
        frame = sys._getframe(1)
        while frame is not None:
            file = frame.f_code.co_filename
            if not file.startswith("<frozen importlib") and file != __file__:
                return file if self.old or file.startswith(self.repository) else None
            frame = frame.f_back
        return None

    def nearest(self, name, importing):
        """The folder of a module of that name that is nearest to the importing file; packages come first."""
        found = []
        for folder, folders, files in os.walk(self.repository):
            if name in folders and any(f.endswith(".py") for f in os.listdir(os.path.join(folder, name))):
                found.append((True, len(os.path.commonpath([folder, importing])), folder))
            elif name + ".py" in files and os.path.join(folder, name + ".py") != importing:
                found.append((False, len(os.path.commonpath([folder, importing])), folder))
        return max(found)[2] if found else None

    def create_module(self, spec):
        return Stub(spec.name)

    def exec_module(self, module):
        pass


class Anything(str):
    """A variable of any form: a text, a list and a dictionary of any key."""

    def __new__(cls, text="1"):
        return super().__new__(cls, text)

    def __getitem__(self, key):
        return Anything() if isinstance(key, str) else super().__getitem__(key)

    def __setitem__(self, key, value):
        pass

    def get(self, key, default=None):
        return Anything() if default is None else default

    def pop(self, *_):
        return Anything()

    def append(self, *_):
        pass

    update = extend = remove = append

    def setdefault(self, key, default=None):
        return default

    def items(self):
        return [("x", Anything())]

    def keys(self):
        return ["x"]

    def values(self):
        return [Anything()]


def stub_environment():
    try:
        from airflow.hooks.base import BaseHook
    except ImportError:
        from airflow.hooks.base_hook import BaseHook
    from airflow.models import Connection, Variable

    def get(key, default_var=None, deserialize_json=False, **_):
        if deserialize_json:
            return Anything()
        return default_var if default_var is not None else "1"

    given = {"host": "x", "schema": "x", "login": "x", "password": "x", "port": 1, "extra": "{}"}
    Variable.get = staticmethod(get)
    BaseHook.get_connection = classmethod(lambda cls, conn_id: Connection(conn_id=conn_id, conn_type="x", **given))
    try:
        import google.auth
        from google.auth.credentials import AnonymousCredentials
    except ImportError:
        return
    google.auth.default = lambda *a, **k: (AnonymousCredentials(), "x")


def load(path, number, finder):
    del finder.stubbed[:]
    for _ in range(20):
        row = load_once(path, number)
        name = row.get("message", "").strip("'")
        if row["kind"] != "KeyError" or not re.match(r"[A-Z][A-Z0-9_]+$", name) or name in os.environ:
            break
        os.environ[name] = "1"
    return dict(row, path=path, stubbed=sorted(set(finder.stubbed)))


def load_once(path, number):
    try:
        spec = importlib.util.spec_from_file_location("real_%d" % number, path)
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
        return {"kind": "ok"}
    except BaseException as error:  # a DAG file may raise anything, SystemExit too
        frames = [[frame.filename, frame.lineno] for frame in traceback.extract_tb(error.__traceback__)]
        frames += [[error.filename, error.lineno]] if isinstance(error, SyntaxError) else []
        return {"kind": type(error).__name__, "message": str(error)[:400], "frames": frames}


if __name__ == "__main__":
    import airflow

    finder = StubFinder(sys.argv[3], airflow.__version__.startswith("1."))
    sys.path[:0] = sys.argv[4:]
    sys.modules["pyodbc"] = Stub("pyodbc")  # its wheel wants a library of the system
    if finder.old:
        sys.meta_path.append(finder)
    stub_environment()
    if not finder.old:
        sys.meta_path.append(finder)
    with open(sys.argv[1]) as listing:
        files = listing.read().split("\n")
    rows = [load(path, number, finder) for number, path in enumerate(files) if path]
    with open(sys.argv[2], "w") as out:
        json.dump(rows, out)
