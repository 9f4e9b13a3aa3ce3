"""What goes into the HTML; how it behaves is for tests/browser."""

from __future__ import annotations

import json
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from migrator.report.rewrite.page import as_html, in_script, prose
from tests.report.estate import IMPORTS, MIXED, report


@given(st.recursive(st.text(), st.lists))
def test_data_in_a_script_stays_in_it(data: object) -> None:
    text = in_script(data)
    assert json.loads(text) == data
    assert not set("<>&\u2028\u2029") & set(text)


def test_prose_is_paragraphs_with_code() -> None:
    assert prose("Write ``a``.\n\nOne\ntwo ``b`` <i>.\n\nThree.") == [
        [(False, "Write "), (True, "a"), (False, ".")],
        [(False, "One two "), (True, "b"), (False, " <i>.")],
        [(False, "Three.")],
    ]
    assert prose("Only a line.") == [[(False, "Only a line.")]]


def test_it_is_one_file_that_asks_for_nothing() -> None:
    page = as_html(report({"a.py": MIXED, "dags/<b>&.py": IMPORTS}))
    assert "default-src 'none'" in unescape(page)
    assert "<b>&" not in page
    for outside in ('<link rel="stylesheet', "@import", "url(", "src=", "fetch("):
        assert outside not in page


def test_the_same_result_is_the_same_page() -> None:
    assert as_html(report({"a.py": MIXED})) == as_html(report({"a.py": MIXED}))


def test_nothing_to_say_is_said() -> None:
    page = as_html(report({"a.py": "import os\n"}))
    assert "Nothing is left for a person" in page
    assert "every file is as it should be" in page
    assert 'id="rules"' not in page
    assert "Nothing is left for a person" in as_html(report({}))


def test_a_fix_is_reviewed_before_and_after_it_is_made() -> None:
    text = {"a.py": "from airflow.utils.dates import days_ago\nstart = days_ago(3)\n"}
    for unsafe in (False, True):
        assert "Nothing needs a person but a review of <b>1 file</b>" in as_html(report(text, unsafe=unsafe))


def test_what_was_written_is_said_as_done() -> None:
    found = report({"a.py": IMPORTS})
    assert "1 file would be rewritten" in as_html(found)
    assert "nothing was written" in as_html(found)
    done = type(found)(found.result, found.target, dry_run=False)
    assert "1 file was rewritten" in as_html(done)
    assert "nothing was written" not in as_html(done)
