"""CM327: the states that count as finished, and those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name
from codemods.engine.report import Edit, Fix
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_SETS = {
    "finished": ("SUCCESS", "FAILED", "SKIPPED"),
    "unfinished": ("NONE", "SCHEDULED", "QUEUED", "RUNNING", "SHUTDOWN", "UP_FOR_RETRY", "UP_FOR_RESCHEDULE"),
}
"""airflow-1.10.15 utils/state.py."""
_HEAD = "from airflow.utils.state import State\n\n"


class StateSets(Rule):
    """Write out the states that State.finished() and State.unfinished() gave: they are sets now, and no methods.

    To call them raises. The sets of Airflow 2 hold more: ``finished`` has ``upstream_failed`` and ``removed``, too.
    """

    code = "CM327"
    name = "state-sets"
    needles = (b"finished",)
    watches = (cst.Call,)
    examples = (
        Example("finished", _HEAD + "x = ti.state in State.finished()\n",
                _HEAD + "x = ti.state in [State.SUCCESS, State.FAILED, State.SKIPPED]\n"),
        Example("through the module", "from airflow.utils import state\n\nx = list(state.State.finished())  # ours\n",
                "from airflow.utils import state\n\n"
                "x = list([state.State.SUCCESS, state.State.FAILED, state.State.SKIPPED])  # ours\n"),
        Example("unfinished", _HEAD + "x = State.unfinished()\n",
                _HEAD + "x = [State.NONE, State.SCHEDULED, State.QUEUED, State.RUNNING, State.SHUTDOWN, "
                "State.UP_FOR_RETRY, State.UP_FOR_RESCHEDULE]\n"),
        Example("a set of Airflow 2", _HEAD + "x = ti.state in State.finished\n"),
        Example("one state", _HEAD + "x = State.SUCCESS\n"),
        Example("a state of ours", "import airflow\nfrom ours import State\n\nx = State.finished()\n"),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix]:
        """Look at calls of the two methods."""
        func = node.func
        if not isinstance(func, cst.Attribute) or not is_name(func.attr, *_SETS) or node.args:
            return
        if file.written(func) == {f"airflow.utils.state.State.{func.attr.value}"}:
            owner = file.module.code_for_node(func.value)
            states = ", ".join(f"{owner}.{state}" for state in _SETS[func.attr.value])
            new = cst.parse_expression(f"[{states}]")
            yield Fix(
                node, f"State.{func.attr.value} is a set of Airflow 2, and no method", (Edit(node, lambda _: new),)
            )
