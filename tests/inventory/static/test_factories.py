"""Code that makes DAGs in ways that are not written out: it is followed, or named, and never passed over."""

from __future__ import annotations

import pytest

from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.read import Found, read_dags

DAG = "from airflow import DAG\n"
ELSEWHERE = "import airflow  # and a dag\n"
FOLLOWED = {
    "partial": DAG + "from functools import partial\nmake = partial(DAG, schedule_interval='@daily')\nx = make('a')\n",
    "partial of a class": DAG + "import functools\nclass Our(DAG):\n    pass\n"
    "x = functools.partial(Our, dag_id='a')(schedule_interval='@daily')\n",
    "a subclass": DAG + "class Our(DAG):\n    team = 'x'\nx = Our('a', schedule_interval='@daily')\n",
    "a subclass of a subclass": DAG + "class Our(DAG):\n    pass\nclass Mine(Our):\n    pass\n"
    "with Mine(dag_id='a', schedule_interval='@daily') as x:\n    pass\n",
}
NAMED = {
    "a subclass with an init of which nobody knows the id": (
        DAG + "import ours\nclass Our(DAG):\n    def __init__(self, n):\n"
        "        super().__init__(ours.name(n))\nx = Our('a')\n", 6),
    "a subclass in a loop that is not followed": (DAG + "class Our(DAG):\n    pass\nfor n in open('f'):\n"
                                                  "    globals()[n] = Our(n)\n", 5),
    "a factory by its name": ("import airflow\nfrom gusty import create_dag\nx = create_dag('d')\n", 3),
    "a factory of a module": ("import airflow\nimport gusty\nx = gusty.create_dags('d')\n", 3),
    "an object that makes them": ("import airflow\nimport dagfactory\n\nf = dagfactory.DagFactory('c.yaml')\n", 4),
    "what gets globals()": (ELSEWHERE + "import ours\nours.go(globals())\n", 3),
    "a method that gets globals()": (ELSEWHERE + "import ours\nours.Go().go(globals())\n", 3),
    "what is put into globals()": (ELSEWHERE + "from ours import build\nfor n in ('a', 'b'):\n"
                                   "    globals()[n] = build(n)\n", 4),
    "a name that says dag": (ELSEWHERE + "from ours import build\nmy_dag = build('a')\n", 3),
    "arguments of a DAG": (ELSEWHERE + "from ours import build\nx = build('a', schedule_interval='@daily')\n", 3),
    "a partial of what is not followed": (ELSEWHERE + "from functools import partial\nfrom ours import build\n"
                                          "my_dag = partial(build, 'a')()\n", 4),
}  # fmt: skip
NONE = {
    "a library": ELSEWHERE + "import pandas\nx = pandas.read_csv('f')\n",
    "words about DAGs": ELSEWHERE + "from ours import get_dag_id, dag_failed, dag_path\n"
    "x, y, z = get_dag_id(), dag_failed('a'), dag_path()\n",
    "Airflow's own": "import airflow\nfrom airflow.models import DagBag, Variable\nx = Variable.get('dag')\n",
    "a function that nobody calls": DAG + "def create_dag(n):\n    return DAG(n)\n",
}


def read(text: str) -> Found:
    return read_dags(["dags/f.py"], lambda _: text.encode(), Defaults())


@pytest.mark.parametrize("text", FOLLOWED.values(), ids=FOLLOWED)
def test_what_can_be_followed_is_listed(text: str) -> None:
    found = read(text)
    assert [(dag.dag_id, str(dag.schedule)) for dag in found.dags] == [("a", "0 0 * * *")]
    assert found.unlisted == []


@pytest.mark.parametrize(("text", "line"), NAMED.values(), ids=NAMED)
def test_what_may_make_dags_is_named_with_its_line(text: str, line: int) -> None:
    found = read(text)
    assert found.dags == []
    assert line in {one.line for one in found.unlisted}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_makes_none_is_not_named(text: str) -> None:
    found = read(text)
    assert (found.dags, found.unlisted) == ([], [])


def test_a_file_of_listed_dags_is_not_named_for_what_it_calls_beside_them() -> None:
    found = read(DAG + "from ours import tags, alert\nx = DAG('a', tags=tags(), on_failure_callback=alert('a'))\n")
    assert [dag.dag_id for dag in found.dags] == ["a"]
    assert found.unlisted == []
