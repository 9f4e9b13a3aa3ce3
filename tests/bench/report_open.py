"""How large the HTML report of 50 and of 500 files is, and how long it takes: to make, to open, to open the first diff.

Times in the browser are medians of one run: from the start of the navigation to the load event, and from the click on
a file to the frame with its diff.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path

from migrator.report.rewrite.model import Report
from migrator.report.rewrite.page import as_html
from migrator.rewrite.tree import rewrite_tree
from tests.browser.devtools import Browser
from tests.browser.estate import plant

ROUNDS = 7
SIZES = (50, 500)
OPENED = "(() => { const n = performance.getEntriesByType('navigation')[0]; return n.loadEventEnd - n.startTime })()"
CLICKED = """
new Promise((done) => {
  const file = [...document.querySelectorAll("details.file")].at(-1), begun = performance.now();
  file.scrollIntoView();
  file.querySelector("summary").click();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
})
"""
FILTERED = """
new Promise((done) => {
  const begun = performance.now(), q = document.querySelector("#q");
  q.value = "bucket";
  q.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
})
"""


def made(folder: Path, count: int) -> tuple[Path, float]:
    """The page about ``count`` files, and the seconds that the page alone took."""
    plant(folder / "dags", count)
    result = rewrite_tree(folder / "dags", folder / "target", dry_run=True, jobs=1)
    begun = time.perf_counter()
    text = as_html(Report(result, "composer-2.15.3-airflow-2.10.5"))
    seconds = time.perf_counter() - begun
    page = folder / "report.html"
    page.write_text(text, encoding="utf-8")
    return page, seconds


def measured(browser: Browser, address: str) -> dict[str, float]:
    """Milliseconds of one visit."""
    page = browser.page()
    page.open(address)
    page.settle()
    times = {"open": page.js(OPENED), "first diff": page.js(CLICKED), "first search": page.js(FILTERED)}
    assert page.count("table.diff") <= 1
    assert page.errors == []
    return times


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = {count: made(folder / str(count), count) for count in SIZES}
        with Browser(folder / "profile") as browser:
            for count, (page, seconds) in pages.items():
                visits = [measured(browser, page.as_uri()) for _ in range(ROUNDS)]
                shown = {key: round(statistics.median(visit[key] for visit in visits)) for key in visits[0]}
                size = page.stat().st_size / 1024
                print(f"{count:>4} files: {size:6,.0f} KiB, made in {seconds:.2f} s, ms {json.dumps(shown)}")


if __name__ == "__main__":
    main()
