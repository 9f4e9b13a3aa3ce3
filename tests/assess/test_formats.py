"""The assessment in every format; whatever a DAG is called, it stays text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from codemods.engine.report import Finding as Left
from codemods.profiles import load
from migrator.assess.check import Example
from migrator.assess.estate import Estate, Rewritten
from migrator.assess.examples import CLEAN, NOW, ORDERS, estate_of
from migrator.assess.model import Severity
from migrator.assess.registry import all_checks
from migrator.assess.run import Settings, assess
from migrator.model.dag import Unlisted
from migrator.model.readiness import Readiness
from migrator.report.assess.formats import Format, rendered
from migrator.workspace.config import AssessSection
from tests.assess.planted import TODAY, inventory, packages, section, sources
from tests.browser import conftest as real
from tests.browser.probes import CONTRAST, NAMELESS
from tests.report.test_sarif import schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from migrator.assess.model import Assessment
    from tests.browser.devtools import Page

browser, visit = real.browser, real.visit

HOSTILE = '<script>alert(1)</script>|`]]>"&\u2028'
WAIVER = {"code": "GV103", "where": "estate_*", "reason": "tags | come <b>later</b>", "expires": "2027-01-01"}


@pytest.fixture(scope="module")
def planted() -> Assessment:
    waived = section().model_copy(
        update={"waivers": [*section().waivers, *AssessSection.model_validate({"waivers": [WAIVER]}).waivers]}
    )
    return assess(Estate(inventory(), sources(), load(), packages()), all_checks(), Settings(TODAY, waived))


@pytest.fixture(scope="module")
def clean() -> Assessment:
    return assess(estate_of(Example("")), all_checks(), Settings(NOW.date()))


@pytest.fixture(scope="module")
def hostile() -> Assessment:
    files = {"dags/orders.py": CLEAN + "\nimport formatter\nDB_PASSWORD = 'hunter2-prod'\n"}
    dag = {"dag_id": HOSTILE, "owners": (HOSTILE,), "tags": ()}
    return assess(estate_of(Example("", files=files, dag=dag)), all_checks(), Settings(NOW.date()))


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("name", ["planted", "clean", "hostile"])
def test_every_format_is_the_same_each_time(form: Format, name: str, request: pytest.FixtureRequest) -> None:
    made: Assessment = request.getfixturevalue(name)
    text = rendered(made, form)
    assert text == rendered(made, form)
    assert text.endswith("\n")
    assert "hunter2" not in text


def test_a_clean_estate_has_nothing_to_fix(clean: Assessment) -> None:
    assert clean.findings == clean.order == ()
    assert not clean.failing
    [dag] = clean.dags
    assert (dag.readiness, dag.sum) == (Readiness.READY, "15 to test")
    assert "fix in this order" not in rendered(clean, Format.TABLE)


def _sarif(made: Assessment, root: str = "") -> dict[str, Any]:
    data: dict[str, Any] = json.loads(rendered(made, Format.SARIF, root))
    jsonschema.Draft7Validator(schema()).validate(data)
    run: dict[str, Any] = data["runs"][0]
    return run


def test_sarif_fits_the_official_schema_and_has_every_finding(planted: Assessment, clean: Assessment) -> None:
    run = _sarif(planted)
    assert len(run["results"]) == len(planted.findings) + len(planted.waived)
    assert sum("suppressions" in one for one in run["results"]) == len(planted.waived) > 100
    prints = [one["partialFingerprints"]["migrateAssess/v1"] for one in run["results"]]
    assert len(set(prints)) == len(prints)
    assert _sarif(clean)["results"] == []


def test_sarif_names_files_of_the_workspace(planted: Assessment) -> None:
    def uris(root: str) -> set[str]:
        places = (one["locations"][0]["physicalLocation"] for one in _sarif(planted, root)["results"])
        return {place["artifactLocation"]["uri"] for place in places}

    assert {"dags/source/tools/report.py", "plugins/source/views.py", "inventory.json", "migrate.toml"} <= uris("")
    assert "ws/dags/source/tools/report.py" in uris("ws")


def test_a_fingerprint_outlives_a_line(planted: Assessment) -> None:
    moved = replace(planted, findings=tuple(replace(one, line=one.line + 7) for one in planted.findings))
    assert [one["partialFingerprints"] for one in _sarif(moved)["results"]] == [
        one["partialFingerprints"] for one in _sarif(planted)["results"]
    ]


def test_markdown_fits_a_comment_and_holds_no_markup_of_others(planted: Assessment, hostile: Assessment) -> None:
    assert len(rendered(planted, Format.MARKDOWN)) < 65_536
    text = rendered(hostile, Format.MARKDOWN)
    assert "<b>" not in text
    rows = [line for line in text.split("\n") if line.startswith("|") and "needs a person" in line and "alert" in line]
    [row] = rows
    assert row.replace("\\|", "").count("|") == 6, "a bar in a name is no column"


def test_json_only_grows(planted: Assessment) -> None:
    data = json.loads(rendered(planted, Format.JSON))
    assert set(data) >= {
        "schema_version", "source", "target", "summary", "checks", "findings", "waived", "dags", "order", "effort",
        "load", "skipped",
    }  # fmt: skip
    assert set(data["findings"][0]) >= {
        "code",
        "severity",
        "message",
        "file",
        "line",
        "dags",
        "holds",
        "minutes",
        "link",
    }
    assert all(check["why"] and check["fix"] for check in data["checks"])


@pytest.mark.parametrize("form", [Format.TABLE, Format.MARKDOWN, Format.HTML, Format.JSON])
def test_who_may_do_what_and_did_stands_in_each_format(form: Format, planted: Assessment) -> None:
    text = rendered(planted, form)
    assert "bo@example.com" in text
    assert ('"graph": 12' if form is Format.JSON else "graph 12") in text


def test_the_page_in_a_browser(planted: Assessment, visit: Callable[..., Page], tmp_path: Path) -> None:
    path = tmp_path / "assess.html"
    path.write_text(rendered(planted, Format.HTML), encoding="utf-8")
    page = visit(path)
    assert "DAGs need a person first" in page.text("h1")
    assert page.text("#count") == f"{len(planted.findings)} findings, 220 DAGs"
    page.js("document.querySelectorAll('details').forEach((one) => one.open = true)")
    page.settle()
    assert page.count(".places li") == len(planted.findings)
    assert page.js(NAMELESS) == []
    for dark in (False, True):
        page.theme(dark=dark)
        page.settle()
        assert page.js(CONTRAST) == []
    page.choose("#owner", "stock")
    page.choose("#readiness", "needs a person")
    page.settle()
    held = [dag for dag in planted.dags if dag.readiness is Readiness.PERSON and "stock" in dag.owners]
    assert page.text("#count").endswith(f" {len(held)} DAGs")


def test_names_are_text_in_a_browser(hostile: Assessment, visit: Callable[..., Page], tmp_path: Path) -> None:
    path = tmp_path / "assess.html"
    path.write_text(rendered(hostile, Format.HTML), encoding="utf-8")
    page = visit(path)
    assert HOSTILE.partition("\u2028")[0] in page.text("tr.dag .id")
    for width in (390, 1280):
        page.resize(width, 800)
        page.settle()
        assert not page.js("document.documentElement.scrollWidth > innerWidth")


def _left() -> Assessment:
    """Two DAGs that import one rewritten helper, of which the rewrite leaves something; and one by itself."""
    other = [replace(ORDERS, dag_id=name, file=f"{name}.py") for name in ("prices", "stock")]
    files = {
        "dags/orders.py": CLEAN + "\nfrom common import helper\n",
        "dags/prices.py": CLEAN.replace('"orders"', '"prices"') + "\nfrom common import helper\n",
        "dags/stock.py": CLEAN.replace('"orders"', '"stock"') + "\nfrom airflow.settings import Session\nSession()\n",
        "dags/common/helper.py": "X = 1\n",
    }
    rewritten = {
        "dags/common/helper.py": Rewritten(1, (Left(1, "CM323", "it differs"),)),
        "dags/stock.py": Rewritten(2, ()),
    }
    more = {"rewritten": rewritten, "unlisted": (Unlisted("more.py", 3, "globals()"),)}
    estate = estate_of(Example("", files=files, dags=(ORDERS, *other), more=more))
    return assess(estate, all_checks(), Settings(NOW.date()))


def test_what_each_dag_takes_and_what_is_shared_come_to_the_whole(planted: Assessment, hostile: Assessment) -> None:
    for made in (planted, hostile, _left()):
        effort = made.effort
        assert set(effort.own) == {dag.dag_id for dag in made.dags}
        assert sum(effort.own.values()) + sum(one.minutes for one in effort.shared) == effort.minutes
        assert sum(effort.parts.values()) == effort.minutes


def test_a_shared_file_is_counted_once_and_named() -> None:
    effort = _left().effort
    [helper] = [one for one in effort.shared if one.file == "dags/common/helper.py"]
    assert (helper.dags, helper.minutes) == (2, 5 + 30)
    assert effort.own["orders"] == effort.own["prices"] == 15
    assert effort.own["stock"] > 15 + 5


@pytest.mark.parametrize("form", [Format.HTML, Format.MARKDOWN])
def test_the_findings_on_a_page_are_of_all_codes_and_add_up(form: Format) -> None:
    made = _left()
    page = rendered(made, form)
    for code in ("CM323", "ES315", "CP215"):
        assert code in page
    whole = made.whole
    assert sum(whole.severe(one) for one in Severity) == len(made.findings) + len(made.left)
    assert sum(made.of(one) for one in Readiness) == len(made.dags)
    if form is Format.HTML:
        assert page.count('<li><code class="place">') == len(made.findings) + len(made.left)
        assert page.index("could not be listed, and are in no number") < page.index("<dl")
        tiles = re.findall(r"<dt>(?:Error|Warning|Note)s</dt><dd>(\d+)</dd>", page)
        assert sum(map(int, tiles)) == len(made.findings) + len(made.left)
        table = page.partition('id="effort-table"')[2].partition("</table>")[0]
        *rows, total = [int(one) for one in re.findall(r'<td class="num">(?:<b>)?(\d+)(?:</b>)?</td></tr>', table)]
        assert sum(rows) == total == made.effort.minutes


def test_the_page_says_what_unpausing_would_start(clean: Assessment) -> None:
    page = rendered(replace(clean, starts={"orders": "3 runs"}), Format.HTML)
    assert "Unpausing starts" in page
    assert "<td>3 runs</td>" in page
    assert "Unpausing starts" not in rendered(clean, Format.HTML)
