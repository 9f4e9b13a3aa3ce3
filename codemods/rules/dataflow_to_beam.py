"""CM530: Dataflow pipelines that are started from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.rebuild import Folding, NotRebuilt, Recipe, rebuilt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codemods.engine.file import File
    from codemods.support.layout import Tree

_DATAFLOW = "airflow.providers.google.cloud.operators.dataflow"
_BEAM = "airflow.providers.apache.beam.operators.beam"
_CLASSES = {
    f"{_DATAFLOW}.DataflowCreateJavaJobOperator": f"{_BEAM}.BeamRunJavaPipelineOperator",
    f"{_DATAFLOW}.DataflowCreatePythonJobOperator": f"{_BEAM}.BeamRunPythonPipelineOperator",
}
_CONFIG = (
    *("job_name", "append_job_name", "project_id", "location", "poll_sleep", "check_if_running", "multiple_jobs"),
    *("drain_pipeline", "cancel_timeout", "wait_until_finished"),
)
_RENAMED = {"options": "pipeline_options", "dataflow_default_options": "default_pipeline_options"}
_OLD = f"from {_DATAFLOW} import DataflowCreatePythonJobOperator\n\n"
_NEW = f"from {_BEAM} import BeamRunPythonPipelineOperator\n\n"


class DataflowToBeam(Rule):
    """Start Beam pipelines on Dataflow with the operators of the Beam provider.

    The two operators are gone with google 11. The runner is written out, since Beam's own default is DirectRunner:
    without it the pipeline would run on the Airflow worker. What describes the job goes into ``dataflow_config``.
    """

    code = "CM530"
    name = "dataflow-to-beam"
    safety = Safety.UNSAFE
    since = "google 11.0.0"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-apache-beam/stable/operators.html"
    rebuilds = True
    needles = (b"Dataflow", b"DataFlow", b"dataflow")
    watches = (cst.Call,)
    examples = (
        Example(
            "a Python pipeline",
            _OLD + "DataflowCreatePythonJobOperator(\n    task_id='t',\n    py_file='gs://b/p.py',\n    job_name='j',\n"
            "    options={'output': 'gs://b/o'},\n    location='europe-west3',  # near\n)\n",
            _NEW + "BeamRunPythonPipelineOperator(\n    task_id='t',\n    py_file='gs://b/p.py',\n"
            "    dataflow_config={\n        'job_name': 'j',\n"
            "        'location': 'europe-west3',  # near\n    },\n"
            "    pipeline_options={'output': 'gs://b/o'},\n    runner='DataflowRunner',\n)\n",
            unsafe=True,
        ),
        Example(
            "from 1.10",
            "from airflow.contrib.operators.dataflow_operator import DataFlowJavaOperator\n\n"
            "DataFlowJavaOperator(task_id='t', jar='j', gcp_conn_id='c')\n",
            "from airflow.providers.apache.beam.operators.beam import BeamRunJavaPipelineOperator\n\n"
            "BeamRunJavaPipelineOperator(\n    task_id='t',\n    jar='j',\n    gcp_conn_id='c',\n"
            "    runner='DataflowRunner',\n)\n",
            unsafe=True,
        ),
        Example("without --unsafe", _OLD + "DataflowCreatePythonJobOperator(task_id='t', py_file='p')\n", flagged=True),
        Example("unpacked", _OLD + "DataflowCreatePythonJobOperator(**job)\n", unsafe=True, flagged=True),
        Example("already right", _NEW + "BeamRunPythonPipelineOperator(task_id='t', py_file='p')\n", unsafe=True),
        Example("one of ours", "import airflow\n\nDataflowCreatePythonJobOperator(task_id='t')\n", unsafe=True),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Rebuild calls of the two classes, where the target lacks them."""
        called = file.called(node)
        if called in _CLASSES and not file.target.has(called):
            given = {arg.keyword.value for arg in node.args if arg.keyword}
            folded = (Folding(_CONFIG, "dataflow_config", _config),) if given & set(_CONFIG) else ()
            runner = {"runner": '"DataflowRunner"'}
            message = 'Dataflow pipelines are started by the Beam provider with runner="DataflowRunner"'
            yield rebuilt(
                node, file, Recipe(_CLASSES[called], message, _RENAMED, folded, frozenset({"delegate_to"}), runner)
            )


def _config(found: Mapping[str, cst.BaseExpression]) -> Tree:
    if not found:
        raise NotRebuilt("it has no job to describe")
    return {name: found[name] for name in _CONFIG if name in found}
