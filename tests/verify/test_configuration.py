"""Overrides and environment variables of v1 beside v2's."""

from __future__ import annotations

import pytest

from migrator.model.environment import EnvironmentFacts
from migrator.verify.configuration import compare_configuration
from migrator.verify.model import Verdict


def compared(mine: dict[str, dict[str, str]], theirs: dict[str, dict[str, str]]):
    sides = [EnvironmentFacts("e", "i", "RUNNING", "b", "u", **settings) for settings in (mine, theirs)]
    (one,) = compare_configuration(*sides)
    return one.verdict, one.differences[0].rule if one.differences else ""


@pytest.mark.parametrize(
    ("key", "mine", "theirs", "expected"),
    [
        ("core-parallelism", "9", {"core-parallelism": "9"}, (Verdict.EQUAL, "")),
        ("core-parallelism", "9", {"core-parallelism": "8"}, (Verdict.DIFFERENT, "")),
        ("core-parallelism", "9", {}, (Verdict.DIFFERENT, "")),
        ("core-dag_concurrency", "9", {"core-max_active_tasks_per_dag": "9"}, (Verdict.EXPLAINED, "CP207")),
        ("core-dag_concurrency", "9", {"core-dag_concurrency": "9"}, (Verdict.DIFFERENT, "")),
        ("webserver-rbac", "True", {}, (Verdict.EXPLAINED, "CP207")),
        ("core-load_examples", "True", {}, (Verdict.EXPLAINED, "CP206")),
    ],
)
def test_an_override(key, mine, theirs, expected):
    assert compared({"overrides": {key: mine}}, {"overrides": theirs}) == expected


@pytest.mark.parametrize(
    ("name", "theirs", "expected"),
    [
        ("REGION", {"REGION": "eu"}, (Verdict.EQUAL, "")),
        ("REGION", {"REGION": "us"}, (Verdict.DIFFERENT, "")),
        ("REGION", {}, (Verdict.DIFFERENT, "")),
        ("GCS_BUCKET", {}, (Verdict.EXPLAINED, "CP208")),
    ],
)
def test_an_environment_variable(name, theirs, expected):
    assert compared({"env_variables": {name: "eu"}}, {"env_variables": theirs}) == expected


def test_no_value_that_looks_like_a_secret_is_shown():
    source = EnvironmentFacts("e", "i", "RUNNING", "b", "u", env_variables={"API_TOKEN": "hunter2", "A": "hunter2"})
    target = EnvironmentFacts("e", "i", "RUNNING", "b", "u", env_variables={"A": "hunter3"})
    assert "hunter" not in repr(compare_configuration(source, target))
