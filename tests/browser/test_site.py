"""The site of a migration as a reader uses it, in a real browser: 220 DAGs, two waves under way."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.inventory import store
from tests.assess.planted import inventory, sources
from tests.browser.probes import CONTRAST, NAMELESS
from tests.workspace.users import migrate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.devtools import Page

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ROWS = [
    {"kind": "variable", "name": "<b>region", "what": "value", "waves": []},
    {
        "kind": "pool",
        "name": "warehouse",
        "what": "slots",
        "waves": [1, 2],
        "who": "ann",
        "when": "2026-05-31T08:09:10",
    },
]
DRIFT = {"schema_version": 1, "changes": ROWS, "to_transfer": {"variables": ["<b>region"]}}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ws")
    for name, text in list(sources().items())[:12]:
        top, _, rest = name.partition("/")
        path = root / top / "source" / rest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    store.save(inventory(), root / "inventory.json")
    (root / "migrate.toml").write_text("schema_version = 1\n")
    migrate(root, "plan").ended(0)
    waves = json.loads((root / "plan.json").read_text())["waves"]
    with closing(Journal(root / ".migrate" / "journal.db")) as journal:
        for wave, state in zip(waves[:2], (State.OBSERVED, State.PAUSED), strict=True):
            ids = [dag["dag_id"] for dag in wave["dags"]]
            attempt = journal.begin(wave["number"], Direction.FORWARD, ids, NOW, "test")
            journal.write(attempt, NOW, "done", [(dag_id, state, {}, "") for dag_id in ids])
    entry = {"logical_date": "2026-05-31T00:00:00+00:00", "runs": []}
    dag = {"dag_id": ids[0], "expected": 2, "ran_once": 1, "gaps": [entry], "duplicates": [], "extras": []}
    summary = {"expected": 2, "ran_once": 1, "duplicates": 0, "gaps": 1, "extras": 0, "pending": 0}
    window = {"since": "2026-05-30T00:00:00+00:00", "until": "2026-06-01T00:00:00+00:00"}
    ledger = {"schema_version": 1, "summary": summary, "window": window, "dags": [dag]}
    (root / "reports").mkdir(exist_ok=True)
    (root / "reports" / "audit.json").write_text(json.dumps(ledger))
    (root / "reports" / "drift.json").write_text(json.dumps(DRIFT))
    (root / "dags" / "source" / "clean" / "clean_000.py").write_text("x = 1\n")
    ran = migrate(root, "report", "--resolve-seconds", "0").ended(0)
    assert "index.html" in ran.err
    return root


@pytest.fixture(scope="module")
def index(workspace: Path) -> Path:
    return workspace / "reports" / "site" / "index.html"


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
