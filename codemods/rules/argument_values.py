"""CM502: values of arguments that the classes of the target spell otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name
from codemods.engine.quoting import quoted
from codemods.engine.report import Edit, Fix
from codemods.engine.rule import Example, Rule
from codemods.support.constructing import constructs
from codemods.support.default_args import default_arg
from codemods.support.dictionaries import assigned, entries, followed, unpackings
from codemods.tables import argument_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_DOCKER = "from airflow.operators.docker_operator import DockerOperator\n\n"
_SWARM = "from airflow.contrib.operators.docker_swarm_operator import DockerSwarmOperator\n\n"


class ArgumentValues(Rule):
    """Pass values that the classes of the target take, where these refuse what 1.10 took.

    ``DockerOperator(auto_remove=True)`` does not load: the target wants to know when the container goes. The value is
    changed in a call, in ``default_args``, in a dictionary that is unpacked into calls, and where a name holds it, if
    the name is read for nothing else.
    """

    code = "CM502"
    name = "argument-values"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-docker/stable/changelog.html"
    needles = tuple(argument.encode() for argument in argument_values())
    watches = (cst.Call, cst.DictElement)
    examples = (
        Example(
            "a container that goes when it ends",
            _DOCKER + "DockerOperator(\n    task_id='a',\n    image='b',\n    auto_remove=True,  # tidy\n)\n",
            _DOCKER + "DockerOperator(\n    task_id='a',\n    image='b',\n    auto_remove='force',  # tidy\n)\n",
        ),
        Example(
            "one that stays",
            _DOCKER + 'DockerOperator(task_id="a", image="b", auto_remove=False)\n',
            _DOCKER + 'DockerOperator(task_id="a", image="b", auto_remove="never")\n',
        ),
        Example(
            "default_args",
            _DOCKER + "default_args = {'auto_remove': True}\n",
            _DOCKER + "default_args = {'auto_remove': 'force'}\n",
        ),
        Example(
            "a dictionary that is unpacked",
            _DOCKER + "common = {'image': 'b', 'auto_remove': True}\nDockerOperator(task_id='a', **common)\n",
            _DOCKER + "common = {'image': 'b', 'auto_remove': 'force'}\nDockerOperator(task_id='a', **common)\n",
        ),
        Example(
            "a name",
            _SWARM + "REMOVE = True\nDockerSwarmOperator(task_id='a', image='b', auto_remove=REMOVE)\n",
            _SWARM + "REMOVE = 'force'\nDockerSwarmOperator(task_id='a', image='b', auto_remove=REMOVE)\n",
        ),
        Example(
            "a class of ours on top",
            _DOCKER + "class Ours(DockerOperator):\n    pass\n\n\nOurs(task_id='a', auto_remove=True)\n",
            _DOCKER + "class Ours(DockerOperator):\n    pass\n\n\nOurs(task_id='a', auto_remove='force')\n",
        ),
        Example(
            "a name that is read elsewhere too",
            _DOCKER + "REMOVE = True\nif REMOVE:\n    DockerOperator(task_id='a', auto_remove=REMOVE)\n",
        ),
        Example("already right", _DOCKER + "DockerOperator(task_id='a', auto_remove='success')\n"),
        Example("what can't be seen", _DOCKER + "DockerOperator(task_id='a', auto_remove=remove)\n"),
        Example("another argument", _DOCKER + "DockerOperator(task_id='a', tty=True)  # auto_remove=True\n"),
        Example("one of ours", _DOCKER + "def docker(auto_remove):\n    pass\n\n\ndocker(auto_remove=True)\n"),
        Example("another dictionary", _DOCKER + "settings = {'auto_remove': True}\n"),
        Example(
            "a class that takes it itself",
            _DOCKER + "class Ours(DockerOperator):\n    def __init__(self, auto_remove=False, **more):\n"
            "        super().__init__(auto_remove='force' if auto_remove else 'never', **more)\n\n\n"
            "Ours(task_id='a', auto_remove=True)\n",
        ),
    )  # fmt: skip

    def check(self, node: cst.Call | cst.DictElement, file: File) -> Iterator[Fix]:
        """Look at the arguments of a call, at dictionaries that it unpacks, and at ``default_args``."""
        if isinstance(node, cst.DictElement):
            name = default_arg(node, file)
            if name in argument_values():
                yield from _changed(node.value, name, None, file)
            return
        for arg in node.args:
            if arg.star == "**":
                yield from _unpacked(arg, file)
            elif arg.keyword is not None and arg.keyword.value in argument_values():
                name = arg.keyword.value
                yield from _changed(arg.value, name, constructs(node, file, name), file)


def _unpacked(arg: cst.Arg, file: File) -> Iterator[Fix]:
    """Entries of a dictionary that goes into calls of one class, from the first of these calls."""
    found = followed(arg.value, file)
    keys = entries(found.value) if found is not None else None
    for name in argument_values().keys() & (keys or {}).keys():
        calls = unpackings(arg, found, file) if found is not None else []
        classes = {constructs(call, file, name) if isinstance(call, cst.Call) else "" for call in calls}
        if len(classes) == 1 and keys is not None and file.bindings.parents.get(arg) is calls[0]:
            yield from _changed(keys[name].value, name, classes.pop(), file)


def _changed(value: cst.BaseExpression, name: str, called: str | None, file: File) -> Iterator[Fix]:
    """The change of one value; ``called`` is None in ``default_args``, where any class may take it."""
    held = _held(value, name, file)
    if held is None:
        return
    row = next((row for row in _rows(name, called) if is_name(held, row["old"])), None)
    if row is not None:
        new = quoted(row["new"], file)
        message = f"{name}={row['old']} is {row['new']!r} on the target: {row['reason']}"
        yield Fix(value, message, (Edit(held, lambda _: new),))


def _rows(name: str, called: str | None) -> list[dict[str, str]]:
    return [row for row in argument_values()[name] if called is None or called.rpartition(".")[2] == row["class"]]


def _held(value: cst.BaseExpression, name: str, file: File) -> cst.BaseExpression | None:
    """The value itself, or what a name holds that the file reads as this argument alone, at its first reading."""
    if not isinstance(value, cst.Name) or is_name(value, "True", "False"):
        return value
    reads = [use.nodes[0] for use in file.bindings.bare(value.value)]
    args = [file.bindings.parents.get(read) for read in reads]
    if not reads or reads[0] is not value or not all(_passes(arg, name, file) for arg in args):
        return None
    return assigned(value.value, file)


def _passes(arg: cst.CSTNode | None, name: str, file: File) -> bool:
    """Whether a node passes this argument to a class of the table."""
    call = file.bindings.parents.get(arg) if isinstance(arg, cst.Arg) else None
    if not isinstance(call, cst.Call) or not isinstance(arg, cst.Arg) or not is_name(arg.keyword, name):
        return False
    return bool(_rows(name, constructs(call, file, name)))
