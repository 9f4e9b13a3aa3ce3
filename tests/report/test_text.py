"""What a terminal and a program get."""

from __future__ import annotations

import json
import re

from migrator.report.rewrite.data import as_json
from migrator.report.rewrite.formats import Format, rendered
from migrator.report.rewrite.text import as_table, as_text
from migrator.rewrite.show import diff, summary
from tests.report.estate import IMPORTS, MIXED, PLUGIN, report


def test_every_line_can_be_grepped_and_groups_stand_together() -> None:
    lines = as_text(report({"a.py": MIXED, "b.py": PLUGIN})).splitlines()
    assert all(re.fullmatch(r"\S+\.py:\d+: CM\d{3} .+", line) for line in lines)
    assert [line.split()[:2] for line in lines] == [["a.py:3:", "CM102"], ["b.py:1:", "CM102"], ["a.py:4:", "CM307"]]


def test_the_table_counts_by_rule() -> None:
    rows = [line.split() for line in as_table(report({"a.py": MIXED, "b.py": PLUGIN})).splitlines()[2:]]
    assert rows == [
        ["CM101", "moved", "names", "1", "1"],
        ["CM102", "names", "without", "successor", "2", "2"],
        ["CM201", "schedule", "interval", "1", "1"],
        ["CM307", "days", "ago", "1", "1"],
    ]
    assert as_table(report({"a.py": "import os\n"})) == ""


def test_json_only_grows() -> None:
    data = json.loads(as_json(report({"a.py": MIXED, "b.py": "import os\n"})))
    assert data["schema_version"] == 1
    assert {"files": 2, "changed": 1, "findings": 2}.items() <= data["summary"].items()
    assert (data["summary"]["for_a_person"], data["summary"]["to_review"]) == (1, 1)
    assert (data["dry_run"], data["target"]) == (True, "composer-2.15.3-airflow-2.10.5")
    file = data["files"][0]
    assert {"path", "changed", "changes", "findings", "diff"} <= file.keys()
    assert file["owner"] == "data"
    assert file["findings"][1]["unsafe"] is True
    assert file["diff"].startswith("--- a/a.py\n+++ b/a.py\n@@ -1,")
    assert {"code", "url", "changes"} <= data["rules"][0].keys()


def test_one_line_counts() -> None:
    found = report({"a.py": MIXED})
    assert summary(found.result, dry_run=True) == (
        "1 file read, 1 would change, 2 findings (1 with a fix behind --unsafe)"
    )
    assert summary(report({"a.py": IMPORTS}).result, dry_run=False) == "1 file read, 1 changed, 0 findings"


def test_a_patch_splits_lines_as_patch_does() -> None:
    found = report({"a.py": IMPORTS + "# a\x0cb\n" + "x = 1"})
    text = "".join(diff(found.result.files[0]))
    assert "\n # a\x0cb\n x = 1\n\\ No newline at end of file\n" in text


def test_every_format_is_rendered() -> None:
    found = report({"a.py": MIXED})
    assert all("CM102" in rendered(found, form) for form in Format)
