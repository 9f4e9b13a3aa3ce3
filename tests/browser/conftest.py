"""A browser, and reports of real rewrites for it to open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codemods.engine.report import Options
from migrator.report.rewrite.model import Report
from migrator.report.rewrite.page import as_html
from migrator.rewrite.tree import rewrite_tree
from tests.browser.devtools import Browser
from tests.browser.estate import plant
from tests.browser.migrated import migrated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.browser.devtools import Page

TARGET = "composer-2.15.3-airflow-2.10.5"


def report_of(folder: Path, count: int, *, unsafe: bool = False) -> Path:
    """Plant an estate of ``count`` files, rewrite it, and write the page about it."""
    plant(folder / "dags", count)
    options = Options(unsafe=unsafe, target=TARGET)
    result = rewrite_tree(folder / "dags", folder / "target", options=options, jobs=1)
    page = folder / "report.html"
    page.write_text(as_html(Report(result, TARGET)), encoding="utf-8")
    return page


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of 48 files."""
    return report_of(tmp_path_factory.mktemp("small"), 48)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of 500 files, with unsafe changes made."""
    return report_of(tmp_path_factory.mktemp("large"), 500, unsafe=True)


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in the middle of a migration, with its site."""
    return migrated(tmp_path_factory.mktemp("ws"))


@pytest.fixture(scope="session")
def index(workspace: Path) -> Path:
    """The first page of its site."""
    return workspace / "reports" / "site" / "index.html"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for all tests."""
    with Browser(tmp_path_factory.mktemp("chromium") / "profile") as one:
        yield one


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a file in a page of its own; at the end no page may have complained, nor asked for anything else."""
    pages: list[tuple[Page, str]] = []

    def visited(path: Path, **how: object) -> Page:
        page = browser.page(**how)
        pages.append((page, path.as_uri()))
        page.open(path.as_uri())
        return page

    yield visited
    for page, address in pages:
        page.settle()
        assert page.errors == []
        assert set(page.requests) == {address}
