"""Every code that a finding can bear explains itself, and can be answered for."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from migrator.report.catalogue import entries
from tests.workspace.users import migrate_here

ROOT = Path(__file__).parents[2]


def codes_in_the_source() -> set[str]:
    """What looks like a code in a literal of the program."""
    files = [*ROOT.glob("migrator/**/*.py"), *ROOT.glob("codemods/**/*.py")]
    found = {code for file in files for code in re.findall(r'"((?:CM|GV|CP|ES|WV)\d{3})"', file.read_text("utf-8"))}
    assert len(found) > 80
    return found


def test_every_code_of_the_program_is_in_the_catalogue() -> None:
    assert codes_in_the_source() - set(entries()) == set()


@pytest.mark.parametrize("code", sorted(entries()))
def test_every_entry_says_what_why_and_how(code: str) -> None:
    one = entries()[code]
    assert one.summary
    assert one.fix
    assert one.group
    for line in one.options:
        tomllib.loads(f"{line[0]} = {line[1]}")
    if one.waive:
        assert tomllib.loads(one.waive)["assess"]["waivers"][0]["code"] == code


@pytest.mark.parametrize("code", ["gv101", "CM401", "CM003", "ES", "wv001"])
def test_explain_takes_each_kind_of_code_and_its_beginning(code: str, tmp_path: Path) -> None:
    shown = migrate_here(tmp_path, "explain", code).ended(0).out
    wanted = [one for one in entries() if one.startswith(code.upper())]
    assert [line.split()[0] for line in shown.splitlines() if re.match(r"[A-Z]{2}\d{3} [a-z-]+ \(", line)] == wanted


def test_rules_lists_all_or_some_as_a_table_or_as_json(tmp_path: Path) -> None:
    listed = json.loads(migrate_here(tmp_path, "rules", "--format", "json").ended(0).out)["rules"]
    assert [one["code"] for one in listed] == list(entries())
    some = migrate_here(tmp_path, "rules", "GV10", "ES").ended(0).out
    assert {line[:2] for line in some.splitlines()[2:]} == {"GV", "ES"}


@pytest.mark.parametrize("command", ["rules", "explain"])
def test_a_code_that_nothing_bears_is_told_with_the_nearest(command: str, tmp_path: Path) -> None:
    done = migrate_here(tmp_path, command, "GV9O1").ended(2)
    assert "migrate explain GV1" in done.err
