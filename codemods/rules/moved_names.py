"""CM101: names that live elsewhere in Airflow 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.rule import Example, Rule
from codemods.support.moving import Mover

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.engine.report import Fix


class MovedNames(Rule):
    """Import every class and function from where Airflow 2 and its providers keep it.

    Covers each way of writing an import: the class, its module, a dotted path, the flat packages
    of 1.10 (``from airflow.operators import BashOperator``) and ``airflow.contrib``. A class that
    also has a new name (``DummyOperator`` is ``EmptyOperator``) is renamed wherever the file uses it;
    where the new name is taken, or others may import the old one from this file, it is imported
    ``as`` the old name. Strings, task ids and docstrings are never touched. The pairs of names are
    in ``codemods/tables/moves.csv``, each with its source.
    """

    code = "CM101"
    name = "moved-names"
    watches = (cst.Module,)
    examples = (
        Example(
            "a class",
            "from airflow.operators.bash_operator import BashOperator\n",
            "from airflow.operators.bash import BashOperator\n",
        ),
        Example(
            "a class with a new name, in subclasses and annotations",
            "from airflow.operators.dummy_operator import DummyOperator\n\n\n"
            'class Gate(DummyOperator):\n    """A DummyOperator."""\n\n\n'
            "def make(dag) -> DummyOperator:\n    return DummyOperator(task_id='DummyOperator', dag=dag)\n",
            "from airflow.operators.empty import EmptyOperator\n\n\n"
            'class Gate(EmptyOperator):\n    """A DummyOperator."""\n\n\n'
            "def make(dag) -> EmptyOperator:\n    return EmptyOperator(task_id='DummyOperator', dag=dag)\n",
        ),
        Example(
            "an alias stays",
            "from airflow.operators.dummy_operator import DummyOperator as Noop  # nothing\n\nNoop(task_id='a')\n",
            "from airflow.operators.empty import EmptyOperator as Noop  # nothing\n\nNoop(task_id='a')\n",
        ),
        Example(
            "the flat package, into two modules",
            "from airflow.operators import BashOperator, PythonOperator  # noqa: F401\n",
            "from airflow.operators.bash import BashOperator  # noqa: F401\n"
            "from airflow.operators.python import PythonOperator  # noqa: F401\n",
        ),
        Example(
            "only some names moved, and the comments of each stay with it",
            "from airflow.operators import (\n    BashOperator,  # shell\n    MyOperator,  # ours\n)\n",
            "from airflow.operators import (\n    MyOperator,  # ours\n)\n"
            "# shell\nfrom airflow.operators.bash import BashOperator\n",
        ),
        Example(
            "several lines, one new module: the layout stays",
            "from airflow.operators.python_operator import (\n    BranchPythonOperator,  # a\n    PythonOperator,\n)\n",
            "from airflow.operators.python import (\n    BranchPythonOperator,  # a\n    PythonOperator,\n)\n",
        ),
        Example(
            "a module, and the use of its class",
            "from airflow.contrib.operators import gcs_to_bq\n\n"
            "t = gcs_to_bq.GoogleCloudStorageToBigQueryOperator(task_id='t')\n",
            "from airflow.providers.google.cloud.transfers import gcs_to_bigquery\n\n"
            "t = gcs_to_bigquery.GCSToBigQueryOperator(task_id='t')\n",
        ),
        Example(
            "a module whose new name is taken keeps its old one",
            "from airflow.operators import bash_operator\n\nbash = '/bin/bash'\nt = bash_operator.BashOperator()\n",
            "from airflow.operators import bash as bash_operator\n\n"
            "bash = '/bin/bash'\nt = bash_operator.BashOperator()\n",
        ),
        Example(
            "a dotted import",
            "import airflow.operators.dummy_operator\n\nt = airflow.operators.dummy_operator.DummyOperator()\n",
            "import airflow.operators.empty\n\nt = airflow.operators.empty.EmptyOperator()\n",
        ),
        Example(
            "a module by another name",
            "import airflow.operators.bash_operator as bo\n\nt = bo.BashOperator()\n",
            "import airflow.operators.bash as bo\n\nt = bo.BashOperator()\n",
        ),
        Example(
            "in a function",
            "def f():\n    from airflow.sensors.external_task_sensor import ExternalTaskSensor\n"
            "    return ExternalTaskSensor\n",
            "def f():\n    from airflow.sensors.external_task import ExternalTaskSensor\n"
            "    return ExternalTaskSensor\n",
        ),
        Example(
            "operators/sensors.py of 1.10",
            "from airflow.operators.sensors import ExternalTaskSensor, TimeDeltaSensor\n",
            "from airflow.sensors.external_task import ExternalTaskSensor\n"
            "from airflow.sensors.time_delta import TimeDeltaSensor\n",
        ),
        Example(
            "contrib, hooks, helpers and the configuration",
            "from airflow.contrib.sensors.file_sensor import FileSensor\nfrom airflow.contrib.hooks import FSHook\n"
            "from airflow.hooks.base_hook import BaseHook\nfrom airflow.utils.helpers import chain\n"
            "from airflow import DAG, conf\n",
            "from airflow.sensors.filesystem import FileSensor\nfrom airflow.hooks.filesystem import FSHook\n"
            "from airflow.hooks.base import BaseHook\nfrom airflow.models.baseoperator import chain\n"
            "from airflow import DAG\nfrom airflow.configuration import conf\n",
        ),
        Example(
            "the new name is taken: imported as the old one",
            "from airflow.operators.dummy_operator import DummyOperator\n\nEmptyOperator = object\nDummyOperator()\n",
            "from airflow.operators.empty import EmptyOperator as DummyOperator\n\n"
            "EmptyOperator = object\nDummyOperator()\n",
        ),
        Example(
            "the old name is exported: imported as the old one",
            "from airflow.operators.dummy_operator import DummyOperator\n\n__all__ = ['DummyOperator']\n",
            "from airflow.operators.empty import EmptyOperator as DummyOperator\n\n__all__ = ['DummyOperator']\n",
        ),
        Example(
            "two statements on a line",
            "import os; from airflow.operators import BashOperator, PythonOperator\n",
            "import os; from airflow.operators.bash import BashOperator; "
            "from airflow.operators.python import PythonOperator\n",
        ),
        Example(
            "both branches of a try are old",
            "try:\n    from airflow.operators.bash_operator import BashOperator\nexcept ImportError:\n"
            "    from airflow.operators import BashOperator\n",
            "try:\n    from airflow.operators.bash import BashOperator\nexcept ImportError:\n"
            "    from airflow.operators.bash import BashOperator\n",
        ),
        Example(
            "a module that may be None keeps its name",
            "gcs_to_bq = None\ntry:\n    from airflow.contrib.operators import gcs_to_bq\nexcept ImportError:\n"
            "    pass\nif gcs_to_bq is not None:\n    gcs_to_bq.GoogleCloudStorageToBigQueryOperator()\n",
            "gcs_to_bq = None\ntry:\n"
            "    from airflow.providers.google.cloud.transfers import gcs_to_bigquery as gcs_to_bq"
            "\nexcept ImportError:\n"
            "    pass\nif gcs_to_bq is not None:\n    gcs_to_bq.GCSToBigQueryOperator()\n",
        ),
        Example("already right", "from airflow.operators.bash import BashOperator\n"),
        Example("names that did not move", "from airflow import DAG\nfrom airflow.models import Variable\n"),
        Example(
            "a try whose other branch is already right",
            "try:\n    from airflow.operators.bash import BashOperator\nexcept ImportError:\n"
            "    from airflow.operators.bash_operator import BashOperator\n",
        ),
        Example(
            "a class of the same name from somewhere else",
            "from airflow import DAG\nfrom ours.operators.dummy_operator import DummyOperator\n\nDummyOperator()\n",
        ),
        Example("a relative import", "import airflow\nfrom .operators.bash_operator import BashOperator\n"),
        Example(
            "strings and docstrings",
            '"""airflow.operators.bash_operator.BashOperator"""\nx = "airflow.operators.DummyOperator"\n',
        ),
        Example("a star import", "from airflow.operators.bash_operator import *\n"),
        Example(
            "a shadowed name is another name",
            "from airflow import DAG\n\n\ndef f(DummyOperator):\n    return DummyOperator()\n",
        ),
        Example("the plain package", "import airflow\n\ndag = airflow.DAG('a', schedule=None)\n"),
        Example("a suppressed line", "from airflow.operators.bash_operator import BashOperator  # migrate: ignore\n"),
        Example(
            "a line suppressed by code",
            "from airflow.operators.bash_operator import BashOperator  # migrate: ignore[CM101]\n",
        ),
        Example("a provider's own import", "from airflow.providers.http.operators.http import HttpOperator\n"),
    )

    def check(self, node: cst.Module, file: File) -> Iterator[Fix]:  # noqa: ARG002
        """Move the imports of the file one by one."""
        yield from Mover(file).fixes()
