"""New string literals in the quotes that a file uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import libcst as cst

if TYPE_CHECKING:
    from codemods.engine.file import File

Node = TypeVar("Node", bound=cst.CSTNode)


def quoted(value: str, file: File) -> cst.SimpleString:
    """A literal of a value without quotes or backslashes, in the quotes of most literals of the file."""
    quote = file.once(usual_quote)
    return cst.SimpleString(f"{quote}{value}{quote}")


def usual_quote(file: File) -> str:
    """The quote of most plain literals of a file; the double one where neither is in the majority."""
    found = [node for node in file.bindings.nodes[cst.SimpleString] if isinstance(node, cst.SimpleString)]
    plain = [node.quote for node in found if len(node.quote) == 1]
    return "'" if plain.count("'") > len(plain) / 2 else '"'


class Quoting(cst.CSTTransformer):
    """Give new literals the quotes of the file; those that it has, edited or not, keep theirs."""

    def __init__(self, file: File) -> None:
        super().__init__()
        self._quote = file.once(usual_quote)
        self._other = {"'": '"', '"': "'"}[self._quote]
        seen = (*file.bindings.nodes[cst.SimpleString], *file.bindings.nodes[cst.FormattedString])
        self._seen = {id(node): node for node in seen}

    def fit(self, edited: cst.CSTNode, result: Node) -> Node:
        """What an edit made of a node, its new literals in the file's quotes."""
        if isinstance(edited, cst.SimpleString | cst.FormattedString):
            self._seen[id(result)] = result
            return result
        fitted = result.visit(self)
        return fitted if isinstance(fitted, type(result)) else result

    def visit_FormattedString(self, node: cst.FormattedString) -> bool:  # noqa: ARG002, D102, N802
        return False  # its parts may not have its own quotes

    def leave_FormattedString(  # noqa: D102, N802
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.FormattedString:
        code = cst.Module([]).code_for_node(updated_node)
        plain = updated_node.start == f"f{self._other}" and self._quote not in code and "\\" not in code
        if id(original_node) in self._seen or not plain:
            return updated_node
        return updated_node.with_changes(start=f"f{self._quote}", end=self._quote)

    def leave_SimpleString(  # noqa: D102, N802
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.SimpleString:
        text = updated_node.value[1:-1]
        plain = updated_node.value == f"{self._other}{text}{self._other}" and self._other not in text
        if id(original_node) in self._seen or not plain or self._quote in text or "\\" in text:
            return updated_node
        return updated_node.with_changes(value=f"{self._quote}{text}{self._quote}")
