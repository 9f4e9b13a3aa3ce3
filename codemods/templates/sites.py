"""Tell which names of a template are what: Jinja's own parser decides, not their looks.

Each name in question is written as a word of its own (a mark); where the mark comes out in the syntax tree says
whether it is a variable, an attribute, a keyword argument, or a name that the template binds itself.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from codemods.templates.lexing import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codemods.templates.lexing import Word

_MARK = "migrate_mark_{}_"
_DATES = frozenset(
    {"execution_date", "logical_date", "data_interval_start", "data_interval_end", "next_execution_date"}
    | {"prev_execution_date", "prev_execution_date_success", "prev_data_interval_start_success"}
)
_KEEP_DATES = frozenset(
    {"add", "subtract", "start_of", "end_of", "in_timezone", "in_tz", "replace", "next", "previous"}
)


class Marked:
    """A template in which some names are marks; ``tree`` is its syntax tree."""

    def __init__(self, text: str, words: Sequence[Word]) -> None:
        self.words = {_MARK.format(number): word for number, word in enumerate(words)}
        self.tree = parse(spliced(text, [(w.start, w.end, mark) for mark, w in self.words.items()]))
        self._parents = {child: node for node in _all(self.tree) for child in _children(node)}

    def loads(self) -> dict[str, nodes.Name]:
        """The marks that are read as variables."""
        found = [n for n in self.tree.find_all(nodes.Name) if n.name in self.words]
        return {name.name: name for name in found if name.ctx == "load"}

    def bound(self) -> set[str]:
        """The names, as in the text, that the template binds itself."""
        marks = {n.name for n in self.tree.find_all(nodes.Name) if n.ctx != "load"}
        marks |= {n.name for n in self.tree.find_all(nodes.NSRef)} | {n.name for n in self.tree.find_all(nodes.Macro)}
        marks |= {n.target for n in self.tree.find_all((nodes.Import,))}
        for one in self.tree.find_all(nodes.FromImport):
            marks |= {name if isinstance(name, str) else name[1] for name in one.names}
        return {self.words[mark].value for mark in marks if mark in self.words}

    def replaced(self, new: Mapping[str, str]) -> nodes.Template:
        """The tree with some marks as new expressions, attributes or keywords, and all others as they were."""
        tree = _Unmark(self.words, new).visit(self.tree)
        assert isinstance(tree, nodes.Template)  # noqa: S101 - the root is never replaced
        return tree

    def printed(self, name: nodes.Name) -> bool:
        """Whether a variable is all that its ``{{ }}`` prints."""
        return isinstance(self._parents.get(name), nodes.Output)

    def formats(self) -> Iterator[str]:
        """The marks that are ``format`` in ``date.format('%Y')``."""
        for call in self.tree.find_all(nodes.Call):
            first = call.args[0] if call.args else None
            percent = isinstance(first, nodes.Const) and isinstance(first.value, str) and "%" in first.value
            if percent and isinstance(call.node, nodes.Getattr) and self._is_date(call.node.node):
                yield call.node.attr

    def defaults(self) -> Iterator[str]:
        """The marks that are ``default_var`` in ``var.value.get('x', default_var='y')``."""
        for call in self.tree.find_all(nodes.Call):
            match call.node:
                case nodes.Getattr(node=nodes.Getattr(node=nodes.Name(name="var"), attr="value" | "json"), attr="get"):
                    yield from (keyword.key for keyword in call.kwargs)

    def _is_date(self, node: nodes.Node) -> bool:
        match node:
            case nodes.Name():
                word = self.words.get(node.name)
                return (word.value if word else node.name) in _DATES
            case nodes.Call(node=nodes.Getattr(node=inner, attr=attr)):
                return attr in _KEEP_DATES and self._is_date(inner)
            case nodes.Add(left=left) | nodes.Sub(left=left):
                return self._is_date(left)
        return False


class _Unmark(NodeTransformer):
    """Copies, so that the tree can be asked again."""

    def __init__(self, words: Mapping[str, Word], new: Mapping[str, str]) -> None:
        self._names = {**{mark: word.value for mark, word in words.items()}, **new}

    def generic_visit(self, node: nodes.Node, *_: object, **__: object) -> nodes.Node:
        if isinstance(node, nodes.Name) and node.name in self._names:
            return expression(self._names[node.name], node.ctx)
        made = copy(node)
        for field, value in node.iter_fields():
            setattr(made, field, self._field(value))
        return made

    def _field(self, value: Any) -> Any:  # noqa: ANN401 - a field of a node may be anything
        match value:
            case nodes.Node():
                return self.visit(value)
            case list():
                return [self._field(one) for one in value]
            case tuple():
                return tuple(self._field(one) for one in value)
            case str():
                return self._names.get(value, value)
        return value


def expression(text: str, ctx: str = "load") -> nodes.Expr:
    """The syntax tree of one expression."""
    if text.isidentifier():
        return nodes.Name(text, ctx)
    output = parse(f"{{{{ {text} }}}}").body[0]
    assert isinstance(output, nodes.Output)  # noqa: S101 - this is what {{ }} is
    return output.nodes[0]


def spliced(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """The text with each span replaced; spans are in order and apart."""
    parts: list[str] = []
    at = 0
    for start, end, new in edits:
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in _children(node):
        yield from _all(child)


def _children(node: nodes.Node) -> Iterator[nodes.Node]:
    return node.iter_child_nodes()
