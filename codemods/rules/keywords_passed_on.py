"""CM312: keywords that an operator of ours hands to one of Airflow, which refuses them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.constructing import constructs
from codemods.support.renames import new_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HEAD = "from airflow.operators.bash import BashOperator\n\n\n"
_OURS = _HEAD + "class Ours(BashOperator):\n    def __init__(self, ours, **more):\n        super().__init__({}**more)\n"
# other rules change these
_CHANGED = frozenset(
    {"provide_context", "xcom_push", "task_concurrency", "resources", "node_selectors", "is_delete_operator_pod"}
)


class KeywordsPassedOn(Rule):
    """Find keywords that a class of this file passes on to an operator of Airflow that does not know them.

    1.10 warned of such keywords, Airflow 2 raises when the DAG loads. Only classes of this file are followed, and
    keywords that they take out of their ``**kwargs`` by name are left alone.
    """

    code = "CM312"
    name = "keywords-passed-on"
    stops = True
    safety = Safety.FLAG
    needles = (b"class ",)
    watches = (cst.Call,)
    examples = (
        Example("in super()", _OURS.format("shell=1, "), flagged=True),
        Example("from outside", _OURS.format("") + "\n\nOurs(task_id='a', ours=1, shell=1)\n", flagged=True),
        Example(
            "a class without an __init__",
            _HEAD + "class Ours(BashOperator):\n    pass\n\n\nOurs(task_id='a', shell=1)\n",
            flagged=True,
        ),
        Example("its own parameter", _OURS.format("") + "\n\nOurs(task_id='a', ours=1, retries=1)\n"),
        Example(
            "a keyword that it takes out",
            _HEAD + "class Ours(BashOperator):\n    def __init__(self, **more):\n        self.x = more.pop('x')\n"
            "        super().__init__(**more)\n\n\nOurs(x=1)\n",
        ),
        Example("what BashOperator takes", _OURS.format("bash_command='x', ")),
        Example("a class of ours", "import airflow\nfrom ours import Base\n\n\nclass A(Base):\n    pass\n\n\nA(x=1)\n"),
        Example("what another rule renames", _OURS.format("xcom_push=True, ")),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Flag]:
        """Look at calls that reach a class of Airflow only through one of the file."""
        if file.written(node.func):
            return
        for arg in node.args:
            name = arg.keyword.value if arg.keyword is not None else ""
            base = constructs(node, file, name) if name and name not in _CHANGED else ""
            signature = file.target.signature(base) if base else None
            if signature is not None and not signature.accepts(name) and new_name(base, name, signature) is None:
                near = get_close_matches(name, sorted(signature.named), n=1, cutoff=0.8)
                hint = f" (it has {near[0]})" if near else ""
                yield Flag(arg, f"{base.rpartition('.')[2]} gets {name} and takes no such argument{hint}: it raises")
