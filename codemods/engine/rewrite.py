"""The whole of the engine: the bytes of one file in, a result out."""

from __future__ import annotations

import ast
import gc
import io
import tokenize
import warnings
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.adapted import may_refuse
from codemods.engine.apply import apply_fixes
from codemods.engine.deep import deep, too_deep
from codemods.engine.file import File
from codemods.engine.lines import lines_before
from codemods.engine.python2 import divisions, ported
from codemods.engine.registry import all_rules
from codemods.engine.report import Change, Finding, Fix, Flag, ImportEdit, Options, Result, Safety
from codemods.engine.source import Printed, printed
from codemods.engine.suppress import Suppressions
from codemods.engine.undefined import undefined_names
from codemods.profiles import load
from codemods.target import check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from codemods.engine.report import NewImport
    from codemods.engine.rule import Rule
    from codemods.engine.scopes import Import

UNREADABLE = "CM001"
REFUSED = "CM002"
PORTED = "CM004"
_TOO_DEEP = "its expressions are nested too deep to be read: part them, then rewrite it again"


def rewrite(
    source: bytes, options: Options | None = None, *, path: str = "", rules: Sequence[Rule] | None = None
) -> Result:
    """Rewrite one file; a file that can't be read is returned as it is, with a finding.

    ``rules``: these, instead of all that the options ask for.
    """
    chosen = options or Options()
    try:
        return deep(lambda: _rewritten(source, chosen, path, rules))
    except RecursionError:
        return Result(source, findings=(Finding(1, UNREADABLE, _TOO_DEEP),))


def _rewritten(source: bytes, chosen: Options, path: str, rules: Sequence[Rule] | None) -> Result:
    if source and (finding := _unreadable(source)) is not None:
        return _of_python_2(source, finding, chosen, path, rules)
    rules = _chosen(source, chosen) if rules is None else rules
    rules = rules if b"airflow" in source else [rule for rule in rules if rule.anywhere]
    if not rules and b"airflow" not in source:
        return Result(source)
    if too_deep(source):
        return Result(source, findings=(Finding(1, UNREADABLE, _TOO_DEEP),))
    with _without_collections():
        return _checked(source, chosen, path, rules)


def _of_python_2(source: bytes, finding: Finding, chosen: Options, path: str, rules: Sequence[Rule] | None) -> Result:
    """The rewrite of what the file is in Python 3, where its syntax alone is older; else the finding."""
    after = ported(source) if chosen.wants(PORTED) else None
    if after is None:
        return Result(source, findings=(finding,))
    if not chosen.unsafe:
        offer = replace(finding, message=f"{finding.message} (or review what --unsafe makes of it)")
        return Result(source, findings=(offer,))
    result = _rewritten(after, chosen, path, rules)
    lines = lines_before(_text(source), _text(after))
    changes = [replace(one, line=lines(one.line)) for one in result.changes]
    done = Change(finding.line, PORTED, "carried over from Python 2", Safety.UNSAFE)
    whole = "Python 2 divided whole numbers without a rest here: write // where that is meant"
    told = [Finding(lines(line), PORTED, whole) for line in divisions(after)]
    told += [replace(one, line=lines(one.line)) for one in result.findings]
    return Result(result.source, tuple(sorted([done, *changes])), tuple(sorted(told)))


@contextmanager
def _without_collections() -> Iterator[None]:
    """No cyclic collection while a tree is in memory: each would walk all of it and find nothing."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _checked(source: bytes, chosen: Options, path: str, rules: Sequence[Rule]) -> Result:
    """The rules, and the gates after them."""
    result = _one_pass(source, chosen, path, rules)
    if chosen.compat and may_refuse(result.source):
        result = _settled(source, result, chosen, path, rules)
    if result.source != source and (trouble := _trouble(source, result.source)):
        result = Result(source, findings=(*result.findings, Finding(1, REFUSED, trouble)))
    return replace(result, findings=_with_target(source, result, chosen))


def _settled(source: bytes, result: Result, options: Options, path: str, rules: Sequence[Rule]) -> Result:
    """The result, with what the target's classes still refuse taken from adapters."""
    moving = [rule for rule in rules if rule.code in {"CM101", "CM720"}]
    after = _one_pass(result.source, replace(options, settled=True), path, moving)
    if after.source == result.source:
        return result
    lines = lines_before(_text(source), _text(result.source))
    changes = [replace(one, line=lines(one.line)) for one in after.changes]
    told = {(one.code, one.message) for one in result.findings}
    new = [replace(one, line=lines(one.line)) for one in after.findings if (one.code, one.message) not in told]
    return Result(after.source, (*result.changes, *changes), tuple(sorted({*result.findings, *new})))


def _with_target(source: bytes, result: Result, options: Options) -> tuple[Finding, ...]:
    """The findings, and what would fail on the target on lines where nothing else was found."""
    troubles = [t for t in check(_text(result.source), load(options.target, options.packages)) if options.wants(t.code)]
    if not troubles:
        return _marked(result.findings, frozenset())
    before = _text(source)
    lines = lines_before(before, _text(result.source))
    quiet = Suppressions(before)
    said = {finding.line for finding in result.findings}
    found = [Finding(lines(t.line), t.code, t.message, stops=True) for t in troubles]
    new = [f for f in found if f.line not in said and not quiet.cover(f.code, f.line, f.line)]
    return tuple(sorted({*_marked(result.findings, {f.line for f in found}), *new}))


def _marked(findings: tuple[Finding, ...], fatal: AbstractSet[int]) -> tuple[Finding, ...]:
    """The findings, those marked that keep the file from being loaded: by their rule, or by what stays on the line."""
    stopping = {rule.code for rule in all_rules() if rule.stops}
    return tuple(replace(f, stops=f.stops or f.line in fatal or f.code in stopping) for f in findings)


def _unreadable(source: bytes) -> Finding | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", None) or str(error)
        why = f"not Python 3 ({reason}): port this file to Python 3, then rewrite it again"
        return Finding(line, UNREADABLE, why, stops=True)
    return None


def _chosen(source: bytes, options: Options) -> list[Rule]:
    """The rules that the options ask for and that may have something to say."""
    wanted = [r for r in all_rules() if options.wants(r.code) and (not r.opt_in or r.code in options.select)]
    return [r() for r in wanted if any(needle in source for needle in r.needles)]


def _one_pass(source: bytes, options: Options, path: str, rules: Sequence[Rule]) -> Result:
    if not rules:
        return Result(source)
    try:
        module = cst.parse_module(source)
    except (cst.ParserSyntaxError, UnicodeDecodeError) as error:
        return Result(source, findings=(Finding(1, UNREADABLE, f"cannot be parsed: {error}"),))
    text = Printed(module)
    if text.text.encode(module.encoding) != source:
        lost = "it has characters, such as form feeds, that the parser would lose: remove them, then rewrite it again"
        return Result(source, findings=(Finding(1, UNREADABLE, lost),))
    file = File(module, path, options, text)
    try:
        return _Pass(file, options, text).run(rules, source)
    finally:
        file.forget()


class _Pass:
    """All rules over one file: what they report is sorted into fixes to make and findings."""

    def __init__(self, file: File, options: Options, text: Printed) -> None:
        self._file = file
        self._options = options
        self._text = text
        self._fixes: list[Fix] = []
        self._changes: list[Change] = []
        self._findings: list[Finding] = []
        self._quiet = Suppressions(text.text)
        self._taken: dict[Import, list[NewImport]] = {}

    def run(self, rules: Sequence[Rule], source: bytes) -> Result:
        """Rules that rebuild calls come first: the others ask what they took."""
        for rule in sorted(rules, key=lambda rule: not rule.rebuilds):
            for kind in rule.watches:
                for node in self._file.bindings.nodes[kind]:
                    for report in rule.check(node, self._file):
                        self._sort(rule, report)
        self._fixes.extend(self._emptied())
        after = printed(apply_fixes(self._file, self._fixes), self._text) if self._fixes else source
        return Result(after, tuple(sorted(self._changes)), tuple(sorted(self._findings)))

    def _emptied(self) -> Iterator[Fix]:
        """Drop each import of which rules took every use; what the new code needs is put in its place."""
        placed: set[NewImport] = set()
        for imported, needed in self._taken.items():
            if self._file.emptied(imported) and imported.dotted is None:
                at_top = imported.scope is self._file.bindings.top
                new = tuple(one for one in dict.fromkeys(needed) if at_top and one not in placed)
                placed |= set(new)
                yield Fix(imported.alias, "", (ImportEdit(imported, new),))

    def _take(self, fix: Fix) -> None:
        self._file.taken.update(fix.takes)
        for node in fix.takes:
            found = self._file.bindings.use(node)
            for imported in found[0].imports if found else ():
                self._taken.setdefault(imported, []).extend(fix.imports)

    def _sort(self, rule: Rule, report: Fix | Flag) -> None:
        line, last = self._text.lines(report.anchor)
        if self._quiet and self._quiet.cover(rule.code, line, last):
            return
        if not isinstance(report, Flag) and (name := self._loses(report)):
            report = Flag(report.anchor, f"{report.message}; {name} is exported here, so change it yourself")
        if isinstance(report, Flag):
            self._findings.append(Finding(line, rule.code, report.message))
            return
        safety = report.safety or rule.safety
        if safety is Safety.UNSAFE and not self._options.unsafe:
            message = f"{report.message} (review, then use --unsafe)"
            self._findings.append(Finding(line, rule.code, message, unsafe=True))
            return
        self._fixes.append(report)
        self._take(report)
        self._changes.append(Change(line, rule.code, report.message, safety))

    def _loses(self, fix: Fix) -> str:
        """A name that the module exports and that would be bound no more; empty when there is none."""
        edits = (edit for edit in fix.edits if isinstance(edit, ImportEdit) and self._file.exports(edit.old.local))
        return next((one.old.local for one in edits if one.old.local not in {new.local for new in one.new}), "")


def _trouble(before: bytes, after: bytes) -> str:
    """Why a rewritten file can't be trusted; empty when it can."""
    if not _compiles(after):
        if not _compiles(before):
            return "it does not compile, so it was left unchanged: fix that, then rewrite it again"
        return "the rewritten file would not parse, so it was left as it is; please report this"
    names = undefined_names(_text(after)) - undefined_names(_text(before))
    if names:
        return f"the rewritten file would use undefined names ({', '.join(sorted(names))}), so it was left as it is"
    return ""


def _compiles(source: bytes) -> bool:
    """Whether it also passes what the parser leaves to the compiler, such as an argument given twice."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<dag>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _text(source: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding)
