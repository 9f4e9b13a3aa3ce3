"""Write import statements anew: some of their names moved, some stayed, every comment kept."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import libcst as cst

from codemods.engine.nodes import comments_in, dotted, dotted_text
from codemods.engine.report import Edit, NewImport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.engine.bindings import Bindings

Statement: TypeAlias = cst.Import | cst.ImportFrom
Moves: TypeAlias = dict[cst.ImportAlias, tuple[NewImport, ...]]

_FOR_TOOLS = re.compile(r"#\s*(noqa|type:|pylint:|pragma)")


def statement(new: Sequence[NewImport]) -> Statement:
    """One statement that imports all of these; they share a module and a style."""
    if new[0].name is None:
        return cst.Import([_alias(cst.ImportAlias(dotted(new[0].module)), new[0].alias)])
    names = [_alias(cst.ImportAlias(cst.Name(one.name or "")), one.alias) for one in new]
    return cst.ImportFrom(module=dotted(new[0].module), names=names)


def edit_statement(old: Statement, moves: Moves, bindings: Bindings) -> list[Edit]:
    """The edits that carry out the moves of one statement; comments above a deleted one go to the next."""
    line = bindings.parents.get(old)
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
        return [Edit(old, lambda _: _flat(_rewritten(old, moves)))]
    edits = [Edit(line, lambda updated: _replace_line(updated, old, moves))]
    if not _rewritten(old, moves) and (following := _next(line, bindings)) is not None:
        above = list(line.leading_lines)
        if any(one.comment for one in above):
            edits.append(Edit(following, lambda u: u.with_changes(leading_lines=[*above, *u.leading_lines])))
    return edits


def _next(line: cst.CSTNode, bindings: Bindings) -> cst.CSTNode | None:
    body: Sequence[cst.CSTNode] = getattr(bindings.parents[line], "body", ())
    after = [two for one, two in pairwise(body) if one is line]
    return after[0] if after and hasattr(after[0], "leading_lines") else None


def _alias(alias: cst.ImportAlias, name: str | None) -> cst.ImportAlias:
    as_name = cst.AsName(cst.Name(name)) if name else None
    return alias.with_changes(asname=as_name)


def _flat(statements: Sequence[cst.CSTNode]) -> Any:  # noqa: ANN401 - libcst's own union
    return cst.FlattenSentinel(statements) if statements else cst.RemoveFromParent()


def _rewritten(old: Statement, moves: Moves) -> list[Statement]:
    kept = [alias for alias in _aliases(old) if alias not in moves]
    new = [one for alias in _aliases(old) for one in moves.get(alias, ())]
    if not kept and (same := _in_place(old, moves)):
        return [same]
    if kept and (same := _beside(old, moves)):
        return [same]
    result: list[Statement] = [_keep(old, kept)] if kept else []
    return result + [statement(group) for group in _groups(new)]


def _groups(new: Sequence[NewImport]) -> list[list[NewImport]]:
    groups: dict[tuple[str, str], list[NewImport]] = {}
    for one in dict.fromkeys(new):
        key = (one.module, f"{one.module} as {one.alias}") if one.name is None else (one.module, "")
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _aliases(old: Statement) -> Sequence[cst.ImportAlias]:
    return [] if isinstance(old.names, cst.ImportStar) else old.names


def _in_place(old: Statement, moves: Moves) -> Statement | None:
    """The old statement with another module and names, its layout untouched; None when that can't be."""
    new = [moves[alias] for alias in _aliases(old)]
    if any(len(one) != 1 for one in new) or len({one[0].module for one in new}) != 1:
        return None
    first = new[0][0]
    if len({one[0] for one in new}) != len(new):
        return None
    if isinstance(old, cst.ImportFrom) and all(one[0].name for one in new):
        names = [_renamed(alias, one[0]) for alias, one in zip(_aliases(old), new, strict=True)]
        return old.with_changes(module=dotted(first.module), names=names)
    if isinstance(old, cst.Import) and first.name is None and len(new) == 1:
        alias = _aliases(old)[0].with_changes(name=dotted(first.module))
        return old.with_changes(names=[alias if first.alias else alias.with_changes(asname=None)])
    return None


def _beside(old: Statement, moves: Moves) -> Statement | None:
    """The old statement with new names of its own module where the old ones were; None when that can't be."""
    if not isinstance(old, cst.ImportFrom) or not all(len(new) == 1 for new in moves.values()):
        return None
    module = dotted_text(old.module)
    known = {(dotted_text(alias.name), _as(alias)) for alias in _aliases(old) if alias not in moves}
    names: list[cst.ImportAlias] = []
    for alias in _aliases(old):
        if alias not in moves:
            names.append(alias)
            continue
        new = moves[alias][0]
        if new.module != module or new.name is None or (new.name, new.alias) in known:
            return None
        known.add((new.name, new.alias))
        names.append(_renamed(alias, new))
    return old.with_changes(names=names)


def _as(alias: cst.ImportAlias) -> str | None:
    return alias.asname.name.value if alias.asname and isinstance(alias.asname.name, cst.Name) else None


def _renamed(alias: cst.ImportAlias, new: NewImport) -> cst.ImportAlias:
    named = alias.with_changes(name=cst.Name(new.name or ""))
    if new.alias and alias.asname:
        return named.with_changes(asname=alias.asname.with_changes(name=cst.Name(new.alias)))
    return _alias(named, new.alias)


def _keep(old: Statement, kept: Sequence[cst.ImportAlias]) -> Statement:
    *rest, last = kept
    final = _aliases(old)[-1]
    if last is not final:
        last = last.with_changes(comma=_last_comma(old, last, final))
    return old.with_changes(names=[*rest, last])


def _last_comma(old: Statement, last: cst.ImportAlias, final: cst.ImportAlias) -> cst.Comma | cst.MaybeSentinel:
    if not isinstance(old, cst.ImportFrom) or old.lpar is None:
        return cst.MaybeSentinel.DEFAULT
    comma, space = last.comma, getattr(final.comma, "whitespace_after", None)
    if space is None and old.rpar is not None:
        return cst.MaybeSentinel.DEFAULT if not comments_in(last) else comma
    if isinstance(comma, cst.Comma) and comments_in(last) and isinstance(space, cst.ParenthesizedWhitespace):
        after = comma.whitespace_after
        if isinstance(after, cst.ParenthesizedWhitespace):
            return comma.with_changes(whitespace_after=after.with_changes(last_line=space.last_line))
    if isinstance(space, cst.ParenthesizedWhitespace):
        plain = cst.TrailingWhitespace(newline=space.first_line.newline)
        return cst.Comma(whitespace_after=space.with_changes(first_line=plain, empty_lines=[]))
    return cst.MaybeSentinel.DEFAULT


def _loose_comments(old: Statement, moves: Moves) -> list[cst.Comment]:
    """The comments inside the parentheses that go away with the names beside them."""
    if not isinstance(old, cst.ImportFrom) or isinstance(old.names, cst.ImportStar):
        return []
    all_moved = all(alias in moves for alias in old.names)
    gone = [alias for alias in old.names if alias in moves]
    comments = [comment for alias in gone for comment in comments_in(alias)]
    if all_moved:
        return [*comments_in(old.lpar), *comments, *comments_in(old.rpar)]
    return comments


def _replace_line(line: cst.SimpleStatementLine, old: Statement, moves: Moves) -> Any:  # noqa: ANN401
    statements = _rewritten(old, moves)
    if not statements:
        return cst.RemoveFromParent()
    whole = len(statements) == 1 and isinstance(old, cst.ImportFrom) and _same_layout(statements[0], old)
    loose = [] if whole else _loose_comments(old, moves)
    first = line.with_changes(body=[statements[0]])
    rest = [cst.SimpleStatementLine([one], trailing_whitespace=_for_tools(line)) for one in statements[1:]]
    if loose:
        own = [cst.EmptyLine(comment=comment) for comment in loose]
        if rest:
            rest[0] = rest[0].with_changes(leading_lines=own)
        else:
            first = first.with_changes(leading_lines=[*first.leading_lines, *own])
    return cst.FlattenSentinel([first, *rest])


def _same_layout(new: Statement, old: cst.ImportFrom) -> bool:
    return isinstance(new, cst.ImportFrom) and new.lpar is old.lpar and len(_aliases(new)) == len(_aliases(old))


def _for_tools(line: cst.SimpleStatementLine) -> cst.TrailingWhitespace:
    comment = line.trailing_whitespace.comment
    if comment is not None and _FOR_TOOLS.match(comment.value):
        return line.trailing_whitespace
    return cst.TrailingWhitespace()
