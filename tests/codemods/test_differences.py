"""The table of what differs: each row that is mended or told has an example of it alone, and no default is missing."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from codemods.engine.registry import all_rules
from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite
from codemods.tables import rows
from migrator.lab import installs
from tests.bench.signature_differences import Site, differences

ROWS = rows("differences")
SHOWN = [pytest.param(row, id=f"{row['name']}: {row['difference']}") for row in ROWS if row["decision"] != "no matter"]


def source(row: dict[str, str]) -> bytes:
    return row["example"].replace("\\n", "\n").encode()


@pytest.mark.parametrize("row", SHOWN)
def test_an_example_shows_it(row: dict[str, str]) -> None:
    result = rewrite(source(row), Options(unsafe=row["decision"] == "fix"), path="dags/a.py")
    found = result.changes if row["decision"] == "fix" else result.findings
    assert [one.code for one in found].count(row["code"]) == 1, [*result.changes, *result.findings]


@pytest.mark.parametrize("row", SHOWN)
def test_what_is_mended_is_mended_once(row: dict[str, str]) -> None:
    done = rewrite(source(row), Options(unsafe=True), path="dags/a.py")
    assert rewrite(done.source, Options(unsafe=True), path="dags/a.py").source == done.source


def test_every_row_has_a_decision_and_a_reason() -> None:
    codes = {rule.code for rule in all_rules()}
    for row in ROWS:
        assert row["decision"] in {"fix", "finding", "no matter"}, row
        assert row["reason"], row
        assert (row["code"] in codes) == (row["decision"] != "no matter"), row
        assert bool(row["example"]) == (row["decision"] != "no matter"), row
    keys = [(row["name"], row["difference"]) for row in ROWS]
    assert len(keys) == len(set(keys))


def short(name: str) -> str:
    """``Class`` or ``Class.method`` of a dotted name."""
    parts = name.split(".")
    first = next(at for at, part in enumerate(parts) if part[:1].isupper())
    return ".".join(parts[first:])


def decided(name: str, difference: str) -> bool:
    return any(fnmatchcase(name, row["name"]) and row["difference"] == difference for row in ROWS)


@pytest.mark.airflow
def test_every_default_that_changed_is_in_the_table() -> None:
    sites = [
        next(installs.ensure(one, print).glob("lib/*/site-packages")) for one in (installs.SOURCE, installs.TARGET)
    ]
    found = list(differences(Site(sites[0]), Site(sites[1])))
    changed = [(short(name), what) for name, what, _, _ in found if what.endswith((" default", "template_ext more"))]
    assert len(changed) > 40
    assert [one for one in changed if not decided(*one)] == []
