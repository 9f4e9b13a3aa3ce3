"""Which files a DAG is made of: its own, its helpers, its plugins, and what its own path finds."""

from __future__ import annotations

import pytest

from migrator.assess.imports import ImportGraph
from migrator.assess.source import SourceFile

PLUGIN = (
    "from airflow.plugins_manager import AirflowPlugin\n"
    "from lake_parts.copy import CopyOperator\n\n"
    "class Lake(AirflowPlugin):\n    name = 'lake'\n    operators = [CopyOperator]\n"
)
CASES = {
    "a module of the DAGs folder": ("import helper\n", {"dags/helper.py": ""}, {"dags/helper.py"}),
    "a module of plugins": ("from ops.copy import C\n", {"plugins/ops/copy.py": ""}, {"plugins/ops/copy.py"}),
    "the packages on the way": (
        "from a.b.c import d\n",
        {"dags/a/__init__.py": "", "dags/a/b/__init__.py": "", "dags/a/b/c.py": "", "dags/a/x.py": ""},
        {"dags/a/__init__.py", "dags/a/b/__init__.py", "dags/a/b/c.py"},
    ),
    "what these import": (
        "import helper\n",
        {"dags/helper.py": "import deep\n", "plugins/deep.py": ""},
        {"dags/helper.py", "plugins/deep.py"},
    ),
    "in a circle": ("import a\n", {"dags/a.py": "import b\n", "dags/b.py": "import a\n"}, {"dags/a.py", "dags/b.py"}),
    "relative": ("from .helper import x\n", {"dags/team/helper.py": ""}, {"dags/team/helper.py"}),
    "beside the file, as Python 2 does": ("import helper\n", {"dags/team/helper.py": ""}, {"dags/team/helper.py"}),
    "what a plugin added to Airflow": (
        "from airflow.operators.lake import CopyOperator\n",
        {"plugins/lake_plugin.py": PLUGIN, "plugins/lake_parts/copy.py": "", "plugins/lake_parts/other.py": ""},
        {"plugins/lake_parts/copy.py"},
    ),
    "the module of a plugin": (
        "from airflow.operators import lake\n",
        {"plugins/lake_plugin.py": PLUGIN, "plugins/lake_parts/copy.py": ""},
        {"plugins/lake_parts/copy.py"},
    ),
    "by its name as a string": (
        "import importlib\nimportlib.import_module('helper')\n", {"dags/helper.py": ""}, {"dags/helper.py"},
    ),
    "where the file's own code says": (
        "import sys\nsys.path.append('/home/airflow/gcs/dags/lib')\nimport helper.deep\n",
        {"dags/lib/helper/deep.py": ""},
        {"dags/lib/helper/deep.py"},
    ),
    "in a function": ("def f():\n    import helper\n", {"dags/helper.py": ""}, {"dags/helper.py"}),
    "none of another folder": ("import helper\n", {"dags/lib/helper.py": ""}, set()),
    "none of Python's": ("import json\n", {"dags/team/json.py": ""}, set()),
    "none of Airflow's": ("from airflow.models import DAG\n", {"dags/team/models.py": "", "plugins/a.py": ""}, set()),
    "none that looks alike": ("from ours.copy import C\n", {"dags/copy.py": "", "plugins/a/copy.py": ""}, set()),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "others", "said"),
    [
        ("import helper\n", {"dags/team/helper.py": ""}, ("helper", 1, "team.helper")),
        ("\nfrom helper import x\n", {"dags/team/helper.py": ""}, ("helper", 2, "team.helper")),
        ("from a.b import c\n", {"dags/team/a/__init__.py": "", "dags/team/a/b.py": ""}, ("a.b", 1, "team.a.b")),
        ("from a import b\n", {"dags/team/a/__init__.py": "", "dags/team/a/b.py": ""}, ("a.b", 1, "team.a.b")),
        ("from a import b\n", {"dags/team/a/__init__.py": "b = 1"}, ("a", 1, "team.a")),
    ],
)
def test_what_only_python_2_finds_is_told_by_its_path(
    text: str, others: dict[str, str], said: tuple[str, int, str]
) -> None:
    files = {path: SourceFile(path, source) for path, source in {"dags/team/daily.py": text, **others}.items()}
    assert list(ImportGraph(files).beside("dags/team/daily.py")) == [said]
    on_path = {path.replace("dags/team/", "plugins/"): SourceFile(path, source) for path, source in others.items()}
    assert not list(ImportGraph({**files, **on_path}).beside("dags/team/daily.py"))


@pytest.mark.parametrize(("text", "others", "expected"), CASES.values(), ids=CASES)
def test_a_file_is_made_of_what_it_imports_and_of_nothing_else(
    text: str, others: dict[str, str], expected: set[str]
) -> None:
    files = {path: SourceFile(path, source) for path, source in {"dags/team/daily.py": text, **others}.items()}
    assert ImportGraph(files).reach["dags/team/daily.py"] == expected | {"dags/team/daily.py"}


@pytest.mark.parametrize(
    "line",
    [
        "f'{x}'",
        "y: int = 1",
        "def f(a: int): pass",
        "def f(*, a): pass",
        "def f() -> int: pass",
        "async def f(): pass",
        "try:\n    pass\nexcept ValueError as e:\n    raise KeyError from e",
        "class A(metaclass=type): pass",
    ],
)
def test_what_only_python_3_parses_shows_which_python_runs_a_file(line: str) -> None:
    assert SourceFile("dags/a.py", f"import x\n{line}\n").python_3


@pytest.mark.parametrize("line", ["'{}'.format(x)", "def f(a, b=1, *c, **d): pass", "class A(object): pass", "x = 1"])
def test_what_both_parse_shows_nothing(line: str) -> None:
    assert not SourceFile("dags/a.py", f"import x\n{line}\n").python_3


def test_python_3_does_not_look_beside_a_file() -> None:
    files = {"dags/team/a.py": "import driver\n", "dags/team/driver.py": ""}
    known = {path: SourceFile(path, text) for path, text in files.items()}
    assert ImportGraph(known).reach["dags/team/a.py"] == set(files)
    assert ImportGraph(known, python_3=True).reach["dags/team/a.py"] == {"dags/team/a.py"}


def test_a_module_of_a_package_elsewhere_in_the_estate_is_found() -> None:
    files = {"dags/a.py": "from lib.deep import x\n", "dags/repo/lib/deep.py": "", "dags/repo/lib/other.py": ""}
    known = {path: SourceFile(path, text) for path, text in files.items()}
    assert ImportGraph(known, python_3=True).reach["dags/a.py"] == {"dags/a.py", "dags/repo/lib/deep.py"}
