"""Every page that the program writes or serves: on a phone and a desk, light, dark, on paper, and by the keyboard."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.probes import CONTRAST, CUT, FOCUSED, NAMELESS, NOWHERE, REACHABLE, WIDE
from tests.browser.watching import dashboard, wait
from tests.workspace.users import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.devtools import Browser, Page

NAMES = ("index", "readiness", "changes", "plan", "assess", "rewrite", "dashboard")
WRITTEN = {
    "plan": ("plan", "--format", "html", "--resolve-seconds", "0"),
    "assess": ("assess", "--format", "html", "--resolve-seconds", "0"),
    "rewrite": ("rewrite", "--dry-run", "--format", "html"),
}
SOME = [one if one in {"index", "changes"} else pytest.param(one, marks=pytest.mark.soak) for one in NAMES]
"""The first pages of the site stand for all in the default run."""
SIZES = ((390, False), (390, True), (1400, False), (1400, True))
PAPER = 720
"""About what A4 is wide, in CSS pixels, without its margins."""


@pytest.fixture(scope="session")
def addresses(workspace: Path, index: Path) -> Iterator[dict[str, str]]:
    """Where each page is."""
    found = {name: (index.parent / f"{name}.html").as_uri() for name in NAMES[:3]}
    for name, words in WRITTEN.items():
        page = workspace.parent / f"{name}.html"
        migrate(workspace, *words, "-o", str(page)).ended(0)
        found[name] = page.as_uri()
    with dashboard(workspace) as served:
        yield {**found, "dashboard": served}


@pytest.fixture
def look(browser: Browser, addresses: dict[str, str]) -> Callable[..., Page]:
    """Open a page by its name."""

    def opened(name: str, **how: object) -> Page:
        page = browser.page(**how)
        page.open(addresses[name])
        if name == "dashboard":
            wait(page, "document.querySelectorAll('#rows tr').length")
        page.settle()
        return page

    return opened


def open_all(page: Page) -> None:
    """Open everything that a reader could, but for diffs of all files, of which three do."""
    page.js("document.querySelectorAll('details:not(.file)').forEach((one) => one.open = true)")
    page.js("[...document.querySelectorAll('details.file')].slice(0, 3).forEach((one) => one.open = true)")
    page.settle()


@pytest.mark.parametrize("name", SOME)
def test_it_fits_a_phone_and_a_desk_and_can_be_read(look: Callable[..., Page], name: str) -> None:
    for width, dark in SIZES:
        page = look(name, width=width, height=900, dark=dark)
        shot(page, f"{name}-{width}-{'dark' if dark else 'light'}")
        assert page.js(WIDE) == [], width
        open_all(page)
        shot(page, f"{name}-{width}-{'dark' if dark else 'light'}-open")
        assert page.js(WIDE) == [], (width, "all open")
        assert page.js(CONTRAST) == []
        assert page.js(NAMELESS) == []
        assert page.js(NOWHERE) == []
        assert page.errors == []


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("width", [390, pytest.param(1400, marks=pytest.mark.soak)])
def test_the_keyboard_reaches_everything_in_its_order(look: Callable[..., Page], name: str, width: int) -> None:
    page = look(name, width=width, height=900)
    expected = page.js(REACHABLE)
    assert len(expected) > 4
    reached, wrong = [], []
    for _ in expected[:80]:
        page.call("Input.dispatchKeyEvent", type="keyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9)
        page.call("Input.dispatchKeyEvent", type="keyUp", key="Tab", code="Tab", windowsVirtualKeyCode=9)
        number, *faults = page.js(FOCUSED)
        reached.append(number)
        wrong += filter(None, faults)
    assert reached == expected[:80]
    assert wrong == []


@pytest.mark.parametrize("name", SOME)
def test_paper_cuts_nothing(look: Callable[..., Page], name: str) -> None:
    page = look(name, width=PAPER, height=1000, dark=True)
    page.call("Emulation.setEmulatedMedia", media="print")
    page.js("dispatchEvent(new Event('beforeprint'))")
    page.settle()
    shot(page, f"{name}-paper")
    assert page.count("#theme, .filters, .finder, .skip") == 0
    assert page.js("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert page.count("details:not(.file, .rule, .idle):not([open])") == 0
    assert page.js(CUT) == []
    assert page.js(WIDE) == []


def test_long_words_make_no_page_wider_than_a_phone(tmp_path: Path, visit: Callable[..., Page]) -> None:
    """Names of files, owners, DAGs and classes without a place to break, and the findings that repeat them."""
    long = "settlement_of_all_the_regional_ledgers" * 4
    code = (
        "from airflow import DAG\nfrom airflow.operators.bash_operator import BashOperator\n"
        "from airflow.contrib.operators.bigquery_operator import BigQueryOperator\n"
        f"with DAG('{long}', default_args={{'owner': '{long}'}}, schedule_interval=None) as dag:\n"
        f"    BigQueryOperator(task_id='u', bql='{long}', {long}=1) >> BashOperator(task_id='{long}')\n"
    )
    folder = tmp_path / "estate" / "dags" / long[:80]
    folder.mkdir(parents=True)
    (folder / f"{long[:120]}.py").write_text(code)
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws" / "migrate.toml").write_text("")
    run = partial(migrate, tmp_path / "ws")
    run("inventory", "--from-folder", str(tmp_path / "estate")).ended(0)
    run("plan", "--format", "html", "--resolve-seconds", "0", "-o", str(tmp_path / "plan.html")).ended(0)
    run("report", "--resolve-seconds", "0", "-o", str(tmp_path / "site")).ended(0)
    for path in (tmp_path / "plan.html", *sorted((tmp_path / "site").glob("*.html"))):
        page = visit(path, width=390, height=900)
        assert page.js(WIDE) == [], path.name
        open_all(page)
        shot(page, f"long-{path.stem}")
        assert page.js(WIDE) == [], path.name


def shot(page: Page, name: str) -> None:
    """A picture for a person, where ``MIGRATE_PICTURES`` names a folder."""
    if folder := os.environ.get("MIGRATE_PICTURES"):
        page.shot(Path(folder) / f"{name}.png", whole=True)


def test_the_site_leads_from_a_dag_to_all_that_is_known_of_it_and_back(index: Path) -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in index.parent.iterdir()}
    anchors = {name: set(re.findall(r'\bid="([^"]+)"', text)) for name, text in pages.items()}
    links = {
        (name, *link.partition("#")[::2])
        for name, text in pages.items()
        for link in re.findall(r'<a [^>]*?href="([^":]*)"', text)
    }
    assert [link for link in links if link[2] and link[2] not in anchors[link[1] or link[0]]] == []
    dag = "clean_003"
    number = re.search(rf'id="(dag-\d+)"><td class="id">{dag}<', pages["index.html"])
    assert number
    ours = number[1]
    row = pages["index.html"].partition(f'id="{ours}"')[2].partition("</tr>")[0]
    assert f'href="readiness.html#{ours}"' in row
    changes = re.search(r'href="changes.html#(f\d+)"', row)
    assert changes
    assert re.search(r'href="#wave-\d+"', row)
    assert pages["index.html"].count(f'<a href="#{ours}">{dag}</a>') == 1, "its wave leads back"
    body = pages["changes.html"].partition(f'id="{changes[1]}"')[2].partition("</details>")[0]
    assert f'<a href="index.html#{ours}">{dag}</a>' in body
    readiness = pages["readiness.html"].partition(f'id="{ours}"')[2].partition("</tr>")[0]
    assert f'href="index.html#{ours}"' in readiness
    assert f'href="changes.html#{changes[1]}"' in readiness
    assert re.search(r'<a href="#check-\w+">\w+</a>', pages["readiness.html"]), "a DAG leads to its findings"
    assert re.search(r'<b><a href="#dag-\d+">', pages["readiness.html"]), "findings lead to their DAG"
    wrong = re.search(r'id="ledger-(dag-\d+)"><td class="id"><a href="#(dag-\d+)">', pages["index.html"])
    assert wrong
    assert wrong[1] == wrong[2]
    assert f'href="#ledger-{wrong[1]}"' in pages["index.html"], "a DAG leads to its runs in the ledger"
