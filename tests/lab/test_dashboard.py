"""The dashboard in a real browser, while one wave moves 220 DAGs on the lab."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.bench.cutover_load import prepare
from tests.browser import conftest as real
from tests.browser.watching import dashboard, headlines, saw_each_step, shows_what_status_says

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab.lab import Lab
    from tests.browser.devtools import Browser

pytestmark = [pytest.mark.lab, pytest.mark.soak]

browser = real.browser
COUNT = 220


def test_a_wave_of_220_dags_moves_on_the_page_and_no_step_is_lost(lab: Lab, tmp_path: Path, browser: Browser) -> None:
    prepare(lab, tmp_path, COUNT)
    waves = json.loads((tmp_path / "plan.json").read_text())["waves"]
    (planned,) = [len(wave["dags"]) for wave in waves if wave["number"] == 1]
    assert planned >= COUNT
    with dashboard(tmp_path) as address:
        page = browser.page()
        page.open(address)
        program = [sys.executable, "-m", "migrator.cli", "--workspace", str(tmp_path)]
        with (
            (tmp_path / "cutover.log").open("wb") as log,
            subprocess.Popen([*program, "cutover", "--wave", "1", "--yes"], stdout=log, stderr=log) as wave,
        ):
            seen = headlines(page, lambda: wave.poll() is None)
        steps = saw_each_step(page, tmp_path)
        told = shows_what_status_says(page, tmp_path)
        end = page.text("h1")
        page.shot(tmp_path / "dashboard.png", whole=True)
        assert page.requests.count(address) == 1, "it was never loaded anew"
        assert page.errors == []
    print(f"{steps} steps, {len(seen)} headlines: {' | '.join(seen)}; the end in {tmp_path / 'dashboard.png'}")
    assert wave.returncode == 0, (tmp_path / "cutover.log").read_text()[-3000:]
    assert len(told) == planned
    assert {row["state"] for row in told} <= {"OBSERVED", "COMPLETE"}
    assert end == f"{planned} of {planned} DAGs arrived in v2"
    assert len(seen) > 4, "it moved"
