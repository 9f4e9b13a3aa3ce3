"""What an environment answers for people, and the ids of runs."""

from __future__ import annotations

import pytest

from migrator.scrub.messages import shown, told
from tests.planted.sightings import sightings
from tests.scrub.forms import FORMS


@pytest.mark.parametrize("name", FORMS)
def test_the_id_of_a_run_shows_no_secret(name):
    assert sightings(shown(f"manual__{FORMS[name][0]}")) == []


@pytest.mark.parametrize(
    "run_id",
    ["scheduled__2026-01-01T00:00:00+00:00", "manual__2026-01-01T00:00:00.123456+00:00", "backfill__2026-01-01",
     "dataset_triggered__2026-01-01T00:00:00+00:00", "rerun of March", "scheduled__2026-01-01T00:00:00.000001+02:00"],
)  # fmt: skip
def test_an_ordinary_id_is_shown_as_it_is(run_id):
    assert shown(run_id) == run_id


def test_messages_of_an_answer_are_scrubbed_and_all_else_is_as_it_came():
    secret = "password=hunter2-Zebra"
    found = told({"a": {"error": secret, "run_id": secret}, "rows": [{"import_error": secret}], "error": None, "n": 1})
    hidden = "password=(redacted)"
    assert found == {
        "a": {"error": hidden, "run_id": secret}, "rows": [{"import_error": hidden}], "error": None, "n": 1,
    }  # fmt: skip


def test_things_that_have_the_name_of_a_message_are_things():
    assert told({"error": {"value": "m"}, "reason": {"message": ["x"]}}) == {
        "error": {"value": "m"}, "reason": {"message": ["x"]},
    }  # fmt: skip
