"""CM503: volumes of Docker containers, which are mounts now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import dotted, is_name, literal
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.calls import rename_keyword
from codemods.support.constructing import constructs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_OPERATOR = "airflow.providers.docker.operators.docker.DockerOperator"
_MODES = frozenset({"rw", "ro"})
_MESSAGE = "volumes are mounts now: a folder of the host that is not there is no longer made, it fails the task"
_HEAD = "from airflow.operators.docker_operator import DockerOperator\n"
_MOUNT = _HEAD + "from docker.types import Mount\n\n"


class DockerVolumes(Rule):
    """Pass the volumes of a ``DockerOperator`` as mounts: the argument is gone, and the file would not load.

    Docker's own reader of ``source:target:mode`` makes the mounts, so computed texts work as well. A fix to review,
    since Docker makes a missing folder of the host for a volume, and refuses it for a mount.
    """

    code = "CM503"
    name = "docker-volumes"
    stops = True
    safety = Safety.UNSAFE
    url = "https://airflow.apache.org/docs/apache-airflow-providers-docker/stable/changelog.html"
    needles = (b"volumes",)
    watches = (cst.Call,)
    examples = (
        Example(
            "a list",
            _HEAD + "\nDockerOperator(\n    task_id='a',\n    volumes=[\n        '/data:/in:ro',  # read\n"
            "        where,\n    ],\n)\n",
            _MOUNT + "DockerOperator(\n    task_id='a',\n    mounts=[\n"
            "        Mount.parse_mount_string('/data:/in:ro'),  # read\n"
            "        Mount.parse_mount_string(where),\n    ],\n)\n",
            unsafe=True,
        ),
        Example(
            "a name",
            _HEAD + "\nDockerOperator(task_id='a', volumes=VOLUMES)\n",
            _MOUNT + "DockerOperator(task_id='a', mounts=[Mount.parse_mount_string(volume) for volume in VOLUMES])\n",
            unsafe=True,
        ),
        Example(
            "none",
            _HEAD + "\nDockerOperator(task_id='a', volumes=None)\n",
            _HEAD + "\nDockerOperator(task_id='a', mounts=None)\n",
            unsafe=True,
        ),
        Example(
            "a class of ours",
            _HEAD + "\nclass Ours(DockerOperator):\n    def __init__(self, **more):\n"
            "        super().__init__(volumes=['/a:/b'], **more)\n",
            _MOUNT + "class Ours(DockerOperator):\n    def __init__(self, **more):\n"
            "        super().__init__(mounts=[Mount.parse_mount_string('/a:/b')], **more)\n",
            unsafe=True,
        ),
        Example("without --unsafe", _HEAD + "\nDockerOperator(task_id='a', volumes=['/a:/b'])\n", flagged=True),
        Example(
            "a mode that mounts do not have",
            _HEAD + "\nDockerOperator(task_id='a', volumes=['/a:/b:z'])\n",
            unsafe=True,
            flagged=True,
        ),
        Example(
            "a dictionary",
            _HEAD + "\nDockerOperator(task_id='a', volumes={'/a': {'bind': '/b'}})\n",
            unsafe=True,
            flagged=True,
        ),
        Example(
            "beside mounts",
            _HEAD + "\nDockerOperator(task_id='a', volumes=v, mounts=m)\n",
            unsafe=True,
            flagged=True,
        ),
        Example("already right", _MOUNT + "DockerOperator(task_id='a', mounts=[])\n", unsafe=True),
        Example("another class", _HEAD + "from ours import run\n\nrun(volumes=['/a:/b'])\n", unsafe=True),
        Example("what is unpacked", _HEAD + "\nDockerOperator(task_id='a', **volumes)\n", unsafe=True),
        Example(
            "a class that takes it itself",
            _HEAD + "\nclass Ours(DockerOperator):\n    def __init__(self, volumes, **more):\n"
            "        super().__init__(**more)\n\n\nOurs(volumes=['/a:/b'])\n",
            unsafe=True,
        ),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Look at one call that passes volumes."""
        given = argument(node, "volumes")
        if given is None or constructs(node, file, "volumes") != _OPERATOR:
            return
        signature = file.target.signature(_OPERATOR)
        if signature is not None and signature.accepts("volumes"):
            return
        reason = _refused(node, given.value)
        reference = file.reference("docker.types.Mount")
        if reason or reference is None:
            yield Flag(
                given, f"volumes are mounts now: write them as docker.types.Mount, {reason or 'by another name'}"
            )
            return
        edits, mounted = _mounts(given.value, f"{reference[0]}.parse_mount_string")
        yield Fix(given, _MESSAGE, (rename_keyword(given, "mounts"), *edits), reference[1] if mounted else ())


def _refused(call: cst.Call, value: cst.BaseExpression) -> str:
    """Why it can't be done by itself; empty when it can."""
    if argument(call, "mounts") is not None:
        return "since mounts are passed as well"
    if isinstance(value, cst.Dict | cst.DictComp):
        return "since a dictionary has its own form"
    modes = {text.split(":")[2] for text in _texts(value) if text.count(":") == 2}
    return "" if modes <= _MODES else f"since a mount has no mode {', '.join(sorted(modes - _MODES))}"


def _texts(value: cst.BaseExpression) -> list[str]:
    """The literal texts in a list."""
    elements = value.elements if isinstance(value, cst.List | cst.Tuple) else []
    return [text for text in (literal(element.value) for element in elements) if text is not None]


def _mounts(value: cst.BaseExpression, reader: str) -> tuple[tuple[Edit, ...], bool]:
    """The edits that make mounts of volumes, and whether any names ``reader``."""
    if is_name(value, "None"):
        return (), False
    if isinstance(value, cst.List | cst.Tuple) and not any(isinstance(e, cst.StarredElement) for e in value.elements):
        edits = tuple(Edit(e.value, lambda updated: _call(reader, updated)) for e in value.elements)
        return edits, bool(edits)
    return (Edit(value, lambda updated: _each(reader, updated)),), True


def _call(reader: str, value: cst.BaseExpression) -> cst.Call:
    return cst.Call(dotted(reader), [cst.Arg(value)])


def _each(reader: str, value: cst.BaseExpression) -> cst.ListComp:
    return cst.ListComp(_call(reader, cst.Name("volume")), cst.CompFor(cst.Name("volume"), value))
