"""Any text is read, or is refused with one error in words."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.reading import MOST_LEVELS, UnreadableError, kind_of, read_json, read_object, read_toml

DEEP = 100_000
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(values)
def test_what_json_holds_comes_back(value):
    text = json.dumps(value)
    assert read_json(text) == value
    assert read_json(text.encode()) == value
    assert read_json(b"\xef\xbb\xbf" + text.encode()) == value


@given(st.text() | st.binary())
def test_any_text_is_read_or_refused(text):
    for read in (read_json, read_object, read_toml):
        with contextlib.suppress(UnreadableError):
            read(text)


@pytest.mark.parametrize("levels", [MOST_LEVELS + 1, 900, DEEP])
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_a_deep_value_is_refused_whatever_it_is_made_of(levels, start, end):
    with pytest.raises(UnreadableError, match="more than 100 levels deep"):
        read_json(start * levels + "1" + end * levels)
    with pytest.raises(UnreadableError):
        read_json(start * levels)


@pytest.mark.parametrize("text", ["a = " + "[" * DEEP + "]" * DEEP, "a = " + "[" * 300 + "]" * 300,
                                  "a" + ".a" * 300 + " = 1", "a = " + "{a = " * DEEP + "1" + "}" * DEEP])  # fmt: skip
def test_deep_toml_is_refused(text):
    with pytest.raises(UnreadableError, match="more than 100 levels deep"):
        read_toml(text)


def test_what_is_wide_is_not_deep():
    wide = [[{"a": [1]}] for _ in range(1000)]
    assert read_json(json.dumps(wide)) == wide
    deep = json.loads("[" * MOST_LEVELS + "]" * MOST_LEVELS)
    assert read_json("[" * MOST_LEVELS + "]" * MOST_LEVELS) == deep


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b'"\xff"', "not UTF-8: byte 1"),
        ("", "Expecting value"),
        ("{", "line 1 column 2"),
        ("9" * 5000, "digits"),
        ("<html>", "Expecting value"),
    ],
)
def test_the_reason_says_where(text, why):
    with pytest.raises(UnreadableError, match=why):
        read_json(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("[]", "a list"), ("null", "null"), ("true", "true or false"), ("1", "a number"), ('"x"', "text")],
)
def test_an_object_is_asked_for(text, kind):
    with pytest.raises(UnreadableError, match=f"is {kind}"):
        read_object(text)
    assert kind_of({}) == "an object"
