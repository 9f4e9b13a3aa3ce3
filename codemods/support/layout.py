"""Lay out what moves: its indentation and its comments come with it, and lines break as their neighbours do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codemods.engine.file import File

Tree: TypeAlias = "cst.BaseExpression | dict[str, Tree] | list[Tree]"
"""A value to write: an expression as it is, a dictionary with literal keys, or a list."""

STEP = "    "
_LEAST, _MOST = 88, 120
"""A file's lines may always become as long as the first, whatever it has, and never longer than the second."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stood: the columns of its first character and of its line's, less the statement's own."""

    start: int
    line: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A value that moves: where it stood, the comments on lines before it, and the one after it."""

    value: cst.BaseExpression
    place: Place | None = None
    before: tuple[cst.Comment, ...] = ()
    after: cst.Comment | None = None


def usual_length(file: File) -> int:
    """How long a line of the file may become."""
    longest = max(map(len, file.text.splitlines()), default=0)
    return min(max(longest, _LEAST), _MOST)


def margin(call: cst.Call) -> str | None:
    """The indentation of the arguments below that of the statement; None where no line begins with one."""
    commas = [arg.comma.whitespace_after for arg in call.args[:-1] if isinstance(arg.comma, cst.Comma)]
    for space in (call.whitespace_before_args, *commas):
        if isinstance(space, cst.ParenthesizedWhitespace):
            return space.last_line.value
    return None


def broken(call: cst.Call, indent: str) -> cst.Call:
    """The call with each argument on a line of its own, below a line of this indentation."""
    inner = line(indent + STEP)
    args = [arg.with_changes(comma=cst.Comma(whitespace_after=inner)) for arg in call.args]
    args[-1] = args[-1].with_changes(comma=cst.Comma(whitespace_after=line(indent)))
    return call.with_changes(args=args, whitespace_before_args=inner)


def places(call: cst.Call, file: File) -> dict[str, Place]:
    """Where the values of the call's named arguments stand; the call itself by no name."""
    lines = file.text.splitlines()
    statement = next(a for a in file.ancestors(call) if isinstance(a, cst.BaseStatement))
    own = _indentation(lines[file.line(statement) - 1])

    def place(node: cst.CSTNode) -> Place:
        at, column = file.where(node)
        return Place(column - own, _indentation(lines[at - 1]) - own)

    return {"": place(call)} | {arg.keyword.value: place(arg.value) for arg in call.args if arg.keyword}


def realigned(call: cst.Call, known: Mapping[str, Place], by: int) -> tuple[cst.Call, Mapping[str, Place]]:
    """The call, and where its values stand, after its opening bracket moved by some columns.

    Only lines that begin with an argument right below the first one move.
    """
    indent = margin(call)
    first = call.args[0].keyword if call.args else None
    place = known.get(first.value) if first is not None else None
    hanging = isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace)
    if hanging or indent is None or first is None or place is None or place.start - len(first.value) - 1 != len(indent):
        return call, known
    moved = {
        name: Place(one.start + by, one.line + by if one.line == len(indent) else one.line)
        for name, one in known.items()
    }
    return call.with_changes(args=[_visited(arg, _Shift(by)) for arg in call.args]), moved


def _visited(arg: cst.Arg, change: cst.CSTTransformer) -> cst.Arg:
    result = arg.visit(change)
    return result if isinstance(result, cst.Arg) else arg


def _indentation(text: str) -> int:
    return len(text) - len(text.lstrip(" \t"))


def line(indent: str) -> cst.ParenthesizedWhitespace:
    """A line break, and the indentation of the next line below that of the statement."""
    return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indent))


def taken(call: cst.Call, places: Mapping[str, Place], names: Sequence[str]) -> tuple[cst.Call, dict[str, Moved]]:
    """The call without the comments of these arguments, and the arguments' values with them."""
    found: dict[str, Moved] = {}
    spaces = [call.whitespace_before_args, *map(_space_after, call.args)]
    for at, arg in enumerate(call.args):
        name = arg.keyword.value if arg.keyword else ""
        if name in names:
            found[name] = Moved(arg.value, places.get(name), _own(spaces[at]), _trailing(spaces[at + 1]))
            spaces[at] = _without_own(spaces[at])
            spaces[at + 1] = _without_trailing(spaces[at + 1])
    args = [_with_space(arg, space) for arg, space in zip(call.args, spaces[1:], strict=True)]
    return call.with_changes(args=args, whitespace_before_args=spaces[0]), found


def _space_after(arg: cst.Arg) -> cst.BaseParenthesizableWhitespace:
    return arg.comma.whitespace_after if isinstance(arg.comma, cst.Comma) else arg.whitespace_after_arg


def _with_space(arg: cst.Arg, space: cst.BaseParenthesizableWhitespace) -> cst.Arg:
    if space is _space_after(arg):
        return arg
    if isinstance(arg.comma, cst.Comma):
        return arg.with_changes(comma=arg.comma.with_changes(whitespace_after=space))
    return arg.with_changes(whitespace_after_arg=space)


def _own(space: cst.BaseParenthesizableWhitespace) -> tuple[cst.Comment, ...]:
    lines = space.empty_lines if isinstance(space, cst.ParenthesizedWhitespace) else ()
    return tuple(one.comment for one in lines if one.comment is not None)


def _trailing(space: cst.BaseParenthesizableWhitespace) -> cst.Comment | None:
    return space.first_line.comment if isinstance(space, cst.ParenthesizedWhitespace) else None


def _without_own(space: cst.BaseParenthesizableWhitespace) -> cst.BaseParenthesizableWhitespace:
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    return space.with_changes(empty_lines=[one for one in space.empty_lines if one.comment is None])


def _without_trailing(space: cst.BaseParenthesizableWhitespace) -> cst.BaseParenthesizableWhitespace:
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    return space.with_changes(first_line=cst.TrailingWhitespace(newline=space.first_line.newline))


def leaves(tree: Tree) -> Iterator[cst.BaseExpression]:
    """The expressions in a tree."""
    if isinstance(tree, cst.BaseExpression):
        yield tree
    else:
        for below in tree.values() if isinstance(tree, dict) else tree:
            yield from leaves(below)


def laid_out(tree: dict[str, Tree], indent: str, moved: Sequence[Moved]) -> cst.BaseExpression:
    """A dictionary over several lines below ``indent``; the comments of what is not in it as it was come first."""
    used = {id(leaf) for leaf in leaves(tree)}
    rest = [one for one in moved if id(one.value) not in used]
    first = [comment for one in rest for comment in (*one.before, one.after) if comment is not None]
    return _dictionary(tree, indent, {id(one.value): one for one in moved}, first)


def written(tree: Tree, indent: str | None, moved: Mapping[int, Moved], start: int = 0) -> cst.BaseExpression:
    """A value as an expression: over several lines below ``indent``, or on one line where it is None.

    ``moved``: what is known of its expressions, by their ids; ``start``: the column at which the value begins.
    """
    if isinstance(tree, dict):
        return _dictionary(tree, indent, moved)
    if isinstance(tree, list):
        bare = {key: replace(one, before=(), after=None) for key, one in moved.items()}
        return cst.List([cst.Element(written(one, _deeper(indent), bare, start + 1)) for one in tree])
    known = moved.get(id(tree))
    if indent is None or known is None or known.place is None:
        return tree
    return shifted(tree, start - known.place.start, len(indent) - known.place.line)


def _dictionary(
    tree: dict[str, Tree], indent: str | None, moved: Mapping[int, Moved], first: Sequence[cst.Comment] = ()
) -> cst.Dict:
    if not tree or indent is None:
        pairs = [cst.DictElement(_key(key), written(value, None, moved)) for key, value in tree.items()]
        return cst.Dict(pairs)
    inner = indent + STEP
    known = [_comments(value, moved) for value in tree.values()]
    after = [*(before for before, _ in known[1:]), ()]
    elements = [
        cst.DictElement(
            _key(key),
            written(value, inner, moved, len(inner) + len(key) + len("'': ")),
            comma=cst.Comma(whitespace_after=_commented(inner if number < len(tree) else indent, own, last)),
        )
        for number, ((key, value), own, (_, last)) in enumerate(zip(tree.items(), after, known, strict=True), 1)
    ]
    return cst.Dict(elements, lbrace=cst.LeftCurlyBrace(_commented(inner, (*first, *known[0][0]), None)))


def _key(name: str) -> cst.SimpleString:
    return cst.SimpleString(f'"{name}"')


def _deeper(indent: str | None) -> str | None:
    return None if indent is None else indent + STEP


def _comments(tree: Tree, moved: Mapping[int, Moved]) -> tuple[tuple[cst.Comment, ...], cst.Comment | None]:
    """The comments of one entry; those of a dictionary's entries stay with them."""
    known = [] if isinstance(tree, dict) else [moved[id(leaf)] for leaf in leaves(tree) if id(leaf) in moved]
    last = [one.after for one in known if one.after is not None]
    return (*(comment for one in known for comment in one.before), *last[:-1]), last[-1] if last else None


def _commented(indent: str, own: Sequence[cst.Comment], last: cst.Comment | None) -> cst.ParenthesizedWhitespace:
    space = cst.SimpleWhitespace("  " if last else "")
    lines = [cst.EmptyLine(whitespace=cst.SimpleWhitespace(indent), comment=one) for one in own]
    first = cst.TrailingWhitespace(space, last)
    return line(indent).with_changes(first_line=first, empty_lines=lines)


def shifted(value: cst.BaseExpression, first: int, line: int = 0) -> cst.BaseExpression:
    """The value with its further lines moved as its first character was, or as its line where a bracket ends that."""
    found = next(_breaks(value), None)
    if found is None:
        return value
    space, bracket = found
    columns = line if bracket else first
    moved = value.visit(_Shift(columns)) if columns and "\t" not in space.last_line.value else value
    return moved if isinstance(moved, cst.BaseExpression) else value


def _breaks(node: cst.CSTNode, opened: bool = False) -> Iterator[tuple[cst.ParenthesizedWhitespace, bool]]:  # noqa: FBT001, FBT002
    """Each line break in a node, and whether it comes right after a bracket was opened."""
    if isinstance(node, cst.ParenthesizedWhitespace):
        yield node, opened
        return
    opens = isinstance(node, cst.LeftParen | cst.LeftCurlyBrace | cst.LeftSquareBracket)
    for child in node.children:
        before = isinstance(node, cst.Call) and child is node.whitespace_before_args
        yield from _breaks(child, opens or before)


class _Shift(cst.CSTTransformer):
    """Move every further line by some columns."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self._columns = columns

    def on_visit(self, node: cst.CSTNode) -> bool:
        return not isinstance(node, cst.SimpleString | cst.FormattedString)  # they stay the very nodes that they were

    def leave_ParenthesizedWhitespace(  # noqa: N802
        self,
        original_node: cst.ParenthesizedWhitespace,  # noqa: ARG002
        updated_node: cst.ParenthesizedWhitespace,
    ) -> cst.ParenthesizedWhitespace:
        lines = [one.with_changes(whitespace=self._moved(one.whitespace)) for one in updated_node.empty_lines]
        return updated_node.with_changes(last_line=self._moved(updated_node.last_line), empty_lines=lines)

    def _moved(self, space: cst.SimpleWhitespace) -> cst.SimpleWhitespace:
        return cst.SimpleWhitespace(" " * max(0, len(space.value) + self._columns))
