"""What is hidden in another text is found, and what only looks wrapped is left alone."""

from __future__ import annotations

import base64

import pytest

from migrator.scrub.text import scrub
from tests.planted.sightings import sightings
from tests.scrub.forms import FORMS
from tests.scrub.wraps import WRAPS


@pytest.mark.parametrize("wrap", WRAPS)
def test_a_wrapped_secret_is_taken_out_and_nothing_more_the_second_time(wrap):
    for name, (text, _) in FORMS.items():
        hidden = f"ValueError: {WRAPS[wrap](text)} (line 3)"
        assert sightings(hidden), name
        found = scrub(hidden)
        assert sightings(found) == [], name
        assert scrub(found) == found, name


def test_a_login_in_base64_is_one_whatever_it_is():
    assert "bWU6" not in scrub(f"sent {base64.b64encode(b'me:tell-nobody').decode()} to it")


@pytest.mark.parametrize(
    "text",
    [
        "manual__2026-01-01T00%3A00%3A00%2B00%3A00", "https://h/a%20b/c?x=1%2C2", "100% of 3", "%(asctime)s - %d",
        "a &lt; b &amp;&amp; c", "&#169; Acme", "if a && b & c", "date +%Y-%m-%d", "2026-01-01T00:00:00+00:00", "1 + 2",
        "bG9hZCBjdXN0b20=", "load_customers_daily_v2_into_warehouse",
        "c++", "gs://bucket/dags/a+b.py",
    ],
)  # fmt: skip
def test_what_hides_nothing_is_left_alone(text):
    assert scrub(text) == text


def test_however_deep_it_is_wrapped_it_ends():
    text = "password=hunter2"
    for _ in range(30):
        text = WRAPS["url"](text)
    scrub(text)
