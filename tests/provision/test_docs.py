"""The guide for DAG authors, from an estate of 220 DAGs: it links to itself, and says what each owner has to do."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from codemods.engine.rewrite import rewrite
from codemods.profiles import load
from migrator.assess.estate import Estate, Rewritten
from migrator.assess.registry import all_checks
from migrator.assess.run import Settings, assess
from migrator.model.callers import Answer
from migrator.model.inventory import Origin
from migrator.model.run import Run
from migrator.plan.options import PlanOptions
from migrator.plan.planner import plan
from migrator.provision.docs.calls import gcloud, rest
from migrator.provision.docs.form import Form
from migrator.provision.docs.named import named
from migrator.provision.docs.pages import pages, slugs
from migrator.provision.docs.tickets import as_csv, tickets
from migrator.provision.docs.todo import wide_of, work_of
from migrator.report.rewrite.model import Report
from migrator.report.site.model import Site
from migrator.rewrite.estate import in_bucket
from migrator.rewrite.tree import rewrite_tree
from migrator.workspace.config import PoliciesSection, TransferSection
from tests.assess.planted import TODAY, inventory, sources
from tests.markdown import fences

if TYPE_CHECKING:
    import pathlib

LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    root: pathlib.Path = tmp_path_factory.mktemp("dags")
    for name in ("dags/planted/planted_000.py", "dags/planted/planted_018.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(sources()[name])
    (root / "dags/planted/planted_002.py").write_text("print 'Python 2'\n")
    result = rewrite_tree(root / "dags", root / "out", dry_run=True, jobs=1)
    found = inventory()
    left = {in_bucket(file.path): Rewritten(len(file.changes), file.findings) for file in result.files}
    assessment = assess(Estate(found, sources(), load(), rewritten=left), all_checks(), Settings(TODAY))
    made = plan(found, {}, PlanOptions(source="v1", target="v2", fingerprint="f"))
    return Site(found, assessment, Report(result, load().name), made)


@pytest.fixture(scope="module")
def made(site: Site) -> dict[str, str]:
    return pages(site, PoliciesSection(contact="#data-platform"), Form.MARKDOWN)


def test_every_link_leads_to_a_page(made: dict[str, str]) -> None:
    links = [(page, link) for page, text in made.items() for link in LINK.findall(text)]
    assert len(links) > 60
    for page, link in links:
        parts: list[str] = []
        for part in (PurePosixPath(page).parent / link).parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        assert "/".join(parts) in made, f"{page} -> {link}"


def test_every_owner_has_a_page_with_what_is_to_be_done_before_which_wave(site: Site, made: dict[str, str]) -> None:
    owners = {owner for dag in site.inventory.dags for owner in dag.owners}
    assert {page for page in made if page.startswith("owners/")} == {
        f"owners/{slug}.md" for slug in slugs(tuple(owners)).values()
    }
    secret = next(one for one in site.assessment.findings if one.code == "GV112")
    dag = site.inventory.dag(secret.dags[0])
    assert dag is not None
    wave = next(line.wave for line in site.lines if line.dag is dag)
    page = made[f"owners/{dag.owners[0]}.md"]
    assert f"## {dag.dag_id.replace('_', chr(92) + '_')}: before wave {wave}" in page
    assert f"- [ ] `{secret.file}:{secret.line}`: " in page
    assert "(GV112). Put it into a connection or Secret Manager" in page


def test_what_is_of_the_whole_estate_is_on_one_page_and_told_to_those_whom_it_touches(
    site: Site, made: dict[str, str]
) -> None:
    listed = [*(todo for work in work_of(site) for todo in work.todos), *(one.todo for one in wide_of(site))]
    assert {(one.code, one.message) for one in site.assessment.findings} <= {(one.code, one.message) for one in listed}
    page = made["estate.md"]
    assert page.count("- [ ] ") == len(wide_of(site)) > 10
    assert page.index("the override webserver-rbac is gone") < page.index(
        "(if you can) 42 DAGs begin at 02:30 ([ES307]("
    )
    (crowd,) = [one for one in site.assessment.findings if one.code == "ES307"]
    owners = {owner for dag in site.inventory.dags for owner in dag.owners}
    touched = {o for dag in site.inventory.dags if dag.dag_id in crowd.dags for o in dag.owners}
    told = {owner for owner in owners if "42 DAGs begin at 02:30 (ES307). Of yours: " in made[f"owners/{owner}.md"]}
    assert told == touched < owners
    assert "estate.md" in made["README.md"]


def test_what_the_rewrite_leaves_to_a_person_is_to_be_done_too(made: dict[str, str]) -> None:
    assert "`dags/planted/planted_002.py:1`" in "".join(
        text for page, text in made.items() if page.startswith("owners/")
    )


def test_what_findings_mean_has_no_marks_of_docstrings(made: dict[str, str]) -> None:
    assert "owner missing" in made["troubleshooting.md"]
    assert "`" * 2 not in made["troubleshooting.md"].replace("`" * 3, "").replace("\\", "")


def test_the_reference_is_theirs(made: dict[str, str]) -> None:
    operators = made["reference/operators.md"]
    assert "| `airflow.operators.bash_operator.BashOperator` | `airflow.operators.bash.BashOperator` |" in operators
    assert "`warehouse_pg`" in made["reference/connections.md"]
    assert made["reference/schedules.md"].count("\n| `") == 220
    assert "GV101: owner missing" in made["troubleshooting.md"]
    assert "hunter2" not in "".join(made.values()), "a secret in the code stays there"


CODE = """
from airflow.models import Variable
import shared
a, b = Variable.get("region"), Variable.get("size", default_var="s")
BashOperator(task_id="t", bash_command="{{ conn.warehouse_pg.host }}", http_conn_id="nowhere")
"""


def guide(site: Site, **transfer: object) -> dict[str, str]:
    """The guide of an estate whose first DAG's file names variables and connections, and imports a module that does."""
    first = site.inventory.dags[0]
    sources = {
        f"dags/{first.file}": CODE,
        "dags/shared.py": "from airflow.models import Variable\nVariable.get('deep')",
    }
    names = named(site.inventory, sources, TransferSection.model_validate(transfer))
    return pages(site, PoliciesSection(), Form.MARKDOWN, names)


def test_what_the_code_names_is_told_to_its_owner_and_in_the_reference(site: Site) -> None:
    first, made = site.inventory.dags[0], guide(site)
    row = f"| `{first.dag_id}` | `deep`, `region` | `size` | `nowhere`, `warehouse_pg` |"
    assert row in made[f"owners/{slugs(first.owners)[first.owners[0]]}.md"]
    assert f"| `region` | `{first.dag_id}` |" in made["reference/variables.md"].partition("not in v1")[2]
    known, _, lacking = made["reference/connections.md"].partition("not in v1")
    assert re.search(rf"`warehouse_pg` .*\| `{first.dag_id}` \|", known)
    assert f"| `nowhere` | `{first.dag_id}` |" in lacking
    assert "warehouse_pg" not in lacking


@pytest.mark.parametrize(
    ("destination", "variables", "connections"),
    [
        ({}, "database", "database"),
        ({"connections": "secret-manager"}, "database", "Secret Manager"),
        ({"variables": "secret-manager"}, "Secret Manager", "database"),
    ],
)
def test_values_lie_where_they_are_carried_to(
    site: Site, destination: dict[str, str], variables: str, connections: str
) -> None:
    made = guide(site, destination=destination)
    for page, place in (("variables", variables), ("connections", connections)):
        text = made[f"reference/{page}.md"]
        assert f"into {place if place[0] == 'S' else 'Airflow' + chr(39) + 's database'} of v2" in text
        assert ("Secret Manager" in text) == (place == "Secret Manager")
    assert ("Secret Manager" in made["how-to/use-a-secret.md"]) == (connections == "Secret Manager")


def test_what_a_folder_does_not_hold_is_unknown(site: Site) -> None:
    inventory = replace(site.inventory, origin=Origin.FOLDER, variables=(), connections=())
    made = guide(Site(inventory, site.assessment, site.rewrite, site.plan))
    for page in ("variables", "connections"):
        assert "| unknown: a folder does not hold them | | |" in made[f"reference/{page}.md"]
        assert "not known of v1" in made[f"reference/{page}.md"]


def test_the_example_is_what_the_rewrite_makes_of_it(made: dict[str, str]) -> None:
    (block,) = [text for language, text in fences(made["how-to/rewrite-a-dag.md"]) if language == "python"]
    _, before, after = re.split(r"# Airflow .*\n", block)
    assert rewrite(before.strip().encode()).source.decode() == after.strip()


def test_tickets_as_files_and_as_csv_say_the_same(site: Site, made: dict[str, str]) -> None:
    table = list(csv.DictReader(io.StringIO(as_csv(tickets(work_of(site))))))
    assert len(table) == sum(page.startswith("tickets/") for page in made) > 40
    by_dag = {row["Summary"].partition(":")[0]: row for row in table}
    assert "GV112" in by_dag["planted_018"]["Labels"]
    assert by_dag["planted_018"]["Description"] in made["tickets/planted-018.md"]


def test_names_that_a_file_cannot_have_or_that_look_alike() -> None:
    assert slugs(("Team A", "team-a", "../etc", "???")) == {
        "Team A": "team-a", "team-a": "team-a-2", "../etc": "etc", "???": "owner",
    }  # fmt: skip


def test_what_an_inventory_holds_is_no_markup(site: Site) -> None:
    first = replace(site.inventory.dags[0], owners=("<script>|x](http://e)",))
    evil = replace(site.inventory, dags=(first, *site.inventory.dags[1:]))
    readme = pages(Site(evil, site.assessment, site.rewrite, site.plan), PoliciesSection(), Form.CSV)["README.md"]
    assert "<script>" not in readme
    assert "\\<script\\>\\|x\\](http:\\//e)" in readme


def test_a_name_too_long_for_a_file_is_cut_and_stays_its_own():
    names = ("a" * 300, "a" * 299 + "b", "c")
    found = slugs(names)
    assert len(set(found.values())) == 3
    assert max(map(len, found.values())) < 200


def test_a_name_that_ends_as_a_numbered_one_keeps_a_file_of_its_own():
    names = ("a b", "a-b", "a-b-2", "A B", "a-b-2-2", "a_b", "-", "...", "con", "CON-2", "lpt1")
    found = slugs(names)
    assert found["a-b"] == "a-b-2"
    assert len(set(found.values())) == len(names)
    assert not {"con", "lpt1"} & set(found.values())


def test_who_starts_a_dag_from_outside_finds_the_new_call(site: Site) -> None:
    dag = site.inventory.dags[0]
    called = Run(dag.dag_id, "order-1", site.inventory.captured_at, "success", automated=False)
    target = "projects/p/locations/europe-west1/environments/v2"
    assert site.plan is not None
    changed = replace(
        site, inventory=replace(site.inventory, runs=(called,), triggers=()), plan=replace(site.plan, target=target)
    )
    made = pages(changed, PoliciesSection(), Form.MARKDOWN, answers={dag.dag_id: Answer.MOVES})
    page = made["reference/callers.md"]
    assert f"| `{dag.dag_id}` | a program, by run ids of its own | unknown | 1 |" in page
    assert "| moves |" in page
    assert f'"$AIRFLOW"/api/v1/dags/{dag.dag_id}/dagRuns' in page
    assert "environments run v2 --project p --location europe-west1 dags trigger --" in page
    assert [name for name, text in made.items() if "Started from outside" in text] == [
        name for name, text in made.items() if name.startswith("owners/") and f"`{dag.dag_id}`: who starts it" in text
    ]


def test_the_new_call_is_one_that_a_shell_reads_as_it_stands() -> None:
    words = shlex.split(rest("a b/ü", "projects/p/locations/l/environments/e", three=True).partition("\n")[2])
    assert words[:5] == ["curl", "--fail", "--request", "POST", "$AIRFLOW/api/v2/dags/a%20b%2F%C3%BC/dagRuns"]
    assert json.loads(words[-1]) == {"logical_date": None, "conf": {}}
    assert shlex.split(gcloud("a b", ""))[:7] == [
        "gcloud", "composer", "environments", "run", "ENVIRONMENT", "--project", "PROJECT",
    ]  # fmt: skip


def test_a_ticket_names_the_command_that_tests_just_it(site: Site) -> None:
    work = next(one for one in work_of(site) if one.todos and one.line.place != "v2")
    odd = replace(work, line=replace(work.line, dag=replace(work.dag, dag_id="its; rm -rf /")))
    for one, name in ((work, work.dag.dag_id), (odd, "'its; rm -rf /'")):
        [ticket] = tickets((one,))
        assert f"`local/local.sh test {name}`" in ticket.body
