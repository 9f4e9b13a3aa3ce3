"""The page of a plan as a reader uses it, in a real browser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from migrator.plan.planner import plan
from migrator.report.plan.page import as_html
from tests.browser.probes import CONTRAST, NAMELESS
from tests.plan.estates import OPTIONS
from tests.plan.large import estate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.devtools import Page

# Texts of the drawing that reach out of their box, or into the number beside them.
SPILLING = """
[...document.querySelectorAll("#plan .node")].filter((node) => {
  const parts = [node.querySelector("rect"), ...node.querySelectorAll("text")];
  const [box, name, risk] = parts.map((e) => e.getBoundingClientRect());
  return name.right > risk.left || risk.right > box.right || name.bottom > box.bottom;
}).map((node) => node.textContent)
"""
# Boxes that lie on each other.
OVERLAPPING = """
(() => {
  const nodes = [...document.querySelectorAll("#plan .node > rect:first-of-type")];
  const boxes = nodes.map((e) => e.getBoundingClientRect());
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length;
})()
"""


def page_of(folder: Path, count: int, **options: object) -> Path:
    inventory = estate(count)
    made = plan(inventory, {one.file: "md5" for one in inventory.dags}, replace(OPTIONS, **options))
    page = folder / "plan.html"
    page.write_text(as_html(made, {one.dag_id: str(one.schedule) for one in inventory.dags}), encoding="utf-8")
    return page


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """220 DAGs, with waits that a bridge serves."""
    return page_of(tmp_path_factory.mktemp("plan"), 220, bridge_waits=True)


@pytest.fixture(scope="session")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """5,000 DAGs."""
    return page_of(tmp_path_factory.mktemp("huge"), 5000)


def test_every_dag_is_drawn_and_listed_once(planned: Path, visit: Callable[..., Page]) -> None:
    page = visit(planned)
    assert page.text("h1") == "220 DAGs in 10 waves"
    assert page.count("#plan .node") == 220
    assert page.js("document.querySelectorAll('details.dag').length") == 220
    assert page.js("document.querySelectorAll('#plan .band').length") == page.count("details.wave") == 10
    assert page.js("document.querySelectorAll('#plan .line.triggers, #plan .line.bridge').length") > 50
    assert page.js(OVERLAPPING) == 0
    assert page.js(SPILLING) == []


def test_a_box_leads_to_its_dag_and_its_reasons(planned: Path, visit: Callable[..., Page]) -> None:
    page = visit(planned)
    name = page.js("document.querySelector('#plan .node.high title').textContent").partition(":")[0]
    page.click("#plan .node.high text")
    assert page.count("details.dag[open]") == 1
    shown = page.text("details.dag[open]")
    assert shown.startswith(name)
    assert all(title in shown for title in ("Why here", "Edges", "Risk"))
    assert page.js("document.querySelector('details.dag[open]').getBoundingClientRect().bottom > 0")


@pytest.mark.parametrize("dark", [False, True])
def test_both_themes_can_be_read(planned: Path, visit: Callable[..., Page], *, dark: bool) -> None:
    page = visit(planned, dark=dark)
    page.click("#plan .node.high text")
    page.click("details.cut > summary")
    assert page.js(CONTRAST) == []
    assert page.js(NAMELESS) == []


def test_the_keyboard_reaches_the_drawing_and_what_it_leads_to(planned: Path, visit: Callable[..., Page]) -> None:
    page = visit(planned)
    for _ in range(4):
        page.key("Tab")
    assert page.js("document.activeElement.getAttribute('href')") == "#wave-0"
    page.js("document.querySelector('#plan .node.high').focus()")
    page.key("Tab")
    page.settle()
    goal = page.js("document.activeElement.getAttribute('href')")
    assert page.js("document.activeElement.matches('.node:focus-visible')")
    page.key("Enter")
    assert page.js("location.hash") == goal
    assert page.js(f"document.querySelector('{goal}').checkVisibility()")


def test_the_focus_lights_up_the_edges_of_a_dag(planned: Path, visit: Callable[..., Page]) -> None:
    page = visit(planned)
    page.js(
        "document.querySelector(`#plan .node[data-n='${document.querySelector('#plan .line').dataset.a}']`).focus()"
    )
    lit = page.js("document.querySelectorAll('.line.lit').length")
    assert 0 < lit < page.js("document.querySelectorAll('#plan .line').length")
    page.js("document.activeElement.blur()")
    assert page.js("document.querySelectorAll('.line.lit').length") == 0


def test_filters_hide_and_dim(planned: Path, visit: Callable[..., Page]) -> None:
    page = visit(planned)
    page.choose("#level", "high")
    high = page.js("document.querySelectorAll('details.dag:not([hidden])').length")
    assert 0 < high < 220
    assert page.js("document.querySelectorAll('.node:not(.dim)').length") == high
    assert page.text("#count") == f"{high} of 220 DAGs"
    page.js("document.querySelector('#q').focus()")
    page.type("no such dag")
    assert page.count(".none") == 1
    page.click("button[type=reset]")
    assert page.text("#count") == "220 of 220 DAGs"
    assert page.js("document.querySelectorAll('.dim').length") == 0


def test_without_javascript_all_is_there(planned: Path, visit: Callable[..., Page]) -> None:
    page = visit(planned, script=False)
    assert page.count(".filters, #theme") == 0
    assert page.count("#plan .node") == 220
    page.click("#plan .node.high text")
    assert page.count("details.wave[open]") > 1 or page.js("location.hash") != ""
    goal = page.js("location.hash")
    assert page.js(f"document.querySelector('{goal}').checkVisibility()"), "the browser opens what it goes to"


@pytest.mark.parametrize("width", [320, 768])
def test_a_narrow_window_scrolls_the_drawing_and_not_the_page(
    planned: Path, visit: Callable[..., Page], width: int
) -> None:
    page = visit(planned, width=width, height=800)
    page.js("document.querySelectorAll('details').forEach((one) => one.open = true)")
    page.settle()
    assert page.js("document.documentElement.scrollWidth") <= width
    assert page.js("document.querySelector('.canvas').scrollWidth") > width


@pytest.mark.soak
def test_five_thousand_dags_are_drawn_as_groups(huge: Path, visit: Callable[..., Page]) -> None:
    page = visit(huge)
    assert page.text("h1").startswith("5,000 DAGs in ")
    assert page.js("document.querySelectorAll('details.dag').length") == 5000
    assert 200 < page.js("document.querySelectorAll('#plan .node').length") < 1500
    assert page.js(SPILLING) == []
    page.click("#plan .node text")
    assert page.js("location.hash") == "#wave-0"


@pytest.mark.soak
def test_pictures_for_people(planned: Path, visit: Callable[..., Page], tmp_path: Path) -> None:
    for name, how in {"light": {}, "dark": {"dark": True}, "plain": {"script": False}}.items():
        page = visit(planned, **how)
        page.click("#plan .node.high text")
        page.shot(tmp_path / f"{name}.png", whole=True)
        assert (tmp_path / f"{name}.png").stat().st_size > 50_000, "a page that is not blank"
