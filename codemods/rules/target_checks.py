"""CM901 to CM904: what of the finished file would fail on the target. The check itself is in ``codemods.target``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.engine.report import Safety
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from codemods.engine.file import File
    from codemods.engine.report import Flag

_BASH = "from airflow.operators.bash import BashOperator\n\n"


class _TargetCheck(Rule):
    """Documents one answer of the check that follows every rewrite."""

    safety = Safety.FLAG
    needles = (b"airflow",)
    watches = ()

    def check(self, node: cst.CSTNode, file: File) -> Iterator[Flag]:  # noqa: ARG002
        """Nothing: the engine asks ``codemods.target`` when the file is finished."""
        return iter(())


class NotOnTarget(_TargetCheck):
    """Find imports and uses of names that the target's Airflow and providers do not have."""

    code = "CM901"
    name = "not-on-target"
    examples = (
        Example("a name that was removed", "from airflow.models.dag import DagGone\n", flagged=True),
        Example("a module that was removed", "import airflow.utils.gone\n", flagged=True),
        Example("a name of an imported module", "from airflow.utils import dates\n\ndates.gone()\n", flagged=True),
        Example("a name that is there", "from airflow.utils.trigger_rule import TriggerRule\n"),
        Example(
            "what a try falls back on is gone as well",
            "try:\n    from airflow.models.dag import DagGone\nexcept ImportError:\n"
            "    from airflow.gone import DagGone\n",
            flagged=True,
        ),
        Example(
            "what a try falls back on",
            "try:\n    from airflow.utils.gone import TriggerRule\nexcept ImportError:\n"
            "    from airflow.utils.trigger_rule import TriggerRule\n",
        ),
        Example(
            "in a try", "try:\n    from airflow.models.dag import DagGone\nexcept ImportError:\n    DagGone = None\n"
        ),
        Example("a package of ours", "import airflow\nfrom airflow_ours.models import Gone\n"),
    )


class ArgumentNotTaken(_TargetCheck):
    """Find arguments that a class of the target does not take: 1.10 warned, Airflow 2 raises when the DAG loads."""

    code = "CM902"
    name = "argument-not-taken"
    examples = (
        Example("an operator", _BASH + "BashOperator(task_id='a', bash_command='b', shell=1)\n", flagged=True),
        Example("a partial", _BASH + "BashOperator.partial(task_id='a', shell=1)\n", flagged=True),
        Example("by position", _BASH + "BashOperator('b', task_id='a')\n", flagged=True),
        Example(
            "functools.partial",
            "from functools import partial\n" + _BASH + "make = partial(BashOperator, bash_command='b')\n",
        ),
        Example("arguments of every operator", _BASH + "BashOperator(task_id='a', bash_command='b', retries=1)\n"),
        Example("unpacked", _BASH + "BashOperator(**arguments)\n"),
        Example("another class of the same name", "import airflow\nBashOperator(task_id='a', shell=1)\n"),
    )


class ArgumentNotGiven(_TargetCheck):
    """Find calls without an argument that the class of the target requires, neither given nor in default_args."""

    code = "CM903"
    name = "argument-not-given"
    examples = (
        Example("an operator", _BASH + "BashOperator(task_id='a')\n", flagged=True),
        Example("given", _BASH + "BashOperator(task_id='a', bash_command='b')\n"),
        Example("unpacked", _BASH + "BashOperator(task_id='a', **more)\n"),
        Example(
            "in default_args",
            "from airflow import DAG\n" + _BASH + "DEFAULTS = {'bash_command': 'b'}\n"
            "with DAG('a', schedule=None, default_args=DEFAULTS):\n    BashOperator(task_id='a')\n",
        ),
        Example(
            "default_args from elsewhere",
            "from airflow import DAG\n" + _BASH + "from ours import DEFAULTS\n"
            "with DAG('a', schedule=None, default_args=DEFAULTS):\n    BashOperator(task_id='a')\n",
        ),
    )


class ProviderNotInstalled(_TargetCheck):
    """Find what needs a provider that the target's image does not have, with the package to install."""

    code = "CM904"
    name = "provider-not-installed"
    examples = (
        Example("a provider", "from airflow.providers.amazon.aws.hooks.s3 import S3Hook\n", flagged=True),
        Example("one that is there", "from airflow.providers.http.hooks.http import HttpHook\n"),
        Example(
            "a module of one that is there", "from airflow.providers.http.hooks import http\n\nhook = http.HttpHook()\n"
        ),
        Example("in a function", "def f():\n    from airflow.providers.ftp.hooks.ftp import FTPHook\n"),
    )


class ImportFails(_TargetCheck):
    """Tell what a real interpreter of the target said: only with ``--verify-import PYTHON``."""

    code = "CM910"
    name = "import-fails"
    examples = (Example("only when asked", "from airflow import DAG\n\nraise RuntimeError\n"),)
