"""The report as JSON that only grows."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from migrator.rewrite.show import diff

if TYPE_CHECKING:
    from migrator.report.rewrite.model import Report, ReportFile, Tally

SCHEMA_VERSION = 1


def as_json(report: Report) -> str:
    """The result as versioned JSON; texts are given for changed files only, as a diff."""
    summary = report.summary
    data = {
        "schema_version": SCHEMA_VERSION,
        "dry_run": report.dry_run,
        "target": report.target,
        "selection": report.selection.as_data if report.selection else None,
        "summary": {
            "files": summary.files,
            "changed": summary.changed,
            "findings": summary.person + summary.review,
            "safe_changes": summary.safe,
            "unsafe_changes": summary.unsafe,
            "for_a_person": summary.person,
            "to_review": summary.review,
        },
        "rules": [_rule(tally) for tally in report.tallies],
        "files": [_file(file) for file in report.files],
    }
    return json.dumps(data, indent=2) + "\n"


def _rule(tally: Tally) -> dict[str, Any]:
    rule = tally.rule
    about = {"code": rule.code, "name": rule.name, "summary": rule.summary, "url": rule.url, "safety": rule.safety}
    counts = {"changes": tally.changes, "for_a_person": tally.person, "to_review": tally.review, "files": tally.files}
    return {**about, "since": rule.since, **counts}


def _file(file: ReportFile) -> dict[str, Any]:
    result = file.result
    return {
        "path": result.path,
        "owner": file.owner,
        "changed": result.changed,
        "changes": [asdict(change) for change in result.changes],
        "findings": [asdict(finding) for finding in result.findings],
        "diff": "".join(diff(result)),
    }
