"""What a process that is gone has asked for is taken back; what others ask for now is left alone."""

from __future__ import annotations

import json

import pytest

from migrator.environments.agent_client import ANSWERS, REQUESTS
from migrator.environments.leftovers import ACTING, withdraw


def ask(bucket, name, action):
    bucket.write(f"{REQUESTS}/{name}.json", json.dumps({"id": name, "action": action, "params": {}}).encode())


@pytest.mark.parametrize("action", sorted(ACTING))
def test_a_request_that_would_change_something_is_taken_back(bucket, action):
    ask(bucket, "left-3", action)
    assert withdraw(bucket, seconds=0) == [action]
    assert bucket.files("data/") == []


@pytest.mark.parametrize("action", ["observe", "runs", "describe", "names", "end", "public_key"])
def test_what_only_reads_may_be_somebody_elses(bucket, action):
    ask(bucket, "now", action)
    bucket.write(f"{REQUESTS}/half.json", b'{"id"')
    bucket.write(f"{REQUESTS}/other.json", b"[]")
    assert withdraw(bucket) == []
    assert len(bucket.files(REQUESTS)) == 3


def test_an_agent_that_is_at_work_on_it_is_waited_for(bucket):
    ask(bucket, "late", "switch_on")
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        bucket.write(f"{ANSWERS}/late.json", b"{}")

    assert withdraw(bucket, sleep) == ["switch_on"]
    assert slept == [0.5]
    assert bucket.files("data/") == []


def test_an_answer_that_is_there_is_not_waited_for(bucket):
    ask(bucket, "done", "carry_over")
    bucket.write(f"{ANSWERS}/done.json", b"{}")
    assert withdraw(bucket, sleep=pytest.fail) == ["carry_over"]
    assert bucket.files("data/") == []
