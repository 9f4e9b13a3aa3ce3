"""Which lines of a module a DAG uses: what runs when it is loaded, and the functions that this names."""

from __future__ import annotations

import pytest

from migrator.assess.imports import ImportGraph
from migrator.assess.source import SourceFile
from migrator.assess.used import Usage

MODULE = """\
import x

def used():
    from airflow import a

def other():
    from airflow import b

class Helper:
    def run(self):
        from airflow import c

def inner():
    used()
"""
LINES = {"module": 1, "used": 4, "other": 7, "class": 11}
CASES = {
    "nothing is called": ("import helper\n", {"module"}),
    "a call": ("from helper import used\nused()\n", {"module", "used"}),
    "an attribute": ("import helper\nhelper.other()\n", {"module", "other"}),
    "a callable that is handed over": (
        "from helper import used\nPythonOperator(python_callable=used)\n",
        {"module", "used"},
    ),
    "by another function": ("from helper import inner\ninner()\n", {"module", "used"}),
    "by a function of the DAG": ("import helper\ndef f():\n    helper.used()\nf()\n", {"module", "used"}),
    "in a function that nobody calls": ("import helper\ndef f():\n    helper.used()\n", {"module"}),
    "a class": ("from helper import Helper\nHelper()\n", {"module", "class"}),
    "under another name": ("from helper import used as u\nu()\n", {"module", "used"}),
    "in a decorated function": ("import helper\n@task\ndef f():\n    helper.used()\n", {"module", "used"}),
    "as a default": ("import helper\ndef f(a=helper.used()): pass\n", {"module", "used"}),
    "by a text": ("import helper\ngetattr(helper, name)()\n", set(LINES)),
}


@pytest.mark.parametrize(("dag", "expected"), CASES.values(), ids=CASES)
def test_a_line_is_used_where_something_that_runs_names_its_function(dag: str, expected: set[str]) -> None:
    files = {"dags/a.py": SourceFile("dags/a.py", dag), "plugins/helper.py": SourceFile("plugins/helper.py", MODULE)}
    usage = Usage(files, ImportGraph(files).edges)
    assert {name for name, line in LINES.items() if usage.uses("dags/a.py", "plugins/helper.py", line)} == expected


def test_of_a_file_that_is_not_there_everything_is_used() -> None:
    assert Usage({}, lambda _: ()).uses("dags/a.py", "plugins/helper.py", 4)


@pytest.mark.parametrize(("call", "used"), [("far()", True), ("used()", False)])
def test_a_module_counts_where_the_function_that_imports_it_is_used(call: str, used: bool) -> None:
    texts = {
        "dags/a.py": f"from helper import used, far\n{call}\n",
        "plugins/helper.py": "def used(): pass\n\ndef far():\n    import gone\n",
        "plugins/gone.py": "from airflow import a\n",
    }
    files = {path: SourceFile(path, text) for path, text in texts.items()}
    assert Usage(files, ImportGraph(files).edges).uses("dags/a.py", "plugins/gone.py", 1) is used
