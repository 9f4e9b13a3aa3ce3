"""The whole of the engine: the bytes of one file in, a result out."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from codemods.engine.apply import apply_fixes
from codemods.engine.file import File
from codemods.engine.registry import all_rules
from codemods.engine.report import Change, Finding, Fix, Flag, Options, Result, Safety
from codemods.engine.suppress import Suppressions
from codemods.engine.undefined import undefined_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.rule import Rule

UNREADABLE = "CM001"
REFUSED = "CM002"


def rewrite(source: bytes, options: Options | None = None, *, path: str = "") -> Result:
    """Rewrite one file; a file that can't be read is returned as it is, with a finding."""
    chosen = options or Options()
    if (finding := _unreadable(source)) is not None:
        return Result(source, findings=(finding,))
    result = _one_pass(source, chosen, path)
    if result.source == source:
        return result
    trouble = _trouble(source, result.source, chosen, path)
    return Result(source, findings=(*result.findings, Finding(1, REFUSED, trouble))) if trouble else result


def _unreadable(source: bytes) -> Finding | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", None) or str(error)
        return Finding(line, UNREADABLE, f"not Python 3 ({reason}): port this file to Python 3, then rewrite it again")
    return None


def _one_pass(source: bytes, options: Options, path: str) -> Result:
    rules = [r() for r in all_rules() if options.wants(r.code) and any(needle in source for needle in r.needles)]
    if not rules or b"airflow" not in source:
        return Result(source)
    try:
        module = cst.parse_module(source)
    except (cst.ParserSyntaxError, UnicodeDecodeError) as error:
        return Result(source, findings=(Finding(1, UNREADABLE, f"cannot be parsed: {error}"),))
    if module.bytes != source:
        lost = "it has characters, such as form feeds, that the parser would lose: remove them, then rewrite it again"
        return Result(source, findings=(Finding(1, UNREADABLE, lost),))
    file = File(module, path)
    reports = list(_reports(rules, file))
    if not reports:
        return Result(source)
    return _sorted_out(file, reports, options, source)


def _reports(rules: list[Rule], file: File) -> Iterator[tuple[Rule, Fix | Flag]]:
    for rule in rules:
        for kind in rule.watches:
            for node in file.bindings.nodes[kind]:
                for report in rule.check(node, file):
                    yield rule, report


def _sorted_out(file: File, reports: list[tuple[Rule, Fix | Flag]], options: Options, source: bytes) -> Result:
    """Split the reports into changes and findings, and make the changes."""
    positions = MetadataWrapper(file.module, unsafe_skip_copy=True).resolve(PositionProvider)
    quiet = Suppressions(source.decode(file.module.encoding))
    fixes: list[Fix] = []
    changes: list[Change] = []
    findings: list[Finding] = []
    for rule, report in reports:
        where = positions[report.anchor]
        if quiet and quiet.cover(rule.code, where.start.line, where.end.line):
            continue
        if isinstance(report, Flag):
            findings.append(Finding(where.start.line, rule.code, report.message))
        elif (report.safety or rule.safety) is Safety.UNSAFE and not options.unsafe:
            findings.append(Finding(where.start.line, rule.code, f"{report.message} (review, then use --unsafe)"))
        else:
            fixes.append(report)
            changes.append(Change(where.start.line, rule.code, report.message))
    after = apply_fixes(file, fixes).bytes if fixes else source
    return Result(after, tuple(sorted(changes)), tuple(sorted(findings)))


def _trouble(before: bytes, after: bytes, options: Options, path: str) -> str:
    """Why a rewritten file can't be trusted; empty when it can."""
    if _unreadable(after) is not None:
        return "the rewritten file would not parse, so it was left as it is; please report this"
    names = undefined_names(_text(after)) - undefined_names(_text(before))
    if names:
        return f"the rewritten file would use undefined names ({', '.join(sorted(names))}), so it was left as it is"
    if _one_pass(after, options, path).source != after:
        return "a second pass would change the file again, so it was left as it is; please report this"
    return ""


def _text(source: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding)
