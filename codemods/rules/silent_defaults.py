"""CM320: defaults that changed without a word."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument, has_stars
from codemods.engine.nodes import is_name, literal
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.calls import positional
from codemods.support.default_args import default_keys
from codemods.support.rebuild import with_keyword
from codemods.tables import canonical, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_POD = "from airflow.contrib.operators.kubernetes_pod_operator import KubernetesPodOperator\n\n"
_SSH = "from airflow.contrib.operators.ssh_operator import SSHOperator\n\n"
_CHECK = "from airflow.contrib.operators.bigquery_check_operator import BigQueryCheckOperator\n\n"
_COPY = "from airflow.contrib.operators.gcs_to_gcs import GoogleCloudStorageToGoogleCloudStorageOperator\n\n"
_FILE = "from airflow.contrib.sensors.file_sensor import FileSensor\n\n"
_BASH = "from airflow.operators.bash_operator import BashOperator\n\n"


class SilentDefaults(Rule):
    """Keep what 1.10 did where a class does something else in Airflow 2 with the same arguments.

    Where an argument brings the old behaviour back, it is written out, as an unsafe fix: many will prefer the new one.
    Where none does, the change is named, once a file for classes that are used everywhere. Only classes that are
    imported from where 1.10 had them are looked at.
    """

    code = "CM320"
    name = "silent-defaults"
    safety = Safety.UNSAFE
    watches = (cst.Module,)
    examples = (
        Example(
            "pods that have ended",
            _POD + "KubernetesPodOperator(\n    task_id='t',\n    image='i:1',  # ours\n)\n",
            _POD + "KubernetesPodOperator(\n    task_id='t',\n    image='i:1',  # ours\n"
            "    on_finish_action='keep_pod',\n)\n",
            unsafe=True,
        ),
        Example(
            "output over SSH",
            _SSH + "SSHOperator(task_id='t', command='c', cmd_timeout=60)\n",
            _SSH + "SSHOperator(task_id='t', command='c', cmd_timeout=60, do_xcom_push=False)\n",
            unsafe=True,
        ),
        Example(
            "a command over SSH that is silent for long",
            _SSH + "SSHOperator(task_id='t', command='c', do_xcom_push=False)\n",
            _SSH + "SSHOperator(task_id='t', command='c', do_xcom_push=False, cmd_timeout=None)\n",
            unsafe=True,
        ),
        Example("output over SSH that is wanted",
                _SSH + "SSHOperator(task_id='t', command='c', do_xcom_push=True, cmd_timeout=60)\n", flagged=True),
        Example(
            "an image without a tag",
            _POD + "KubernetesPodOperator(task_id='t', image='eu.gcr.io/p/i', is_delete_operator_pod=True)\n",
            _POD + "KubernetesPodOperator(task_id='t', image='eu.gcr.io/p/i', is_delete_operator_pod=True, "
            "image_pull_policy='IfNotPresent')\n",
            unsafe=True,
        ),
        Example(
            "images with a tag, and one that is not seen",
            _POD + "KubernetesPodOperator(task_id='t', image='host:5000/i:1.2', is_delete_operator_pod=True)\n"
            "KubernetesPodOperator(task_id='t', image=IMAGE, is_delete_operator_pod=True)\n",
            unsafe=True,
        ),
        Example(
            "a connection",
            _CHECK + "BigQueryCheckOperator(task_id='t', sql='s')\n",
            _CHECK + "BigQueryCheckOperator(task_id='t', sql='s', gcp_conn_id='bigquery_default')\n",
            unsafe=True,
        ),
        Example(
            "a connection by position",
            "from airflow.contrib.hooks.bigquery_hook import BigQueryHook\n\nBigQueryHook('ours')\n",
            unsafe=True,
        ),
        Example("an attachment that is read as a template",
                "from airflow.operators.email_operator import EmailOperator\n\nEmailOperator(files=['a.csv', 'b.html'])\n",
                flagged=True),
        Example("a command that fails with 99", _BASH + "BashOperator(task_id='a', bash_command='f || exit 99')\n",
                _BASH + "BashOperator(task_id='a', bash_command='f || exit 99', skip_on_exit_code=None)\n", unsafe=True),
        Example("another exit code", _BASH + "BashOperator(task_id='a', bash_command='f || exit 1')\n", unsafe=True),
        Example("one object of a bucket", _COPY + "GoogleCloudStorageToGoogleCloudStorageOperator(source_object='d/a.csv')\n",
                _COPY + "GoogleCloudStorageToGoogleCloudStorageOperator(source_object='d/a.csv', exact_match=True)\n",
                unsafe=True),
        Example("many objects", _COPY + "GoogleCloudStorageToGoogleCloudStorageOperator(source_object='d/*.csv')\n",
                unsafe=True),
        Example(
            "what has to be named now",
            "from airflow.contrib.operators.dataproc_operator import DataprocClusterDeleteOperator\n\n"
            "DataprocClusterDeleteOperator(task_id='t', cluster_name='c', project_id='p')\n",
            "from airflow.contrib.operators.dataproc_operator import DataprocClusterDeleteOperator\n\n"
            "DataprocClusterDeleteOperator(task_id='t', cluster_name='c', project_id='p', region='global')\n",
        ),
        Example("without --unsafe", _SSH + "SSHOperator(task_id='t', command='c')\n", flagged=True),
        Example("a path that is a pattern", _FILE + "FileSensor(task_id='t', filepath='/data/*.csv')\n", flagged=True),
        Example("a path", _FILE + "FileSensor(task_id='t', filepath='/data/x.csv')\n"),
        Example(
            "a command that may print a secret",
            _BASH + "BashOperator(task_id='a', bash_command='gcloud auth print-access-token')\n",
            flagged=True,
        ),
        Example("a command that hardly does", _BASH + "BashOperator(task_id='a', bash_command='echo done')\n"),
        Example(
            "TLS, once a file",
            "from airflow.hooks.http_hook import HttpHook\n\nHttpHook('GET')\nHttpHook('PUT')\n",
            flagged=True,
        ),
        Example("Bash that says", _BASH + "BashOperator(bash_command='cat token', xcom_push=True)\n"),
        Example(
            "a sensor that was tried again",
            "from airflow.sensors.http_sensor import HttpSensor\n\n"
            "HttpSensor(timeout=60, retries=3, extra_options={})\n",
            flagged=True,
        ),
        Example("a sensor that fails softly", _FILE + "FileSensor(task_id='t', filepath='/data/x', soft_fail=True)\n",
                flagged=True),
        Example("a sensor that does not", _FILE + "FileSensor(task_id='t', filepath='/data/x', soft_fail=False)\n"),
        Example("said already", _SSH + "SSHOperator(task_id='t', do_xcom_push=False, cmd_timeout=60)\n", unsafe=True),
        Example("where a script lies", _BASH + "BashOperator(task_id='a', bash_command='cd $(dirname $0) && ./run')\n",
                flagged=True),
        Example("a line that awk prints", _BASH + "BashOperator(task_id='a', bash_command=\"awk '{print $0}' f\")\n"),
        Example(
            "said in default_args",
            _POD + "default_args = {'is_delete_operator_pod': True}\nKubernetesPodOperator(task_id='t')\n",
            unsafe=True,
        ),
        Example("unpacked", _SSH + "SSHOperator(**more)\n", unsafe=True),
        Example(
            "a class of Airflow 2",
            "from airflow.providers.ssh.operators.ssh import SSHOperator\n\nSSHOperator(task_id='t')\n",
            unsafe=True,
        ),
    )  # fmt: skip

    def check(self, node: cst.Module, file: File) -> Iterator[Fix | Flag]:  # noqa: ARG002
        """Look at every call of a class of 1.10."""
        said: set[str] = set()
        defaults = default_keys(file)
        for call in file.bindings.nodes[cst.Call]:
            if not isinstance(call, cst.Call) or has_stars(call) or not _is_old(call, file):
                continue
            for row in _rows_of(call, file):
                if row.message not in said and row.concerns(call, file, defaults):
                    said |= {row.message} if row.once else set()
                    yield row.report(call, file)


@dataclass(frozen=True, slots=True)
class _Row:
    """A change that concerns calls with the arguments ``given`` and without those ``absent``."""

    given: tuple[str, ...]
    absent: tuple[str, ...]
    pattern: str
    add: str
    value: str
    once: bool
    message: str

    def concerns(self, call: cst.Call, file: File, defaults: frozenset[str]) -> bool:
        args = [argument(call, name) for name in self.given]
        if None in args or argument(call, *self.absent) is not None or defaults & {*self.absent}:
            return False
        signature = file.target.signature(file.called(call))
        refused = signature is not None and not signature.accepts(self.add)
        if self.add and (refused or positional(call)):
            return False
        return not args or args[0] is None or re.search(self.pattern, _text(args[0].value)) is not None

    def report(self, call: cst.Call, file: File) -> Fix | Flag:
        if not self.add:
            return Flag(call.func, self.message)
        value = cst.parse_expression(self.value)
        edit = Edit(call, lambda updated: with_keyword(updated, self.add, value))
        signature = file.target.signature(file.called(call))
        required = signature is not None and self.add in signature.required
        return Fix(call.func, self.message, (edit,), safety=Safety.SAFE if required else None)


def _text(value: cst.BaseExpression) -> str:
    """The text of a string, the code of a number or a truth value, or the texts of a list."""
    if isinstance(value, cst.List | cst.Tuple):
        return "\n".join(_text(element.value) for element in value.elements)
    plain = isinstance(value, cst.Integer) or is_name(value, "True", "False")
    return value.value if plain and isinstance(value, cst.Integer | cst.Name) else literal(value) or ""


def _is_old(call: cst.Call, file: File) -> bool:
    """Whether the class comes from where 1.10 or a backport package had it."""
    names = file.written(call.func)
    moved = all(name != canonical(name) for name in names)
    return bool(names) and moved and not any(name.startswith("airflow.providers.") for name in names - _BACKPORTS)


_BACKPORTS = frozenset({"airflow.providers.cncf.kubernetes.operators.kubernetes_pod.KubernetesPodOperator"})
_SENSOR = "airflow.sensors.base.BaseSensorOperator"


def _rows_of(call: cst.Call, file: File) -> Iterator[_Row]:
    """The rows about the class, its old names, and about every sensor if it is one."""
    called = file.called(call)
    for name in (called, *sorted(file.written(call.func))):
        yield from _table().get(name, ())
    if file.target.is_a(called, _SENSOR):
        yield from _table()[_SENSOR]


@cache
def _table() -> dict[str, tuple[_Row, ...]]:
    found: dict[str, tuple[_Row, ...]] = {}
    for row in rows("silent_defaults"):
        given, absent = (tuple(filter(None, row[name].split("|"))) for name in ("given", "absent"))
        once = row["scope"] == "file"
        made = _Row(given, absent, row["pattern"], row["add"], row["value"], once, row["message"])
        found[row["class"]] = (*found.get(row["class"], ()), made)
    return found
