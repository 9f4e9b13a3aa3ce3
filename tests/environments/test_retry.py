"""What is tried again, how often, and after which pauses."""

from __future__ import annotations

import pytest

from migrator.environments.retry import Deadline, Retry


class Flaky:
    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)

    def __call__(self):
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def always(_error):
    return True


def test_the_first_success_ends_it():
    pauses = []
    assert Retry(sleep=pauses.append)(Flaky(OSError(), OSError(), 7), transient=always) == 7
    assert pauses == pytest.approx([0.3, 0.9])


def test_the_last_error_is_raised():
    pauses = []
    flaky = Flaky(OSError("1"), OSError("2"), OSError("3"), OSError("4"))
    with pytest.raises(OSError, match="4"):
        Retry(sleep=pauses.append)(flaky, transient=always)
    assert len(pauses) == 3


def test_what_is_not_transient_is_raised_at_once():
    flaky = Flaky(ValueError("no"), 7)
    with pytest.raises(ValueError, match="no"):
        Retry(sleep=lambda _: None)(flaky, transient=lambda error: isinstance(error, OSError))
    assert flaky.outcomes == [7]


def test_a_deadline_counts_down_on_its_own_clock():
    now = [100.0]
    deadline = Deadline.after(5, lambda: now[0])
    assert deadline.remaining == 5
    assert not deadline.passed
    now[0] = 106
    assert deadline.remaining == 0
    assert deadline.passed
