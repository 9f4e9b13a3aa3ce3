"""Edit the arguments of a call, its layout and comments kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import comments_in
from codemods.engine.report import Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def rename_keyword(arg: cst.Arg, name: str) -> Edit:
    """``old=value`` becomes ``name=value``."""
    assert arg.keyword is not None  # noqa: S101 - callers look it up by its keyword
    return Edit(arg.keyword, lambda updated: updated.with_changes(value=name))


def remove_keyword(call: cst.Call, name: str) -> Edit:
    """The call without one keyword argument."""
    return Edit(call, lambda updated: without_keyword(updated, name))


def add_keyword(call: cst.Call, name: str, value: cst.BaseExpression) -> Edit:
    """The call with one more keyword argument, after the positional ones or after the first."""
    return Edit(call, lambda updated: _with(updated, name, value))


def naming(
    call: cst.Call, names: Mapping[cst.Arg, str], gone: frozenset[cst.CSTNode] = frozenset()
) -> Callable[[cst.Call], cst.Call]:
    """A change that gives some arguments of a call their names, and drops others."""
    plan = [("", True) if arg in gone else (names.get(arg, ""), False) for arg in call.args]

    def change(updated: cst.Call) -> cst.Call:
        pairs = zip(updated.args, plan, strict=True)
        args = [_named(arg, name) if name else arg for arg, (name, dropped) in pairs if not dropped]
        if args and plan[-1][1]:
            args[-1] = args[-1].with_changes(comma=updated.args[-1].comma)
        return updated.with_changes(args=args)

    return change


def _named(arg: cst.Arg, name: str) -> cst.Arg:
    if arg.keyword is not None:
        return arg.with_changes(keyword=arg.keyword.with_changes(value=name))
    return arg.with_changes(keyword=cst.Name(name), equal=_tight())


def positional(call: cst.Call) -> list[cst.Arg]:
    """The arguments passed by position."""
    return [arg for arg in call.args if arg.keyword is None and not arg.star]


def without_keyword(call: cst.Call, name: str) -> cst.Call:
    """The call without one keyword argument, its comments kept."""
    at = next((i for i, arg in enumerate(call.args) if arg.keyword and arg.keyword.value == name), None)
    if at is None:
        return call
    gone, kept = call.args[at], [arg for i, arg in enumerate(call.args) if i != at]
    if at == len(kept) and kept:
        return call.with_changes(args=[*kept[:-1], _as_last(kept[-1], gone)])
    comments = comments_in(gone)
    if not comments:
        return call.with_changes(args=kept)
    if at == 0:
        return call.with_changes(args=kept, whitespace_before_args=_commented(call.whitespace_before_args, comments))
    before = kept[at - 1]
    if isinstance(before.comma, cst.Comma):
        space = _commented(before.comma.whitespace_after, comments)
        kept[at - 1] = before.with_changes(comma=before.comma.with_changes(whitespace_after=space))
    return call.with_changes(args=kept)


def _as_last(last: cst.Arg, gone: cst.Arg) -> cst.Arg:
    """An argument that becomes the last one; it keeps its comments, and gets those of the one after it."""
    old = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else None
    new = gone.comma.whitespace_after if isinstance(gone.comma, cst.Comma) else gone.whitespace_after_arg
    comments = comments_in(gone)
    if isinstance(old, cst.ParenthesizedWhitespace):
        comments = comments if isinstance(new, cst.ParenthesizedWhitespace) else []
        new = _merged(old, new, comments) if comments_in(old) or comments else new
    elif comments and not isinstance(gone.comma, cst.Comma):
        new = gone.whitespace_after_arg
    if isinstance(gone.comma, cst.Comma):
        return last.with_changes(comma=gone.comma.with_changes(whitespace_after=new))
    return last.with_changes(comma=gone.comma, whitespace_after_arg=new)


def _merged(
    old: cst.ParenthesizedWhitespace, new: cst.BaseParenthesizableWhitespace, comments: Sequence[cst.Comment]
) -> cst.ParenthesizedWhitespace:
    own = [cst.EmptyLine(indent=old.indent, whitespace=old.last_line, comment=comment) for comment in comments]
    end = new if isinstance(new, cst.ParenthesizedWhitespace) else old.with_changes(last_line=cst.SimpleWhitespace(""))
    return end.with_changes(first_line=old.first_line, empty_lines=[*old.empty_lines, *own])


def _commented(
    space: cst.BaseParenthesizableWhitespace, comments: Sequence[cst.Comment]
) -> cst.ParenthesizedWhitespace:
    """The same whitespace with comments on lines of their own."""
    own = [cst.EmptyLine(comment=comment) for comment in comments]
    if isinstance(space, cst.ParenthesizedWhitespace):
        own = [line.with_changes(whitespace=space.last_line) for line in own]
        return space.with_changes(empty_lines=[*space.empty_lines, *own])
    return cst.ParenthesizedWhitespace(empty_lines=own, indent=True)


def _with(call: cst.Call, name: str, value: cst.BaseExpression) -> cst.Call:
    new = cst.Arg(value, cst.Name(name), equal=_tight())
    at = max(1, len(positional(call)))
    if not call.args:
        return call.with_changes(args=[new])
    before, after = call.args[:at], call.args[at:]
    if after:
        new = new.with_changes(comma=_plain_comma(before[-1]))
        return call.with_changes(args=[*before, new, *after])
    last = before[-1]
    new = new.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    comma = cst.Comma(whitespace_after=_plain(call.whitespace_before_args) or cst.SimpleWhitespace(" "))
    last = last.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))
    return call.with_changes(args=[*before[:-1], last, new])


def _tight() -> cst.AssignEqual:
    return cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


def _plain_comma(arg: cst.Arg) -> cst.Comma:
    after = arg.comma.whitespace_after if isinstance(arg.comma, cst.Comma) else None
    return cst.Comma(whitespace_after=(after and _plain(after)) or cst.SimpleWhitespace(" "))


def _plain(space: cst.BaseParenthesizableWhitespace) -> cst.ParenthesizedWhitespace | None:
    """The line break and indentation of some whitespace, without its comments; None on one line."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return None
    return space.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
