"""CM507: attributes that the models of the target do not have any more."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Edit, Fix, Flag
from codemods.engine.rule import Example, Rule
from codemods.profiles import load
from codemods.profiles.shipped import SOURCE
from codemods.support.receivers import object_kind
from codemods.tables import attributes_gone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.support.receivers import Kind

_MAPPED = frozenset({"airflow.models.base.Base"})
"""The base of models is SQLAlchemy's, which has none of 1.10's attributes."""
_HEAD = "from airflow.models import DagModel, DagRun, TaskFail\n\n"


class AttributesGone(Rule):
    """Rename attributes of models that have another name on the target, and find those that are gone: they raise.

    ``DagModel.last_scheduler_run`` is such a one; code that cleans the metadata database reads them of the class, while
    the file is loaded. An object is followed as far as the file tells its class.
    """

    code = "CM507"
    name = "attributes-gone"
    url = "https://github.com/apache/airflow/blob/2.0.0/UPDATING.md"
    watches = (cst.Attribute,)
    examples = (
        Example("of a class", _HEAD + "x = {'by': DagModel.last_scheduler_run}\n", _HEAD + "x = {'by': DagModel.last_parsed_time}\n"),
        Example("of an object", _HEAD + "x = DagModel()\ny = x.last_scheduler_run\n", _HEAD + "x = DagModel()\ny = x.last_parsed_time\n"),
        Example("one that is gone", _HEAD + "x = TaskFail.execution_date < y\n", flagged=True),
        Example("a prefix", _HEAD + "x = run.run_id.startswith(DagRun.ID_PREFIX)\n", flagged=True),
        Example("one that is there", _HEAD + "x = DagModel.is_paused, DagRun.execution_date\n"),
        Example("a method", _HEAD + "x = DagRun.find(dag_id='a')\n"),
        Example("a class of ours", "import airflow\nfrom ours import DagModel\n\nx = DagModel.last_scheduler_run\n"),
        Example("one that is set", _HEAD + "x = DagModel()\nx.odd = 1\ny = x.odd\n"),
        Example("an object of unknown class", "import airflow\n\nx = f().last_scheduler_run\n"),
    )  # fmt: skip
    needles = tuple(dict.fromkeys(row[1].encode() for row in attributes_gone()))

    def check(self, node: cst.Attribute, file: File) -> Iterator[Fix | Flag]:
        """Ask for each attribute whose class is known."""
        name = node.attr.value
        kind = object_kind(node.value, file) if name in _NAMES else None
        if kind is None or (told := _told(kind, name)) is None or not file.target.lacks(kind.new, name, _MAPPED):
            return
        new, instead = told
        why = f"{kind.new.rpartition('.')[2]} has no {name} on the target"
        if new:
            edit = Edit(node, lambda updated: updated.with_changes(attr=cst.Name(new)))
            yield Fix(node, f"{why}: it is {new} now", (edit,))
        else:
            yield Flag(node, f"{why}: {instead}")


_NAMES = frozenset(name for _, name in attributes_gone())


def _told(kind: Kind, name: str) -> tuple[str, str] | None:
    """The new name of an attribute, and what does its work now, as the table knows of the class or one of its bases."""
    owners = [kind.new, *(load(SOURCE).line(kind.old) if kind.old else ())]
    return next((told for one in owners if (told := attributes_gone().get((one.rpartition(".")[2], name)))), None)
