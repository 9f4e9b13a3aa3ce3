"""The findings as SARIF 2.1.0, for code review tools; what is waived is there as suppressed.

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

from migrator.report.assess.checks import check_text
from migrator.report.rewrite.sarif import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.model import Assessment, Finding
    from migrator.report.assess.checks import CheckText


def as_sarif(assessment: Assessment, root: str) -> str:
    """One run; ``root`` is the workspace. What no file says is told of ``inventory.json``."""
    found = [(finding, "") for finding in assessment.findings]
    found += [(one.finding, f"{one.reason} (until {one.expires})") for one in assessment.waived]
    codes = sorted({finding.code for finding, _ in found})
    driver = {
        "name": "composer-migrator",
        "version": version("composer-migrator"),
        "rules": [_rule(check_text(code)) for code in codes],
    }
    run = {"tool": {"driver": driver}, "results": list(_results(found, codes, root))}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(check: CheckText) -> dict[str, Any]:
    about = {
        "id": check.code,
        "name": "".join(word.capitalize() for word in check.name.split("-")),
        "shortDescription": {"text": check.summary},
        "fullDescription": {"text": f"{check.summary} {check.why}".strip()},
        "help": {"text": check.fix},
        "defaultConfiguration": {"level": check.severity or "warning"},
        "properties": {"tags": ["airflow", check.group]},
    }
    return {**about, "helpUri": check.link} if check.link else about


def _results(found: list[tuple[Finding, str]], codes: list[str], root: str) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for finding, waived in found:
        place = {"artifactLocation": {"uri": _uri(finding.file, root)}, "region": {"startLine": max(finding.line, 1)}}
        result = {
            "ruleId": finding.code,
            "ruleIndex": codes.index(finding.code),
            "level": finding.severity.value,
            "message": {"text": f"{finding.message}. {check_text(finding.code).fix}"},
            "locations": [{"physicalLocation": place}],
            "partialFingerprints": {"migrateAssess/v1": _fingerprint(finding, seen)},
            "properties": {"dags": list(finding.dags), "holds": finding.holds.value},
        }
        suppressed = {"suppressions": [{"kind": "external", "justification": waived}]} if waived else {}
        yield result | suppressed


def _fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """The same for a finding whose line moved."""
    same = f"{finding.code}\0{finding.file}\0{finding.message}"
    seen[same] += 1
    return hashlib.sha256(f"{same}\0{seen[same]}".encode()).hexdigest()[:32]


def _uri(path: str, root: str) -> str:
    """Where a file of the bucket lies in the workspace, as a URI; relative where the workspace is."""
    top, slash, rest = path.partition("/")
    local = f"{top}/source/{rest}" if slash else path or "inventory.json"
    whole = Path(root) / local
    return whole.as_uri() if whole.is_absolute() else quote(whole.as_posix())
