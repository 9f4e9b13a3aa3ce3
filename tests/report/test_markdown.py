"""The Markdown page: its order, its escapes, and that it fits where it is read."""

from __future__ import annotations

from migrator.report.escape import code, escaped
from migrator.report.rewrite.markdown import as_markdown
from tests.report.estate import DAYS_AGO, IMPORTS, MIXED, PLUGIN, report


def test_findings_come_before_changes_and_diffs() -> None:
    page = as_markdown(report({"a.py": MIXED, "b.py": PLUGIN, "c.py": IMPORTS}))
    heads = [line for line in page.splitlines() if line.startswith("#")]
    assert heads == [
        "# Rewrite",
        "## Needs a person",
        "### CM102 names without successor: 2 in 2 files",
        "## Waits for a review: a fix behind --unsafe",
        "### CM307 days ago: 1 in 1 file",
        "## Changes by rule",
        "## Diffs",
    ]
    assert "| `a.py` | 3 |" in page
    assert "\n```diff\n--- a/a.py\n+++ b/a.py\n@@" in page
    assert page.count("<details>") == page.count("</details>") == 2
    assert "\n\n\n\n" not in page


def test_a_quiet_page() -> None:
    page = as_markdown(report({"a.py": "import os\n"}))
    assert [line for line in page.splitlines() if line.startswith("#")] == ["# Rewrite"]


def test_nothing_in_a_message_is_markdown_or_html() -> None:
    assert escaped("a|b <script> `x` *y* _z_ [l](u)\n# h") == (r"a\|b \<script\> \`x\` \*y\* \_z\_ \[l\](u) \# h")
    assert code("a|b.py") == r"`a\|b.py`"
    assert code("a`b``.py") == "```a`b``.py```"
    assert code("`a`") == "`` `a` ``"


def test_a_diff_with_a_fence_in_it_stays_in_its_own() -> None:
    page = as_markdown(report({"a.py": IMPORTS + 'DOC = """\n````\n```\n"""\n'}))
    assert "\n`````diff\n" in page
    assert page.count("\n`````\n") == 1


def test_it_fits_a_comment_and_says_what_it_left_out() -> None:
    filler = "".join(f"value_{n} = {n}\n" for n in range(20))
    long = IMPORTS + filler + DAYS_AGO + "days_ago(1)\n"
    page = as_markdown(report({f"dags/dag_{n:03}.py": long for n in range(300)}))
    assert len(page) < 65_536
    assert page.count("```diff") > 10
    left = 300 - page.count("```diff")
    assert f"\n{left} more diffs do not fit here" in page
    assert page.count("| 23 |") == 300, "findings are all there"
