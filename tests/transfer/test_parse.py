"""Waiting for Airflow to parse what was deployed, on a clock of our own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from migrator.transfer.parse import Awaited, Patience, Problem, wait_parsed
from migrator.transfer.seen import Seen
from tests.transfer.targets import NOW

FILE, PATIENCE = "dags/a.py", Patience(deadline=300, poll=5, stale=60)


def seen(after: float | None = None, errors: str | None = None) -> Seen:
    parsed = {} if after is None else {"a": NOW + timedelta(seconds=after)}
    return Seen(parsed, frozenset(), {} if errors is None else {FILE: errors})


def waited(*looks: Seen, changed: bool = False) -> tuple[list[Problem], float]:
    """The first look is the one at the end of the upload; the last one repeats."""
    rest, time = list(looks[1:]), [0.0]

    def look() -> Seen:
        return rest.pop(0) if len(rest) > 1 else (rest or list(looks))[0]

    def sleep(seconds: float) -> None:
        time[0] += seconds

    awaited = Awaited({FILE: ("a",), "dags/module.py": ()}, frozenset({FILE} if changed else ()), looks[0], sync=20)
    return wait_parsed(awaited, look, PATIENCE, lambda _: None, sleep, lambda: time[0]), time[0]


@pytest.mark.parametrize(
    ("looks", "changed", "seconds"),
    [
        ((seen(0),), False, 0),
        ((seen(), seen(), seen(9)), False, 10),
        ((seen(0), seen(5), seen(25)), True, 10),
        ((seen(0, "old error"), seen(0, "old error"), seen(25)), True, 10),
    ],
    ids=["there already", "appears", "parsed anew", "old error goes"],
)
def test_a_file_that_is_parsed_is_no_problem(looks, changed, seconds):
    assert waited(*looks, changed=changed) == ([], seconds)


@pytest.mark.parametrize(
    ("looks", "changed", "seconds"),
    [
        ((seen(), seen(errors="boom")), False, 5),
        ((seen(0), seen(0, "boom")), True, 5),
        ((seen(0, "old error"), seen(0, "boom")), True, 5),
        ((seen(0, "boom"), seen(0, "boom")), True, 60),
        ((seen(0, "boom"),), False, 0),
    ],
    ids=["new file", "changed file", "another error", "the same error again", "unchanged file"],
)
def test_an_import_error_ends_the_wait(looks, changed, seconds):
    assert waited(*looks, changed=changed) == ([Problem(FILE, "boom")], seconds)


@pytest.mark.parametrize(("looks", "changed"), [((seen(),), False), ((seen(0), seen(5)), True)])
def test_a_dag_that_does_not_come_within_the_deadline_is_named(looks, changed):
    problems, seconds = waited(*looks, changed=changed)
    assert problems == [Problem(FILE, "not parsed within the deadline: a")]
    assert seconds == PATIENCE.deadline


def test_the_error_of_a_file_that_was_not_deployed_is_not_ours():
    other = Seen({"a": NOW}, frozenset(), {"dags/theirs.py": "boom"})
    assert waited(other) == ([], 0)
