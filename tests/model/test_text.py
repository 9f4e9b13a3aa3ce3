"""What `visible`, `one_line` and `plain` give for text that others wrote."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model.text import file_shown, listed, one_line, plain, shown, visible

STEERS = (
    [chr(n) for n in range(0xA0) if unicodedata.category(chr(n)) == "Cc" and chr(n) not in "\t\n"]
    + list("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # directions
    + list("\u00ad\u034f\u180e\u200b\u200c\u200d\u2028\u2029\u2060\ufeff\U000e0041")  # no width, other lines, tags
)
TEXTS = st.text(st.one_of(st.characters(exclude_categories=()), st.sampled_from(STEERS)))


@pytest.mark.parametrize("character", STEERS, ids=ascii)
def test_what_steers_is_shown_as_json_would(character):
    text = visible(f"a{character}b")
    assert text.isprintable()
    assert json.loads(f'"{text}"') == f"a{character}b"


@pytest.mark.parametrize(
    "text", ["", "plain", "two\nlines\r\nand a\ttab", "Größe 東京 עברית عربي é😀", r"C:\u001b", "a`<b>|*"]
)
def test_leaves_alone_what_only_is_read(text):
    assert visible(text) == text


@given(TEXTS)
def test_nothing_is_left_that_steers_and_a_second_time_changes_nothing(text):
    made = visible(text)
    made.encode("utf-8")
    assert not set(made) & set(STEERS) - {"\r"}
    assert "\r" not in made.replace("\r\n", "")
    assert visible(made) == made


@given(st.text(st.one_of(st.characters(exclude_categories=("Cs",)), st.sampled_from(STEERS))))
def test_json_stays_the_same_json(text):
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text


def test_a_name_that_is_no_utf8_and_half_a_character():
    assert shown("caf\udce9.py") == r"caf\xe9.py"
    assert visible("\ud800\x1b") == r"\ud800\u001b"


@pytest.mark.parametrize("text", ["a\nb", "a\r\n b", "a\u2028b", "a\x0b\x0c b", " a\t\tb "])
def test_one_line_is_one_line(text):
    assert one_line(text) == "a b"


@given(TEXTS)
def test_one_line_never_is_two(text):
    assert len(one_line(text).splitlines()) <= 1
    assert one_line(one_line(text)) == one_line(text)


@pytest.mark.parametrize(
    "name", ["", "-rf", "a b", "$(id)", "`id`", "a;b", "../x", "a\n", "a'b", "a|b", "<b>", "é", "~x", "x\udce9"]
)
def test_plain_takes_no_name_that_means_more(name):
    assert plain([name], "DAG") == "DAG"


def test_plain_takes_the_first_that_is_nothing_but_a_name():
    assert plain(["a b", "etl/load_1.py", "other"], "DAG") == "etl/load_1.py"


@given(st.text(st.sampled_from("a \n\r\ud800\udce9\x1b\u2028:"), max_size=12), st.text(max_size=5))
def test_a_listed_text_is_one_line_of_the_list(text, other):
    made = listed([text, f"x{other}"])
    assert len(made.splitlines()) == 2
    assert made.split("\n")[1].startswith("       x")
    assert "\r" not in made


def test_a_lone_surrogate_stays_json():
    for text in ("a\ud800", "caf\udce9.py"):
        assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text
    assert file_shown("caf\udce9\n.py") == r"caf\xe9\n.py"
