"""CM520: Dataproc jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name
from codemods.engine.report import Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.rebuild import Folding, NotRebuilt, Recipe, rebuilt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codemods.engine.file import File
    from codemods.support.layout import Tree

_MODULE = "airflow.providers.google.cloud.operators.dataproc"
_NEW = f"{_MODULE}.DataprocSubmitJobOperator"
_PROGRAM = {"arguments": "args", "archives": "archive_uris", "files": "file_uris"}
_JAR = {"main_jar": "main_jar_file_uri", "main_class": "main_class", **_PROGRAM}
_AFTER = f"from {_MODULE} import DataprocSubmitJobOperator\n\n"
_PIG = "from airflow.contrib.operators.dataproc_operator import DataProcPigOperator\n\n"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of job: its key in the API, its 1.10 word, and how its own arguments are named there."""

    key: str
    word: str
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_names(self) -> dict[str, str]:
        """Every argument that goes into the job itself."""
        names = {"variables": "script_variables"} if not self.names else dict(self.names)
        for prefix in (f"dataproc_{self.word}", "dataproc"):
            names |= {f"{prefix}_properties": "properties", f"{prefix}_jars": "jar_file_uris"}
        return names


_KINDS = {
    "Pig": _Kind("pig_job", "pig"),
    "Hive": _Kind("hive_job", "hive"),
    "SparkSql": _Kind("spark_sql_job", "spark"),
    "Spark": _Kind("spark_job", "spark", _JAR),
    "Hadoop": _Kind("hadoop_job", "hadoop", _JAR),
    "PySpark": _Kind(
        "pyspark_job", "pyspark", {"main": "main_python_file_uri", "pyfiles": "python_file_uris", **_PROGRAM}
    ),
}


class DataprocJobs(Rule):
    """Submit Dataproc jobs with ``DataprocSubmitJobOperator(job={...})``.

    The six operators, one for each kind of job, are gone with google 11. Their arguments become the job as the API
    of Dataproc defines it. The cluster and the region that 1.10 used when none was named are written out; the job's
    id is made by Dataproc now, so ``job_name`` goes.
    """

    code = "CM520"
    name = "dataproc-jobs"
    safety = Safety.UNSAFE
    since = "google 11.0.0"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-google/stable/operators/cloud/dataproc.html"
    rebuilds = True
    needles = (b"DataProc", b"Dataproc", b"dataproc")
    watches = (cst.Call,)
    examples = (
        Example(
            "a query",
            _PIG + "DataProcPigOperator(\n    task_id='t',\n    query='define sin',\n    cluster_name=CLUSTER,\n"
            "    region='europe-west3',  # near\n)\n",
            _AFTER + "DataprocSubmitJobOperator(\n    task_id='t',\n    job={\n        'placement': {\n"
            "            'cluster_name': CLUSTER,\n        },\n        'pig_job': {\n"
            "            'query_list': {\n                'queries': ['define sin'],\n            },\n"
            "        },\n    },\n"
            "    region='europe-west3',  # near\n)\n",
            unsafe=True,
        ),
        Example(
            "a program",
            "from airflow.contrib.operators.dataproc_operator import DataProcPySparkOperator\n\n"
            "DataProcPySparkOperator(task_id='t', main='gs://b/a.py', arguments=['x'], job_name='j', "
            "dataproc_pyspark_jars=JARS, gcp_conn_id='c')\n",
            _AFTER + "DataprocSubmitJobOperator(\n    task_id='t',\n    job={\n        'placement': {\n"
            "            'cluster_name': 'cluster-1',\n        },\n        'pyspark_job': {\n"
            "            'main_python_file_uri': 'gs://b/a.py',\n            'args': ['x'],\n"
            "            'jar_file_uris': JARS,\n        },\n    },\n    gcp_conn_id='c',\n"
            "    region='global',\n)\n",
            unsafe=True,
        ),
        Example("states that fail a job", _PIG + "DataProcPigOperator(task_id='t', query='q', job_error_states=S)\n",
                unsafe=True, flagged=True),
        Example("without --unsafe", _PIG + "DataProcPigOperator(task_id='t', query='q')\n", flagged=True),
        Example("unpacked", _PIG + "DataProcPigOperator(**job)\n", unsafe=True, flagged=True),
        Example("already right", _AFTER + "DataprocSubmitJobOperator(task_id='t', job={})\n", unsafe=True),
        Example("one of ours", "import airflow\n\nDataProcPigOperator(query='q')\n", unsafe=True),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Rebuild calls of the six classes, where the target lacks them."""
        called = file.called(node)
        short = called.removeprefix(f"{_MODULE}.DataprocSubmit").removesuffix("JobOperator")
        if not called.startswith(f"{_MODULE}.DataprocSubmit") or short not in _KINDS or file.target.has(called):
            return
        kind = _KINDS[short]
        own = ("query", "query_uri", "cluster_name", "labels", "job_name", *kind.all_names)
        yield rebuilt(
            node,
            file,
            Recipe(
                _NEW,
                "Dataproc jobs are submitted with DataprocSubmitJobOperator(job=...)",
                {"dataproc_cluster": "cluster_name"},
                (Folding(own, "job", partial(_job, kind)),),
                frozenset({"delegate_to", "job_error_states"}),
                {"region": '"global"'},
            ),
        )


def _job(kind: _Kind, found: Mapping[str, cst.BaseExpression]) -> Tree:
    given = {name: value for name, value in found.items() if not is_name(value, "None")}
    job: dict[str, Tree] = {}
    if "query" in given:
        job["query_list"] = {"queries": [given["query"]]}
    if "query_uri" in given:
        job["query_file_uri"] = given["query_uri"]
    job |= {new: given[old] for old, new in kind.all_names.items() if old in given}
    if not job:
        raise NotRebuilt("it does not show what to run")
    cluster = given.get("cluster_name", cst.SimpleString('"cluster-1"'))
    tree: dict[str, Tree] = {"placement": {"cluster_name": cluster}, kind.key: job}
    return tree | ({"labels": given["labels"]} if "labels" in given else {})
