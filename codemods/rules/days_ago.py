"""CM307: start dates that move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Edit, Fix, Flag, ImportEdit, NewImport, Safety
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.engine.scopes import Import, Use

_TARGET = "airflow.utils.dates.days_ago"


class DaysAgo(Rule):
    """Write ``days_ago(n)`` as ``pendulum.today("UTC").add(days=-n)``.

    ``days_ago`` is deprecated since Airflow 2.2 and gone in 3. A start date that moves is hardly
    ever meant, above all with catchup: a literal date is better, so this is for a person to review.
    """

    code = "CM307"
    name = "days-ago"
    safety = Safety.UNSAFE
    since = "2.2"
    needles = (b"days_ago",)
    watches = (cst.Module,)
    examples = (
        Example(
            "a start date",
            "from airflow.utils.dates import days_ago\n\nargs = {'start_date': days_ago(2)}\n",
            "import pendulum\n\nargs = {'start_date': pendulum.today('UTC').add(days=-2)}\n",
            unsafe=True,
        ),
        Example(
            "without --unsafe",
            "from airflow.utils.dates import days_ago\n\nargs = {'start_date': days_ago(2)}\n",
            flagged=True,
        ),
        Example(
            "with an hour",
            "from airflow.utils.dates import days_ago\n\nstart = days_ago(2, hour=3)\n",
            unsafe=True,
            flagged=True,
        ),
        Example("one of ours", "import airflow\nfrom ours import days_ago\n\ndays_ago(2)\n", unsafe=True),
        Example("a date", "import airflow\n\nstart = datetime(2020, 1, 1)  # not days_ago\n", unsafe=True),
    )

    def check(self, node: cst.Module, file: File) -> Iterator[Fix | Flag]:  # noqa: ARG002
        """Replace each import of it, when every use can be."""
        for imported in file.bindings.imports:
            if imported.target == _TARGET and imported.uses:
                yield _report(imported, file)


def _report(imported: Import, file: File) -> Fix | Flag:
    calls = [_call(use, file) for use in imported.uses]
    taken = "pendulum" in file.bindings.bound and "pendulum" not in file.bindings.top.imports
    edits = [_edit(call) for call in calls if call is not None]
    if None in calls or taken:
        return Flag(imported.alias, "give the DAG a literal start date instead of days_ago")
    have = "pendulum" in file.bindings.top.imports
    new = () if have else (NewImport("pendulum"),)
    message = "days_ago moves the start date each day; better a literal date"
    return Fix(imported.alias, message, (ImportEdit(imported, new), *edits))


def _call(use: Use, file: File) -> cst.Call | None:
    """The call with one literal number of days; None for every other use."""
    call = file.bindings.parents.get(use.nodes[0])
    if not isinstance(call, cst.Call) or call.func is not use.nodes[0] or len(call.args) != 1:
        return None
    plain = call.args[0].keyword is None and isinstance(call.args[0].value, cst.Integer)
    return call if plain else None


def _edit(call: cst.Call) -> Edit:
    days = call.args[0].value
    assert isinstance(days, cst.Integer)  # noqa: S101 - _call lets nothing else through
    return Edit(call, lambda _: cst.parse_expression(f'pendulum.today("UTC").add(days=-{days.value})'))
