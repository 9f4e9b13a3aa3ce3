"""Find what a template reads that may not be there: Airflow 2 raises where 1.10 rendered nothing."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.meta import find_undeclared_variables

from codemods.templates.lexing import UnreadableTemplateError, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

# both versions' get_template_context; what is gone is told by another rule
KNOWN = frozenset(
    {
        "conf",
        "conn",
        "dag",
        "dag_run",
        "data_interval_end",
        "data_interval_start",
        "ds",
        "ds_nodash",
        "end_date",
        "END_DATE",
    }
    | {
        "exception",
        "execution_date",
        "expanded_ti_count",
        "inlets",
        "inlet_events",
        "latest_date",
        "logical_date",
        "macros",
    }
    | {"map_index_template", "next_ds", "next_ds_nodash", "next_execution_date", "outlets", "outlet_events", "params"}
    | {
        "prev_data_interval_end_success",
        "prev_data_interval_start_success",
        "prev_ds",
        "prev_ds_nodash",
        "tables",
        "task",
    }
    | {
        "prev_end_date_success",
        "prev_execution_date",
        "prev_execution_date_success",
        "prev_start_date_success",
        "reason",
    }
    | {
        "run_id",
        "task_instance",
        "task_instance_key_str",
        "templates_dict",
        "test_mode",
        "ti",
        "tomorrow_ds",
        "try_number",
    }
    | {"tomorrow_ds_nodash", "triggering_dataset_events", "ts", "ts_nodash", "ts_nodash_with_tz", "var", "yesterday_ds"}
    | {"yesterday_ds_nodash", *DEFAULT_NAMESPACE}
)


@lru_cache(maxsize=4096)
def loose_reads(text: str) -> tuple[tuple[str, str], ...]:
    """What a template reads without a fallback: (``params``, ``conf`` or ``name``; the key or name), each once."""
    try:
        tree = parse(text)
    except UnreadableTemplateError:
        return ()
    guarded = set(_guarded(tree))
    found = dict.fromkeys(_keys(tree, guarded))
    unknown = find_undeclared_variables(tree) - KNOWN
    loads = [node for node in tree.find_all(nodes.Name) if node.ctx == "load" and id(node) not in guarded]
    found |= dict.fromkeys(("name", node.name) for node in loads if node.name in unknown)
    return tuple(found)


def _keys(tree: nodes.Template, guarded: set[int]) -> Iterator[tuple[str, str]]:
    reads: list[nodes.Getattr | nodes.Getitem] = [*tree.find_all(nodes.Getattr), *tree.find_all(nodes.Getitem)]
    for node in reads:
        if id(node) in guarded:
            continue
        key = node.attr if isinstance(node, nodes.Getattr) else _constant(node.arg)
        match node.node:
            case nodes.Name(name="params") if isinstance(key, str):
                yield "params", key
            case nodes.Getattr(node=nodes.Name(name="dag_run"), attr="conf") if isinstance(key, str):
                yield "conf", key


def _constant(node: nodes.Node) -> object:
    return node.value if isinstance(node, nodes.Const) else None


def _guarded(tree: nodes.Template) -> Iterator[int]:
    """The nodes that have a fallback, or are only asked whether they are there."""
    asked: list[nodes.Filter | nodes.Test] = [*tree.find_all(nodes.Filter), *tree.find_all(nodes.Test)]
    for node in asked:
        if node.name in {"default", "d", "defined", "undefined"} and node.node is not None:
            yield id(node.node)
    for call in tree.find_all(nodes.Call):
        yield id(call.node)  # params.get("x")
    choices: list[nodes.If | nodes.CondExpr] = [*tree.find_all(nodes.If), *tree.find_all(nodes.CondExpr)]
    for choice in choices:
        tests = [*choice.test.find_all(nodes.Test), *([choice.test] if isinstance(choice.test, nodes.Test) else [])]
        for name in [test.node for test in tests if test.name == "defined"]:
            yield from (id(inner) for inner in choice.find_all(type(name)) if inner == name)
