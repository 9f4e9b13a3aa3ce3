"""The text of ``airflow_local_settings.py``: the governance checks with the options that the house gave them."""

from __future__ import annotations

import re
from importlib.metadata import version
from pprint import pformat
from typing import TYPE_CHECKING, Any

from migrator.assess.options import options_of
from migrator.assess.registry import all_checks, known_codes, unknown
from migrator.assess.tables import column
from migrator.errors import UsageError
from migrator.provision.policies.bundle import standing_alone
from migrator.provision.policies.snippets import snippet
from migrator.report.templates import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.assess.check import Check
    from migrator.workspace.config import AssessSection, PoliciesSection

FILE_NAME = "airflow_local_settings.py"
GIVEN = ("column", "_compiled")
"""What the template has in place of this program's own: the tables, and patterns that are known to be right."""
OWN_IMPORTS = ("import logging", "import os", "import re", "from fnmatch import fnmatchcase")
BESIDE = (
    ("migrator.assess.source", "SourceFile"),
    ("migrator.assess.view", "DagView"),
    ("migrator.assess.model", "Problem"),
    ("migrator.model.dag", "ScheduleKind"),
)
TEAM = "TEAM"


def policies(house: PoliciesSection, assess: AssessSection) -> str:
    """The whole file; UsageError for a pattern that is none, or a code that no check has."""
    for code in (*house.ignore, *house.warn):
        if code not in known_codes():
            raise unknown(code, "[policies] of migrate.toml takes whole codes of checks.")
    checks = [one for one in all_checks() if one.group == "governance" and one.code not in house.ignore]
    options = {check.code: options_of(check, assess.options) for check in checks}
    _patterns(options.get("GV104", {}).get("patterns", {}))
    looks = [(check.look.__module__, check.look.__name__) for check in checks]
    bundle, imports, definitions = standing_alone([*BESIDE, *looks], GIVEN)
    return render(
        "policies/airflow_local_settings.py.j2",
        version=version("composer-migrator"),
        house=house,
        grace={pattern: day.isoformat() for pattern, day in house.grace.items()},
        waivers=[
            (one.code, one.where, one.reason, one.expires.isoformat())
            for one in assess.waivers
            if any(check.code.startswith(one.code.rstrip("*")) for check in checks)
        ],
        checks=[(c, bundle.names[look], _rule(c, house, options)) for c, look in zip(checks, looks, strict=True)],
        tables={("import_calls", "name", "kind"): column("import_calls", "name", "kind")},
        imports=sorted({*imports.splitlines(), *OWN_IMPORTS}),
        definitions=definitions,
        literal=lambda value: pformat(value, width=112, sort_dicts=False),
    )


def _rule(check: Check, house: PoliciesSection, options: dict[str, dict[str, Any]]) -> dict[str, Any]:
    known = options.get("GV102", {}).get("known", ())
    required = options.get("GV103", {}).get("required", ())
    return {
        "subject": check.subject.value,
        "refuse": check.severity.value != "note" and check.code not in house.warn,
        "fix": check.fix,
        "snippet": snippet(check.code, known[0] if known else TEAM, required),
        "link": house.page.replace("{code}", check.code) if house.page else check.link,
        "options": options[check.code],
    }


def _patterns(patterns: Mapping[str, str]) -> None:
    for folder, pattern in patterns.items():
        try:
            re.compile(pattern)
        except re.error as error:
            raise UsageError(
                f"The pattern {pattern!r} for {folder} is no regular expression.",
                why=f"{error}; with it, every DAG of that folder would fail to load",
                fix="correct it under [assess.options.GV104] in migrate.toml; nothing was written",
            ) from error
