"""Turn a call of one class into a call of another: arguments that stay, that are renamed, and that fold into one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from codemods.engine.file import argument, has_stars
from codemods.engine.nodes import dotted, is_name
from codemods.engine.report import Edit, Fix, Flag
from codemods.support.calls import positional, without_keyword

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codemods.engine.file import File
    from codemods.engine.report import NewImport

Tree: TypeAlias = "cst.BaseExpression | dict[str, Tree] | list[Tree]"
"""A value to write: an expression as it is, a dictionary with literal keys, or a list."""


class NotRebuilt(Exception):  # noqa: N818 - it is no error: it says why a person must do it
    """A call that can't be rebuilt by itself; the text says what a person must do."""


@dataclass(frozen=True, slots=True)
class Folding:
    """Arguments that become one: ``old`` names in, one argument ``new`` with the value ``make`` builds of them."""

    old: tuple[str, ...]
    new: str
    make: Callable[[Mapping[str, cst.BaseExpression]], Tree]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a class becomes another. ``dropped`` arguments go when they are None, and stop the rebuilding otherwise."""

    target: str
    message: str
    renamed: Mapping[str, str]
    folded: Sequence[Folding] = ()
    dropped: frozenset[str] = frozenset()
    added: Mapping[str, str] | None = None


def rebuilt(call: cst.Call, file: File, recipe: Recipe) -> Fix | Flag:
    """The fix that follows a recipe; a flag that says why where it can't be followed."""
    short = recipe.target.rpartition(".")[2]
    reference = file.reference(recipe.target)
    if reference is None:
        return by_hand(call, recipe.message, f"the name {short} is taken in this file")
    try:
        _checked(call, recipe)
        _folded(call, recipe)
    except NotRebuilt as reason:
        return by_hand(call, recipe.message, str(reason))
    return _fix(call, recipe, *reference)


def by_hand(call: cst.Call, message: str, reason: str) -> Flag:
    """What a person is told of a call that can't be rebuilt."""
    return Flag(call.func, f"{message}; it can't be done by itself here: {reason}")


def _fix(call: cst.Call, recipe: Recipe, written: str, imports: tuple[NewImport, ...]) -> Fix:
    def change(updated: cst.Call) -> cst.Call:
        func = dotted(written).with_changes(lpar=updated.func.lpar, rpar=updated.func.rpar)
        return _folded(updated, recipe).with_changes(func=func)

    return Fix(call.func, recipe.message, (Edit(call, change),), imports, takes=(call.func,))


def _checked(call: cst.Call, recipe: Recipe) -> None:
    if has_stars(call):
        raise NotRebuilt("it unpacks arguments, which are not visible")
    if positional(call):
        raise NotRebuilt("it has positional arguments: name them")
    for name in sorted(recipe.dropped):
        found = argument(call, name)
        if found is not None and not is_name(found.value, "None"):
            raise NotRebuilt(f"{name} has no successor: find another way for what it does")


def _folded(call: cst.Call, recipe: Recipe) -> cst.Call:
    """The call with its arguments renamed, folded and dropped. Raises NotRebuilt."""
    for name in recipe.dropped:
        call = without_keyword(call, name)
    for folding in recipe.folded:
        call = _fold(call, folding)
    call = call.with_changes(args=[_renamed(arg, recipe.renamed) for arg in call.args])
    for name, code in (recipe.added or {}).items():
        if argument(call, name) is None:
            call = with_keyword(call, name, cst.parse_expression(code))
    return call


def _renamed(arg: cst.Arg, names: Mapping[str, str]) -> cst.Arg:
    if arg.keyword is None or arg.keyword.value not in names:
        return arg
    return arg.with_changes(keyword=cst.Name(names[arg.keyword.value]))


def _fold(call: cst.Call, folding: Folding) -> cst.Call:
    found = {name: arg.value for name in folding.old if (arg := argument(call, name)) is not None}
    value = written(folding.make(found), margin(call))
    if not found:
        return with_keyword(call, folding.new, value)
    first = next(arg.keyword.value for arg in call.args if arg.keyword and arg.keyword.value in found)
    for name in found:
        if name != first:
            call = without_keyword(call, name)
    args = [
        arg.with_changes(keyword=cst.Name(folding.new), value=value)
        if arg.keyword and arg.keyword.value == first
        else arg
        for arg in call.args
    ]
    return call.with_changes(args=args)


def with_keyword(call: cst.Call, name: str, value: cst.BaseExpression) -> cst.Call:
    """The call with one more argument at its end, laid out as the last one is."""
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    new = cst.Arg(value, cst.Name(name), equal=tight)
    if not call.args:
        return call.with_changes(args=[new])
    last = call.args[-1]
    between = call.whitespace_before_args
    after: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
    if isinstance(between, cst.ParenthesizedWhitespace):
        after = cst.ParenthesizedWhitespace(indent=True, last_line=between.last_line)
    new = new.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    if isinstance(last.comma, cst.Comma) and isinstance(last.comma.whitespace_after, cst.ParenthesizedWhitespace):
        own = last.comma.whitespace_after
        indent = between.last_line if isinstance(between, cst.ParenthesizedWhitespace) else own.last_line
        after = own.with_changes(last_line=indent)
        new = new.with_changes(comma=last.comma.with_changes(whitespace_after=_bare(own)))
    last = last.with_changes(comma=cst.Comma(whitespace_after=after), whitespace_after_arg=cst.SimpleWhitespace(""))
    return call.with_changes(args=[*call.args[:-1], last, new])


def _bare(space: cst.ParenthesizedWhitespace) -> cst.ParenthesizedWhitespace:
    return space.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])


def margin(call: cst.Call) -> str | None:
    """The indentation of the arguments below that of the statement; None for a call on one line."""
    space = call.whitespace_before_args
    return space.last_line.value if isinstance(space, cst.ParenthesizedWhitespace) else None


def written(tree: Tree, indent: str | None) -> cst.BaseExpression:
    """A value as an expression: over several lines below ``indent``, or on one line where it is None."""
    if isinstance(tree, dict):
        pairs = [(cst.SimpleString(f'"{key}"'), written(value, _deeper(indent))) for key, value in tree.items()]
        space, end = _layout(indent, empty=not pairs)
        elements = [
            cst.DictElement(key, value, comma=_comma(indent, last=at == len(pairs) - 1))
            for at, (key, value) in enumerate(pairs)
        ]
        return cst.Dict(elements, lbrace=cst.LeftCurlyBrace(space), rbrace=cst.RightCurlyBrace(end))
    if isinstance(tree, list):
        items = [written(value, _deeper(indent)) for value in tree]
        return cst.List([cst.Element(item) for item in items])
    return tree


def _deeper(indent: str | None) -> str | None:
    return None if indent is None else indent + "    "


def _line(indent: str) -> cst.ParenthesizedWhitespace:
    return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indent))


def _layout(
    indent: str | None, *, empty: bool
) -> tuple[cst.BaseParenthesizableWhitespace, cst.BaseParenthesizableWhitespace]:
    if indent is None or empty:
        return cst.SimpleWhitespace(""), cst.SimpleWhitespace("")
    return _line(indent + "    "), cst.SimpleWhitespace("")


def _comma(indent: str | None, *, last: bool) -> cst.Comma | cst.MaybeSentinel:
    if indent is None:
        return cst.MaybeSentinel.DEFAULT if last else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return cst.Comma(whitespace_after=_line(indent if last else indent + "    "))
