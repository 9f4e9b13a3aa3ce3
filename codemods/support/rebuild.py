"""Turn a call of one class into a call of another: arguments that stay, that are renamed, and that fold into one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument, has_stars
from codemods.engine.nodes import dotted, dotted_text, is_name
from codemods.engine.report import Edit, Fix, Flag
from codemods.support.calls import positional, without_keyword
from codemods.support.layout import (
    broken,
    laid_out,
    leaves,
    line,
    margin,
    places,
    realigned,
    shifted,
    taken,
    usual_length,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codemods.engine.file import File
    from codemods.engine.report import NewImport
    from codemods.support.layout import Place, Tree


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
        _folded(call, recipe, {})
    except NotRebuilt as reason:
        return by_hand(call, recipe.message, str(reason))
    return _fix(call, file, recipe, *reference)


def by_hand(call: cst.Call, message: str, reason: str) -> Flag:
    """What a person is told of a call that can't be rebuilt."""
    return Flag(call.func, f"{message}; it can't be done by itself here: {reason}")


def _fix(call: cst.Call, file: File, recipe: Recipe, name: str, imports: tuple[NewImport, ...]) -> Fix:
    limit = usual_length(file)

    def change(updated: cst.Call) -> cst.Call:
        updated, known = realigned(updated, places(call, file), len(name) - len(dotted_text(call.func)))
        func = dotted(name).with_changes(lpar=updated.func.lpar, rpar=updated.func.rpar)
        result = _folded(updated, recipe, known).with_changes(func=func)
        if margin(updated) is not None or not updated.args or _longest(result, file.where(call)[1]) <= limit:
            return result
        indent = " " * known[""].line
        return _folded(broken(updated, indent), recipe, known).with_changes(func=func)

    return Fix(call.func, recipe.message, (Edit(call, change),), imports, takes=(call.func,))


def _longest(call: cst.Call, column: int) -> int:
    """The length of the longest line of a call that begins at a column."""
    return max(map(len, f"{' ' * column}{cst.Module([]).code_for_node(call)}".splitlines()))


def _checked(call: cst.Call, recipe: Recipe) -> None:
    if has_stars(call):
        raise NotRebuilt("it unpacks arguments, which are not visible")
    if positional(call):
        raise NotRebuilt("it has positional arguments: name them")
    for name in sorted(recipe.dropped):
        found = argument(call, name)
        if found is not None and not is_name(found.value, "None"):
            raise NotRebuilt(f"{name} has no successor: find another way for what it does")


def _folded(call: cst.Call, recipe: Recipe, known: Mapping[str, Place]) -> cst.Call:
    """The call with its arguments renamed, folded and dropped. Raises NotRebuilt."""
    for name in recipe.dropped:
        call = without_keyword(call, name)
    for folding in recipe.folded:
        call = _fold(call, folding, known)
    call = call.with_changes(args=[_renamed(arg, recipe.renamed) for arg in call.args])
    for name, code in (recipe.added or {}).items():
        if argument(call, name) is None:
            call = with_keyword(call, name, cst.parse_expression(code))
    return call


def _renamed(arg: cst.Arg, names: Mapping[str, str]) -> cst.Arg:
    if arg.keyword is None or arg.keyword.value not in names:
        return arg
    old, new = arg.keyword.value, names[arg.keyword.value]
    return arg.with_changes(keyword=cst.Name(new), value=shifted(arg.value, len(new) - len(old)))


def _fold(call: cst.Call, folding: Folding, known: Mapping[str, Place]) -> cst.Call:
    values = {name: arg.value for name in folding.old if (arg := argument(call, name)) is not None}
    tree = folding.make(values)
    call, value = _laid_out(call, tree, values, known)
    if not values:
        return with_keyword(call, folding.new, value)
    first = next(arg.keyword.value for arg in call.args if arg.keyword and arg.keyword.value in values)
    used = {id(leaf) for leaf in leaves(tree)}
    for name, old in values.items():
        if name != first:
            call = without_keyword(_emptied(call, name) if id(old) in used else call, name)
    if value is tree:
        value = shifted(value, len(folding.new) - len(first))
    args = [
        arg.with_changes(keyword=cst.Name(folding.new), value=value)
        if arg.keyword and arg.keyword.value == first
        else arg
        for arg in call.args
    ]
    return call.with_changes(args=args)


def _emptied(call: cst.Call, name: str) -> cst.Call:
    """The call with nothing as the value of an argument: the comments in it went where it went."""
    args = [
        arg.with_changes(value=cst.Name("None")) if arg.keyword and arg.keyword.value == name else arg
        for arg in call.args
    ]
    return call.with_changes(args=args)


def _laid_out(
    call: cst.Call, tree: Tree, values: Mapping[str, cst.BaseExpression], known: Mapping[str, Place]
) -> tuple[cst.Call, cst.BaseExpression]:
    """The value of a tree; the call without the comments that went with what is in it."""
    indent = margin(call)
    if indent is None or not isinstance(tree, dict) or not tree:
        return call, written(tree, indent, {})
    call, moved = taken(call, known, tuple(values))
    return call, laid_out(tree, indent, tuple(moved.values()))


def with_keyword(call: cst.Call, name: str, value: cst.BaseExpression) -> cst.Call:
    """The call with one more argument at its end, laid out as the last one is."""
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    new = cst.Arg(value, cst.Name(name), equal=tight)
    if not call.args:
        return call.with_changes(args=[new])
    last, indent = call.args[-1], margin(call)
    after = cst.SimpleWhitespace(" ") if indent is None else line(indent)
    new = new.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    if isinstance(last.comma, cst.Comma) and isinstance(last.comma.whitespace_after, cst.ParenthesizedWhitespace):
        own = last.comma.whitespace_after
        after = own.with_changes(last_line=cst.SimpleWhitespace(indent or own.last_line.value))
        new = new.with_changes(comma=last.comma.with_changes(whitespace_after=_bare(own)))
    last = last.with_changes(comma=cst.Comma(whitespace_after=after), whitespace_after_arg=cst.SimpleWhitespace(""))
    return call.with_changes(args=[*call.args[:-1], last, new])


def _bare(space: cst.ParenthesizedWhitespace) -> cst.ParenthesizedWhitespace:
    return space.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
