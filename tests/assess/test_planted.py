"""Each planted fault is found by its code, alone on its DAG; clean DAGs are left alone."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from codemods.profiles import load
from migrator.assess.estate import Estate
from migrator.assess.registry import all_checks
from migrator.assess.run import Settings, assess
from tests.assess.planted import ENVIRONMENT, FAULTS, FILES, TODAY, dag_id_of, inventory, packages, section, sources

if TYPE_CHECKING:
    from migrator.assess.model import Assessment

ALLOWED = {"ES307"}
"""Findings of many DAGs at once: the planted ones begin in the same minute."""
PACKAGES = {"CP201"}


@pytest.fixture(scope="module")
def made() -> Assessment:
    estate = Estate(inventory(), sources(), load(), packages())
    begun = time.perf_counter()
    found = assess(estate, all_checks(), Settings(TODAY, section()))
    print(f"{len(found.dags)} DAGs, {len(found.findings)} findings in {time.perf_counter() - begun:.2f} s")
    return found


@pytest.fixture(scope="module")
def by_dag(made: Assessment) -> dict[str, set[str]]:
    codes = defaultdict(set)
    for finding in made.findings:
        for dag_id in finding.dags:
            codes[dag_id].add(finding.code)
    return codes


def test_the_estate_has_220_dags_and_more_than_fifty_faults_of_all_kinds(made: Assessment) -> None:
    assert len(made.dags) == 220
    planted = [fault.code for fault in FAULTS] + [code for code, _ in FILES.values() if code]
    planted += [code for code, _ in ENVIRONMENT] + ["ES307"]
    assert len(planted) >= 50
    of_folders = {"ES314", "ES315"}  # a live environment knows all; tests/assess/test_unknown.py plants these
    of_python_2 = {"CP220"}  # this one runs 3.8; the examples of the check plant it
    assert set(planted) == {check.code for check in all_checks()} - of_folders - of_python_2 | {"WV001", "WV002"}


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=lambda n: f"{n:02d}-{FAULTS[n].code}")
def test_a_planted_fault_is_found_and_nothing_else(number: int, by_dag: dict[str, set[str]]) -> None:
    assert by_dag[dag_id_of(number)] - ALLOWED == {FAULTS[number].code}


def test_fifty_clean_dags_have_no_finding(by_dag: dict[str, set[str]], made: Assessment) -> None:
    clean = [dag.dag_id for dag in made.dags if dag.dag_id.startswith("clean_")]
    assert len(clean) == 50
    assert {dag_id: by_dag[dag_id] - ALLOWED for dag_id in clean if by_dag[dag_id] - ALLOWED} == {}


@pytest.mark.parametrize(("code", "said"), sorted(ENVIRONMENT))
def test_a_fault_of_the_environment_is_found(code: str, said: str, made: Assessment) -> None:
    assert [f for f in made.findings if f.code == code and said in f.message]


@pytest.mark.parametrize("path", sorted(path for path, (code, _) in FILES.items() if code))
def test_a_fault_of_a_file_is_found_there(path: str, made: Assessment) -> None:
    assert {f.code for f in made.findings if f.file == path} == {FILES[path][0]}


def test_what_the_environment_is_told_is_what_is_wrong_with_it(made: Assessment) -> None:
    expected = {code for code, _ in ENVIRONMENT} | {"ES307"}
    assert {finding.code for finding in made.findings if finding.file in {"", "migrate.toml"}} == expected
    assert len([f for f in made.findings if f.file in {"", "migrate.toml"}]) == len(ENVIRONMENT) + 2, (
        "lake is CP213 too"
    )


def test_findings_of_the_lab_s_dags_are_those_that_they_are_known_for(made: Assessment) -> None:
    found = {f.code for f in made.findings if f.dags and all(dag_id.startswith("estate_") for dag_id in f.dags)}
    assert found == {"GV101", "GV103", "GV105", "GV106", "GV107"}


def test_a_secret_is_never_shown(made: Assessment) -> None:
    said = " ".join(finding.message for finding in made.findings)
    for secret in ("hunter2", "s3cr3t", "9f8e7d6c5b4a", "AKIA"):
        assert secret not in said
