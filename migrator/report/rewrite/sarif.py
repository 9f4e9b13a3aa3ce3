"""The findings as SARIF 2.1.0, for code review tools.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from migrator.report.rewrite.diff import lines
from migrator.report.rewrite.rules import rule_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.report import Finding
    from migrator.report.rewrite.model import Report, ReportFile
    from migrator.report.rewrite.rules import RuleText

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_sarif(report: Report) -> str:
    """One run: a result a finding, "warning" where a person is needed, "note" where a fix waits behind --unsafe."""
    codes = sorted({finding.code for file in report.result.files for finding in file.findings})
    driver = {
        "name": "composer-migrator",
        "version": version("composer-migrator"),
        "rules": [_rule(rule_text(code)) for code in codes],
    }
    results = [one for file in report.files for one in _results(file, codes, report.root)]
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: RuleText) -> dict[str, Any]:
    blocks = rule.explanation.replace("``", "`").split("\n\n")
    text = "\n\n".join(" ".join(block.split()) for block in blocks)
    about = {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary.replace("``", "`") or rule.title},
        "fullDescription": {"text": text or rule.title},
        "help": {"text": f"{text}\n\nmigrate explain {rule.code}".strip()},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"safety": rule.safety, "since": rule.since, "tags": ["airflow", "migration"]},
    }
    return {**about, "helpUri": rule.url} if rule.url else about


def _results(file: ReportFile, codes: list[str], root: str) -> Iterator[dict[str, Any]]:
    text = lines(file.result.before)
    uri = _uri(file.result.path, root)
    seen: Counter[str] = Counter()
    for finding in file.result.findings:
        print_ = _fingerprint(finding, text, seen)
        yield {
            "ruleId": finding.code,
            "ruleIndex": codes.index(finding.code),
            "level": "note" if finding.unsafe else "warning",
            "message": {"text": finding.message},
            "locations": [
                {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": max(finding.line, 1)}}}
            ],
            "partialFingerprints": {"migrateFinding/v1": print_},
            "properties": {"owner": file.owner, "fixWithUnsafe": finding.unsafe},
        }


def _fingerprint(finding: Finding, text: list[str], seen: Counter[str]) -> str:
    """The same for a finding whose line moved: the rule, the line's text, and which of the equal ones it is."""
    line = text[finding.line - 1].strip() if 0 < finding.line <= len(text) else ""
    same = f"{finding.code}\0{line}"
    seen[same] += 1
    return hashlib.sha256(f"{same}\0{seen[same]}".encode()).hexdigest()[:32]


def _uri(path: str, root: str) -> str:
    """A path as a URI: relative to the folder that the command ran in, unless the path is absolute."""
    whole = Path(root) / path
    return whole.as_uri() if whole.is_absolute() else quote(whole.as_posix())
