"""Compare a call of a method with what it takes on the target: what to rename, what to name, what raises."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from codemods.engine.file import has_stars
from codemods.engine.nodes import is_name
from codemods.support.calls import positional
from codemods.support.renames import CONNECTIONS
from codemods.tables import method_arguments, renamed_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from codemods.profiles.methods import Method
    from codemods.support.receivers import Kind

_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Named:
    """An argument that is to be passed by this name."""

    arg: cst.Arg
    name: str


@dataclass(frozen=True, slots=True)
class Refused:
    """An argument, or the whole call, that the target refuses, or takes for something else, and why."""

    node: cst.CSTNode
    why: str


def compare(call: cst.Call, kind: Kind, name: str, before: Method | None, after: Method) -> list[Named | Refused]:
    """What has to be done about the arguments of a call; empty when they mean the same on the target."""
    short = f"{kind.new.rpartition('.')[2]}.{name}"
    found = [*by_position(call, kind, name, before, after), *_by_keyword(call, kind, name, before, after)]
    refused = [one for one in found if isinstance(one, Refused)]
    if not refused and not has_stars(call):
        names = {one.name for one in found if isinstance(one, Named)}
        given = (
            {_keyword(arg) for arg in call.args if arg.keyword} | names | set(after.positional[: len(positional(call))])
        )
        missing = [one for one in after.required if one not in given]
        if missing:
            return [*found, Refused(call, f"{short} requires {', '.join(missing)} now: it raises TypeError")]
    return found


def by_position(
    call: cst.Call, kind: Kind, name: str, before: Method | None, after: Method
) -> Iterator[Named | Refused]:
    """The arguments by position: once one is passed by name, all after it must be."""
    short = f"{kind.new.rpartition('.')[2]}.{name}"
    names = before.positional if before is not None else after.positional
    moved = after.named
    starred = False
    for index, arg in enumerate(call.args):
        starred |= arg.star == "*"
        if arg.keyword is not None or arg.star or starred:
            continue
        old = names[index] if index < len(names) else ""
        slot = after.positional[index] if index < len(after.positional) else ""
        if not old:
            if not after.rest and not (before is not None and before.rest):
                yield Refused(arg, f"{short} takes {len(after.positional)} arguments by position: it raises TypeError")
            continue
        new = _renamed(kind, name, old, before, after)
        same = bool(slot) and (slot in (old, new) or _replaces(slot, old, arg, before))
        if not (moved or not same):
            continue
        moved = True
        if new:
            yield Named(arg, new)
        elif same:
            yield Named(arg, slot)
        else:
            place = f", and its place has {slot}" if slot else ""
            yield Refused(arg, f"{short} has no {old} any more{place}: see what the call needs")


def _by_keyword(
    call: cst.Call, kind: Kind, name: str, before: Method | None, after: Method
) -> Iterator[Named | Refused]:
    short = f"{kind.new.rpartition('.')[2]}.{name}"
    given = {_keyword(arg) for arg in call.args}
    for arg in call.args:
        old = _keyword(arg)
        if not old or after.more or old in (*after.positional, *after.keywords):
            continue
        new = _renamed(kind, name, old, before, after)
        if new and new not in given:
            yield Named(arg, new)
        else:
            yield Refused(arg, f"{short} takes no argument {old!r}: it raises TypeError when it is called")


def _renamed(kind: Kind, method: str, old: str, before: Method | None, after: Method) -> str:
    """The name on the target of an argument of 1.10; empty when it has none."""
    takes = (*after.positional, *after.keywords)
    if old in takes:
        return old
    short = kind.new.rpartition(".")[2]
    if method == "__init__":
        made = "gcp_conn_id" if old in CONNECTIONS else renamed_arguments().get((short, old), "")
        return made if made in takes else ""
    for owner, called in ((short, method), (short, "*")):
        if (new := method_arguments().get((owner, called, old))) in takes:
            return new or ""
    added = [one for one in takes if not _known(one, before)]
    alike = [one for one in added if _plain(one) == _plain(old)]
    return alike[0] if len(alike) == 1 and before is not None else ""


def _replaces(slot: str, old: str, arg: cst.Arg, before: Method | None) -> bool:
    """Whether a new parameter in the place of an old one is the same under another name, or is given None."""
    alike = SequenceMatcher(None, old, slot).ratio() > _ALIKE or old in slot
    return not _known(slot, before) and (alike or is_name(arg.value, "None"))


def _known(name: str, before: Method | None) -> bool:
    return before is not None and name in (*before.positional, *before.keywords)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _keyword(arg: cst.Arg) -> str:
    return arg.keyword.value if arg.keyword is not None else ""
