"""The assessment as JSON that only grows."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from migrator.assess.model import Severity
from migrator.model.readiness import Readiness
from migrator.report.assess.checks import check_text
from migrator.report.assess.groups import mended

if TYPE_CHECKING:
    from migrator.assess.model import Assessment, Finding

SCHEMA_VERSION = 1


def as_json(assessment: Assessment) -> str:
    """The whole assessment as versioned JSON; minutes are those of a person."""
    codes = sorted({*assessment.checks, *(finding.code for finding in assessment.findings)})
    data = {
        "schema_version": SCHEMA_VERSION,
        "source": assessment.source,
        "target": assessment.target,
        "selection": assessment.selection.as_data if assessment.selection else None,
        "summary": {
            "dags": len(assessment.dags),
            "readiness": {readiness.value: assessment.of(readiness) for readiness in Readiness},
            "findings": {severity.value: assessment.severe(severity) for severity in Severity},
            "waived": len(assessment.waived),
            "minutes": assessment.effort.minutes,
        },
        "checks": [_check(code) for code in codes],
        "findings": [_finding(finding) for finding in assessment.findings],
        "waived": [
            {**_finding(one.finding), "reason": one.reason, "expires": one.expires.isoformat()}
            for one in assessment.waived
        ],
        "dags": [asdict(dag) for dag in assessment.dags],
        "order": [{**asdict(step), "title": mended(step)[1]} for step in assessment.order],
        "effort": asdict(assessment.effort),
        "load": [asdict(hour) for hour in assessment.load],
        "skipped": list(assessment.skipped),
        "left": [_finding(finding) for finding in assessment.left],
        "starts": dict(assessment.starts),
        "users": [asdict(user) for user in assessment.users],
    }
    return json.dumps(data, indent=2) + "\n"


def _check(code: str) -> dict[str, Any]:
    return asdict(check_text(code))


def _finding(finding: Finding) -> dict[str, Any]:
    return {**asdict(finding), "link": check_text(finding.code).link}
