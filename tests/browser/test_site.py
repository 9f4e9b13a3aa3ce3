"""The site of a migration as a reader uses it, in a real browser: 220 DAGs, two waves under way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from migrator.inventory import store
from tests.assess.planted import inventory
from tests.browser.probes import CONTRAST, NAMELESS
from tests.workspace.users import migrate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.devtools import Page


def test_it_says_where_the_migration_is(workspace: Path, index: Path, visit: Callable[..., Page]) -> None:
    page = visit(index)
    waves = json.loads((workspace / "plan.json").read_text())["waves"]
    first, second = (len(wave["dags"]) for wave in waves[:2])
    assert page.text("h1") == f"{first} of 220 DAGs run in v2"
    assert f"{second} DAGs between" in page.texts(".legend li")
    assert page.count("details.wave") == len(waves)
    assert page.count("tr.dag") == 220
    page.click("details.wave summary")
    assert page.count("details.wave[open] tbody tr") == first
    assert list(page.texts("#ledger ~ .scroll tbody td"))[1:3] == ["gap", "2026-05-31T00:00:00"]


def test_what_the_source_changed_is_told_with_its_waves(index: Path, visit: Callable[..., Page]) -> None:
    page = visit(index)
    assert page.text("#changes").startswith("What the last inventory found changed in v1: 2 objects.")
    cells = page.js(
        "[...document.querySelectorAll('#changed tbody tr')].map((tr) => [...tr.cells].map((td) => td.innerText))"
    )
    assert cells == [
        ["variable", "<b>region", "value", "", "", ""],
        ["pool", "warehouse", "slots", "1, 2", "ann", "2026-05-31 08:09:10"],
    ]
    counts = dict(zip(page.texts(".numbers dt"), page.texts(".numbers dd:first-of-type"), strict=True))
    assert counts["Drift"] == str(2 + page.count("#drift ~ ul.places li"))


def test_dags_are_found_by_the_keyboard(index: Path, visit: Callable[..., Page]) -> None:
    page = visit(index)
    page.js("document.querySelector('#q').focus()")
    page.type("between v1_paused")
    shown = page.count("tr.dag")
    assert 0 < shown < 220
    assert page.text("#count") == f"{shown} of 220 DAGs"


@pytest.mark.parametrize("dark", [False, True])
def test_it_can_be_read_and_heard(index: Path, visit: Callable[..., Page], dark: bool) -> None:
    page = visit(index, dark=dark)
    assert page.js(NAMELESS) == []
    assert page.js(CONTRAST) == []
    assert page.js("[...document.querySelectorAll('svg[role=img]')].every((one) => one.getAttribute('aria-label'))")


def test_the_pages_link_to_each_other(index: Path) -> None:
    assert sorted(path.name for path in index.parent.iterdir()) == ["changes.html", "index.html", "readiness.html"]


@pytest.mark.soak
def test_a_workspace_that_has_only_begun_has_a_report_too(tmp_path: Path, visit: Callable[..., Page]) -> None:
    (tmp_path / "dags" / "source").mkdir(parents=True)
    store.save(inventory(), tmp_path / "inventory.json")
    (tmp_path / "migrate.toml").write_text("")
    migrate(tmp_path, "report", "--resolve-seconds", "0").ended(0)
    page = visit(tmp_path / "reports" / "site" / "index.html")
    assert page.texts(".empty code") == ["migrate plan", "migrate audit", "migrate drift"]
