"""Read what a callable of ``TriggerDagRunOperator`` does with the run it is about to trigger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import dotted_text, is_name, literal
from codemods.support.dictionaries import entries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codemods.engine.file import File

# context variables that are text, in 1.10 and in 2.x (models/taskinstance.py get_template_context)
_TEXTS = frozenset({"ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz", "run_id"})
_PRINTS = frozenset({"print", "pprint", "debug", "info", "warning"})


class _Unknown(Exception):  # noqa: N818 - it is no error: a person has to look
    """The callable may decline to trigger, does anything else, or its payload is not written out."""


def payload(call: cst.Call, value: cst.BaseExpression, file: File) -> cst.BaseExpression | None:
    """The payload that a callable always sends from this task, as a template; an empty dictionary when it sets none.

    None where it may decline to trigger, does anything else, or where the payload is not written out. Conditions on
    the task's own literal ``params`` are decided; what it prints is lost.
    """
    if isinstance(value, cst.Lambda):
        names = [param.name.value for param in value.params.params]
        return cst.Dict([]) if len(names) == 2 and is_name(value.body, names[1]) else None
    functions = file.functions(value.value) if isinstance(value, cst.Name) else []
    names = [param.name.value for param in functions[0].params.params] if functions else []
    if len(functions) != 1 or functions[0].decorators or len(names) != 2:
        return None
    reading = _Reading(names[0], names[1], _params(call))
    try:
        sent = reading.run(functions[0].body.body)
    except _Unknown:
        return None
    return sent


def _params(call: cst.Call) -> dict[str, cst.BaseExpression]:
    """The task's own literal parameters."""
    found = argument(call, "params")
    elements = entries(found.value) if found is not None and isinstance(found.value, cst.Dict) else None
    return {key: element.value for key, element in (elements or {}).items()}


@dataclass(slots=True)
class _Reading:
    """One walk through a callable: its parameters, and what its local names stand for."""

    context: str
    order: str
    params: Mapping[str, cst.BaseExpression]
    names: dict[str, cst.BaseExpression] = field(default_factory=dict)
    sent: cst.BaseExpression = field(default_factory=lambda: cst.Dict([]))

    def run(self, body: Sequence[cst.CSTNode]) -> cst.BaseExpression | None:
        """The payload when it triggers, None when the statements come to an end first. Raises _Unknown."""
        for line in body:
            for statement in line.body if isinstance(line, cst.SimpleStatementLine) else [line]:
                if isinstance(statement, cst.Return):
                    if not is_name(statement.value, self.order):
                        raise _Unknown
                    return self.sent
                if not isinstance(statement, cst.If):
                    self._step(statement)
                elif (sent := self._branch(statement)) is not None:
                    return sent
        return None

    def _branch(self, node: cst.If) -> cst.BaseExpression | None:
        test = self._known(node.test)
        if literal(test) or (isinstance(test, cst.Integer) and test.evaluated_value) or is_name(test, "True"):
            return self.run(node.body.body)
        raise _Unknown

    def _step(self, node: cst.CSTNode) -> None:
        """Note what a statement assigns; printing and docstrings do nothing."""
        if isinstance(node, cst.Expr):
            call = node.value
            if literal(call) is None and not (isinstance(call, cst.Call) and _last(call.func) in _PRINTS):
                raise _Unknown
            return
        target = node.targets[0].target if isinstance(node, cst.Assign) and len(node.targets) == 1 else None
        if not isinstance(node, cst.Assign) or target is None:
            if not isinstance(node, cst.Pass):
                raise _Unknown
        elif isinstance(target, cst.Name) and target.value not in {self.context, self.order}:
            self.names[target.value] = self._plain(node.value)
        elif dotted_text(target) == f"{self.order}.payload" and isinstance(self._known(node.value), cst.Dict):
            self.sent = self._templated(self._known(node.value))
        else:
            raise _Unknown

    def _plain(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """What a local name is given; calls may do anything. Raises _Unknown."""
        known = self._known(node)
        if literal(known) is None and not isinstance(known, _PLAIN):
            raise _Unknown
        return known

    def _known(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """What a local name, or one of the task's parameters, stands for."""
        if isinstance(node, cst.Name):
            return self.names.get(node.value, node)
        key = _key(node)
        if key and isinstance(node, cst.Subscript) and _key(node.value) == "params" and _is(node.value, self.context):
            return self.params.get(key, node)
        return node

    def _templated(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """A literal, with text of the context as templates. Raises _Unknown."""
        node = self._known(node)
        if isinstance(node, cst.Dict):
            return node.with_changes(elements=[self._element(element) for element in node.elements])
        if isinstance(node, cst.List):
            items = [(element, self._templated(element.value)) for element in node.elements]
            return node.with_changes(elements=[element.with_changes(value=value) for element, value in items])
        text = literal(node)
        if (text is not None and "{" not in text) or isinstance(node, cst.Integer | cst.Float):
            return node
        if is_name(node, "True", "False", "None"):
            return node
        if _key(node) in _TEXTS and _is(node, self.context):
            return cst.SimpleString(f'"{{{{ {_key(node)} }}}}"')
        raise _Unknown

    def _element(self, element: cst.BaseDictElement) -> cst.DictElement:
        if not isinstance(element, cst.DictElement) or literal(element.key) is None:
            raise _Unknown
        return element.with_changes(value=self._templated(element.value))


_PLAIN = (cst.Name, cst.Subscript, cst.Dict, cst.List, cst.Integer, cst.Float)


def _key(node: cst.BaseExpression) -> str:
    """The text in ``x["text"]``."""
    if not isinstance(node, cst.Subscript) or len(node.slice) != 1:
        return ""
    index = node.slice[0].slice
    return (literal(index.value) or "") if isinstance(index, cst.Index) else ""


def _is(node: cst.BaseExpression, name: str) -> bool:
    return isinstance(node, cst.Subscript) and is_name(node.value, name)


def _last(node: cst.BaseExpression) -> str:
    return dotted_text(node).rpartition(".")[2]
