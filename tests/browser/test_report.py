"""The HTML report as a reader uses it, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.probes import CONTRAST, NAMELESS, SIDES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.devtools import Page

ATTACKED = "details.file[data-owner*='svg']"


def first_change(page: Page) -> str:
    """The selector of the first file, opened."""
    page.click("details.file > summary")
    return "details.file[open]"


def test_the_numbers_come_first_and_what_needs_a_person_next(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small)
    assert "of 48 files need a person" in page.text("h1")
    assert page.texts("h2") == [
        "Needs a person", "Waits for a review", "Files", "Rules", "Nothing to do",
    ]  # fmt: skip
    files = [int(text.split()[2]) for text in page.texts("#person ~ details .n")]
    assert files == sorted(files, reverse=True)
    assert len(files) >= 4
    assert page.count("table.diff") == 0, "no diff is drawn before it is asked for"


def test_a_diff_has_two_sides_marks_within_lines_and_every_line(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small)
    file = first_change(page)
    assert page.count(f"{file} table.diff") == 1
    assert page.count(f"{file} pre.unified") == 0
    assert "contrib" in page.texts(f"{file} td.old mark")
    assert "providers.google.cloud" in page.texts(f"{file} td.new mark")
    assert page.count(f"{file} .notes li") == 0, "every note has its place in the diff"
    assert page.count(f"{file} .gap button") >= 1
    page.click(f"{file} .gap button")
    assert page.js("document.activeElement.dataset.old") == "1", "the focus goes to what was opened"


def test_the_two_sides_are_the_two_files(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small)
    page.js("document.querySelectorAll('details.file').forEach((file) => file.open = true)")
    page.settle()
    shown = page.js(SIDES)
    assert len(shown) > 40
    for path, sides in shown.items():
        texts = [(small.parent / folder / path).read_text(encoding="utf-8") for folder in ("dags", "target")]
        assert sides == [text.splitlines() for text in texts], path


def test_a_change_opens_its_rule_with_its_reason_and_link(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small)
    file = first_change(page)
    assert page.count(f"{file} .note.safe") == 0
    page.click(f"{file} .chip.safe")
    assert page.count(f"{file} .note.safe") == 1
    assert "airflow." in page.text(f"{file} .note.safe .said")
    assert page.text(f"{file} .note.safe .why p").startswith("Import every class")
    assert page.js(f"document.querySelector('{file} .note.safe .why a').href").startswith("https://airflow.apache.org/")
    page.click(f"{file} .chip.safe")
    assert page.count(f"{file} .note.safe") == 0


def test_a_finding_leads_to_its_line(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small)
    place = page.text("a.place")
    page.click("a.place")
    path, _, line = place.rpartition(":")
    focused = page.js("document.activeElement.dataset.old")
    assert focused == line
    assert page.js("document.activeElement.closest('details.file').querySelector('.path').textContent") == path
    top, bottom = (page.js(f"document.activeElement.getBoundingClientRect().{edge}") for edge in ("top", "bottom"))
    assert 0 <= top < bottom <= page.js("innerHeight"), "it can be seen"
    assert page.js("document.activeElement.nextElementSibling.querySelector('.note').className") == "note person"


def test_each_filter_leaves_what_fits(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small)
    every = page.count("details.file")
    page.choose("#rule", "CM307")
    days_ago = page.count("details.file")
    assert 0 < days_ago < every
    assert page.text("#count") == f"{days_ago} of {every} files"
    assert page.count("#person") == 0, "no finding of that rule is for a person"
    page.choose("#owner", "finance")
    assert 0 < page.count("details.file") < days_ago
    assert set(page.texts("details.file .owner")) == {"finance"}
    page.choose("#kind", "safe")
    assert page.count("details.file") == 0
    assert page.count(".none") == 1
    page.click("#reset")
    assert page.count("details.file") == every
    page.choose("#kind", "review")
    page.choose("#rule", "CM307")
    assert page.count("details.file") == days_ago


def test_free_text_finds_code_messages_and_paths(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small)
    page.click("#q")
    page.type("subdag")
    chains = page.count("details.file")
    assert 0 < chains < 10
    page.js("document.querySelector('#q').value = ''")
    page.type("risk/")
    paths = page.texts("details.file .path") + page.texts("a.place")
    assert len(paths) > 5
    assert all(path.startswith("risk/") for path in paths)


def test_source_code_cannot_break_out(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small)
    assert page.texts(f"{ATTACKED} .path") == ["growth/attack.py"]
    page.click(f"{ATTACKED} > summary")
    page.click(f"{ATTACKED} .gap button, {ATTACKED} .chip")
    (text,) = page.texts(f"{ATTACKED} table.diff")
    assert "</script><script>alert(1)</script>" in text
    assert "<img src=x onerror=alert(2)> &lt;b&gt; <!-- --> ]]>" in text
    assert "naïve </pre></details>" in text
    assert page.count("img") == 0
    assert page.js("document.querySelectorAll('script:not([type])').length") == 2, "only the page's own"
    page.choose("#owner", '"><svg onload=alert(4)>')
    assert page.texts("details.file .path") == ["growth/attack.py"]
    # what got in somehow would not run: the policy names the two scripts by their hashes
    page.js("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))")
    assert page.js("window.ran === undefined")
    assert "Content Security Policy" in page.errors.pop()


def test_marks_stand_where_they_belong_after_an_emoji(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small)
    page.click(f"{ATTACKED} > summary")
    assert {"_interval", "_operator"} <= set(page.texts(f"{ATTACKED} td.old mark"))


@pytest.mark.parametrize("dark", [False, True])
def test_both_themes_can_be_read(small: Path, visit: Callable[..., Page], *, dark: bool) -> None:
    page = visit(small, dark=dark)
    file = first_change(page)
    page.click(f"{file} .chip")
    page.click("details.rule > summary")
    page.click("details.idle > summary")
    page.settle()
    paper = page.js("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(19, 20, 22)" if dark else "rgb(246, 246, 244)")
    assert page.js(CONTRAST) == []
    assert page.js(NAMELESS) == []


def test_the_toggle_turns_the_theme_and_it_stays(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small)
    before = page.js("getComputedStyle(document.body).backgroundColor")
    assert page.js("document.querySelector('#theme').getAttribute('aria-pressed')") == "false"
    page.click("#theme")
    dark = page.js("getComputedStyle(document.body).backgroundColor")
    assert dark != before
    assert page.js("document.querySelector('#theme').getAttribute('aria-pressed')") == "true"
    page.open(small.as_uri())
    assert page.js("getComputedStyle(document.body).backgroundColor") == dark
    page.click("#theme")
    assert page.js("getComputedStyle(document.body).backgroundColor") == before


def test_the_keyboard_reaches_and_opens_everything(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small)
    page.key("Tab")
    assert page.js("document.activeElement.className") == "skip"
    page.key("Enter")
    page.key("Tab")
    assert page.js("document.activeElement.parentElement.className") == "file"
    page.key("Enter")
    assert page.count("table.diff") == 1
    page.key("Tab")
    page.key("Tab")
    assert page.js("document.activeElement.tagName") == "BUTTON"
    assert page.js("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_narrow_window_needs_no_sideways_scrolling(small: Path, visit: Callable[..., Page], width: int) -> None:
    page = visit(small, width=width, height=800)
    file = first_change(page)
    page.click(f"{file} .chip")
    page.click(f"{ATTACKED} > summary")
    assert page.js("document.documentElement.scrollWidth") <= width
    parts = "[...document.querySelectorAll('table.diff, .note, .message')]"
    assert page.js(f"{parts}.every(e => e.scrollWidth <= innerWidth)")


def test_paper_shows_findings_and_no_controls(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small, dark=True)
    page.call("Emulation.setEmulatedMedia", media="print")
    page.js("dispatchEvent(new Event('beforeprint'))")
    assert page.count(".filters") == 0
    assert page.count("#theme") == 0
    assert page.count("details.group:not([open])") == 0
    assert page.js("getComputedStyle(document.documentElement).colorScheme") == "light"
    page.js("dispatchEvent(new Event('afterprint'))")
    assert page.count("details.group:not([open])") > 0


def test_without_javascript_all_is_there(small: Path, visit: Callable[..., Page]) -> None:
    page = visit(small, script=False)
    assert page.js("document.documentElement.className") == ""
    assert page.count(".filters, #theme") == 0
    page.click("a.place")
    assert page.js("location.hash").startswith("#f")
    assert page.count("details.file[open]") == 1, "the browser opens the file of a line it goes to"
    assert page.count("details.file[open] .notes li") > 2
    diff = page.text("details.file[open] pre.unified")
    assert diff.startswith("@@ -")
    assert "\n-from airflow.contrib" in diff
    assert "\n+from airflow.providers" in diff
    page.click("details.file[open] .notes a")
    assert page.count("details.rule") > 5


def test_five_hundred_files_open_fast_and_draw_only_what_is_asked_for(large: Path, visit: Callable[..., Page]) -> None:
    page = visit(large)
    assert "of 500 files" in page.text("h1")
    assert page.count("table.diff") == 0
    assert page.js("document.querySelectorAll('*').length") < 40_000
    file = first_change(page)
    assert page.count(f"{file} table.diff") == 1
    assert page.count("table.diff") == 1
    assert page.count(".chip.unsafe") + page.count(".badge.unsafe") > 0
    page.choose("#kind", "unsafe")
    assert 0 < page.count("details.file") < 500


def test_pictures_for_people(small: Path, visit: Callable[..., Page], tmp_path: Path) -> None:
    looks = {"light": {}, "dark": {"dark": True}, "narrow": {"width": 390}, "plain": {"script": False}}
    for name, how in looks.items():
        page = visit(small, **how)
        page.click("details.file > summary")
        page.shot(tmp_path / f"{name}.png", whole=True)
        assert (tmp_path / f"{name}.png").stat().st_size > 50_000, "a page that is not blank"
