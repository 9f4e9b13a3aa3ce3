"""CM701: turn waits into datasets in one file, as the analysis of the whole tree decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from codemods.datasets.dates import by_interval
from codemods.datasets.module import NAME
from codemods.engine.file import argument
from codemods.engine.nodes import children, dotted, literal
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Rule
from codemods.support.calls import without_keyword
from codemods.support.dags import makes_dag
from codemods.support.rebuild import with_keyword
from codemods.support.templated import edits_of, rewritten
from codemods.templates.reading import apply, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

CODE = "CM701"
_EMPTY = "airflow.operators.empty.EmptyOperator"
_OF_SENSORS = (
    *("external_dag_id", "external_task_id", "external_task_ids", "external_task_group_id"),
    *("allowed_states", "skipped_states", "failed_states", "execution_delta", "execution_date_fn"),
    *("check_existence", "poll_interval", "deferrable"),
    *("poke_interval", "timeout", "soft_fail", "mode", "exponential_backoff", "max_wait", "silent_fail", "never_fail"),
)
"""What ExternalTaskSensor and BaseSensorOperator of 1.10.15 and 2.10.5 take, and BaseOperator does not."""


@dataclass(frozen=True, slots=True)
class End:
    """A task to add at the end of a producer: after these variables, in the DAG of that variable or of a ``with``."""

    task_id: str
    after: tuple[str, ...]
    dag: str
    constant: str


@dataclass(slots=True)
class Work:
    """What is to be done in one file, by the lines on which calls begin.

    ``outlets``: line of a producer's task -> its constant; ``ends``: line of a producer -> the task to add;
    ``schedules``: line of a consumer -> its constant; ``waits``: lines of sensors; ``dated``: lines of
    the consumers' tasks, whose templates name dates.
    """

    outlets: dict[int, str] = field(default_factory=dict)
    ends: dict[int, End] = field(default_factory=dict)
    schedules: dict[int, str] = field(default_factory=dict)
    waits: set[int] = field(default_factory=set)
    dated: set[int] = field(default_factory=set)


class ToDatasets(Rule):
    """Let DAGs start when the DAG they wait for is done, by a dataset.

    The task that was waited for gets an outlet (for a whole DAG, a last task does), the DAG that waits is scheduled by
    it, and its sensor becomes an ``EmptyOperator`` of the same id. Dates in its templates become those of the interval
    that the producer ran. ``migrate rewrite --datasets --apply`` does it, where the analysis of the whole tree found
    that behaviour stays.
    """

    name = "datasets"
    since = "2.4"
    url = "https://airflow.apache.org/docs/apache-airflow/2.10.5/authoring-and-scheduling/datasets.html"
    rebuilds = True
    watches = (cst.Call,)

    def __init__(self, work: Work) -> None:
        self.code = CODE  # type: ignore[misc] # on the instance, so that it is not among the rules
        self._work = work

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Do what is to be done with the call that begins on a line."""
        line, work = file.line(node), self._work
        if makes_dag(node, file):
            if line in work.schedules:
                yield _scheduled(node, work.schedules[line], file)
            if line in work.ends:
                yield _ended(node, work.ends[line], file)
        elif argument(node, "task_id") is None:
            return
        elif line in work.outlets:
            yield _updating(node, work.outlets[line], file)
        elif line in work.waits:
            yield _at_once(node, file)
        elif line in work.dated:
            for arg in node.args:
                yield from _dated(arg.value)


def _scheduled(call: cst.Call, name: str, file: File) -> Fix | Flag:
    old = argument(call, "schedule", "schedule_interval")
    assert old is not None  # noqa: S101 - the analysis read it

    def change(updated: cst.Arg) -> cst.Arg:
        return updated.with_changes(keyword=cst.Name("schedule"), value=_list(name))

    return _named(call, "it runs when its producer is done, not by the clock", name, file, Edit(old, change))


def _dated(node: cst.CSTNode) -> Iterator[Fix | Flag]:
    """The dates in the strings of an argument, as those of the producer's interval."""
    if not isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        for child in children(node):
            yield from _dated(child)
        return
    text = literal(node)
    sites = read(text, by_interval()).sites if text is not None else ()
    if not sites or text is None:
        return
    edits = edits_of(node, apply(text, sites), partial(rewritten, Safety.SAFE, by_interval()))
    message = "; ".join(dict.fromkeys(site.message for site in sites))
    if edits is None:
        yield Flag(node, f"{message}, but this template is put together in a way that can't be followed")
    else:
        yield Fix(node, message, edits, safety=Safety.SAFE)


def _named(call: cst.Call, message: str, name: str, file: File, *edits: Edit) -> Fix | Flag:
    """A fix that needs a constant; a flag where the name is taken."""
    imported = file.reference(f"{NAME}.{name}")
    if imported is None:
        return Flag(call, f"{message}, but the name {name} is taken in this file")
    return Fix(call.func, message, edits, imported[1], safety=Safety.SAFE)


def _list(name: str) -> cst.List:
    return cst.List([cst.Element(cst.Name(name))])


def _updating(call: cst.Call, name: str, file: File) -> Fix | Flag:
    message = "it says so when it is done: others wait for it"
    return _named(call, message, name, file, Edit(call, lambda updated: _with_outlet(updated, name)))


def _with_outlet(call: cst.Call, name: str) -> cst.Call:
    old = argument(call, "outlets")
    if old is None:
        return with_keyword(call, "outlets", _list(name))
    assert isinstance(old.value, cst.List)  # noqa: S101 - the analysis looked
    more = old.value.with_changes(elements=[*old.value.elements, cst.Element(cst.Name(name))])
    return call.with_deep_changes(old, value=more)


def _at_once(call: cst.Call, file: File) -> Fix | Flag:
    message = "its DAG starts when the producer is done, so there is nothing to wait for"
    reference = file.reference(_EMPTY)
    if reference is None:
        return Flag(call, f"{message}, but the name EmptyOperator is taken in this file")

    def change(updated: cst.Call) -> cst.Call:
        for name in _OF_SENSORS:
            updated = without_keyword(updated, name)
        return updated.with_changes(func=dotted(reference[0]))

    return Fix(call.func, message, (Edit(call, change),), reference[1], safety=Safety.SAFE, takes=(call.func,))


def _ended(call: cst.Call, end: End, file: File) -> Fix | Flag:
    message = "its last task says so when the whole DAG is done: others wait for it"
    reference = file.reference(_EMPTY)
    if reference is None or end.task_id in file.bindings.bound:
        return Flag(call, f"{message}, but the name EmptyOperator or {end.task_id} is taken in this file")
    inside = next((node for node in file.ancestors(call) if isinstance(node, cst.With)), None)
    added = _end_code(end, reference[0], with_dag=inside is None)
    place = file.module if inside is None else inside.body
    edit = Edit(place, lambda updated: updated.with_changes(body=[*updated.body, *added]))
    found = _named(call, message, end.constant, file, edit)
    if isinstance(found, Flag):
        return found
    return Fix(found.anchor, message, found.edits, (*found.imports, *reference[1]), safety=Safety.SAFE)


def _end_code(end: End, operator: str, *, with_dag: bool) -> list[cst.BaseStatement]:
    dag = f", dag={end.dag}" if with_dag else ""
    made = f'{operator}(task_id="{end.task_id}", outlets=[{end.constant}], trigger_rule="none_failed"{dag})'
    after = end.after[0] if len(end.after) == 1 else f"[{', '.join(end.after)}]"
    return [cst.parse_statement(f"{end.task_id} = {made}\n"), cst.parse_statement(f"{after} >> {end.task_id}\n")]
