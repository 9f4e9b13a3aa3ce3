"""The pages of the guide, by their path."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.tables import canonical, gone
from migrator.inventory.declared import form_of
from migrator.model.parts import RUNS, unknown_of
from migrator.model.text import plain
from migrator.provision.docs.calls import called
from migrator.provision.docs.form import Form
from migrator.provision.docs.named import Named
from migrator.provision.docs.tickets import as_csv, tickets
from migrator.provision.docs.todo import by_owner, modules_of, wide_of, work_of
from migrator.report.assess.checks import check_text
from migrator.report.escape import Markdown, escaped
from migrator.report.templates import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.model.callers import Answer
    from migrator.provision.docs.tickets import Ticket
    from migrator.provision.docs.todo import Todo, Work
    from migrator.report.site.model import Site
    from migrator.workspace.config import PoliciesSection

PLAIN = (
    "reference/callers",
    "reference/operators", "reference/connections", "reference/pools", "reference/schedules", "reference/variables",
    "how-to/rewrite-a-dag", "how-to/use-a-dataset", "how-to/use-a-secret", "how-to/test-locally",
    "how-to/go-through-review", "troubleshooting", "review-checklist", "estate",
)  # fmt: skip
PLACES = 8
"""So many places of one finding are named; the others are on the pages of the owners."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of finding with the DAGs that have it."""

    about: Todo
    why: str
    places: tuple[tuple[str, Todo], ...]


NOTHING_NAMED = Named()


def pages(
    site: Site,
    house: PoliciesSection,
    form: Form,
    named: Named = NOTHING_NAMED,
    answers: Mapping[str, Answer] | None = None,
) -> dict[str, str]:
    """The text of every page, tickets among them; ``answers``: what becomes of who starts DAGs from outside."""
    works = work_of(site)
    owners = by_owner(works)
    files = slugs(tuple(owners))
    history = site.inventory.history
    unknown = frozenset(history.unknown if history else ())
    common = {
        "site": site, "house": house, "works": works, "owners": owners, "files": files,
        "operators": _operators(site), "used": _used(site), "troubles": _troubles(works),
        "shown": PLACES, "named": named,
        "called": called(site, answers or {}), "runs_unknown": RUNS in unknown_of(site.inventory),
        "modules": modules_of(site), "example": _example(site), "wide": wide_of(site),
        "dag": Markdown(plain((work.dag.dag_id for work in works), "DAG")),
    }  # fmt: skip
    made = {f"{name}.md": render(f"docs/{name.rpartition('/')[2]}.md.j2", **common) for name in ("README", *PLAIN)}
    for owner, theirs in owners.items():
        runs = [work.dag for work in theirs if work.dag.dag_id in unknown]
        asked = [work.dag for work in theirs if work.dag.dag_id in unknown or not work.dag.knows("paused")]
        more = {"owner": owner, "theirs": theirs, "runs": len(runs), "asked": len(asked)}
        made[f"owners/{files[owner]}.md"] = render("docs/owner.md.j2", **more, **common)
        if asked:
            made[f"last-runs/{files[owner]}.csv"] = form_of(asked)
    return made | _tickets(tickets(works, modules_of(site)), form)


LONGEST = 120
"""How much of a name stands in that of its file: an id may have 250 signs, and a file's name with its folder too."""
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
"""Names that no file of Windows can have, whatever its ending."""


def slugs(names: tuple[str, ...]) -> dict[str, str]:
    """A file name for each of these, without an ending; no two alike, even where case does not count."""
    made: dict[str, str] = {}
    taken, numbers = set(DEVICES), Counter[str]()
    for name in names:
        slug = file_name = re.sub(r"[^a-z0-9]+", "-", name.casefold())[:LONGEST].strip("-") or "owner"
        while file_name in taken:
            numbers[slug] += 1
            file_name = f"{slug}-{numbers[slug] + 1}"
        made[name] = file_name
        taken.add(file_name)
    return made


def _tickets(found: tuple[Ticket, ...], form: Form) -> dict[str, str]:
    match form:
        case Form.CSV:
            return {"tickets.csv": as_csv(found)}
        case Form.MARKDOWN:
            files = slugs(tuple(one.name for one in found))
            return {f"tickets/{files[one.name]}.md": f"# {escaped(one.summary)}\n\n{one.body}" for one in found}


def _operators(site: Site) -> list[tuple[str, str, int, int]]:
    """Operator in v1, its name in the target, tasks and DAGs; the most used first."""
    tasks = Counter(task.operator for dag in site.inventory.dags for task in dag.tasks)
    dags = Counter(name for dag in site.inventory.dags for name in {task.operator for task in dag.tasks})
    return [(name, _in_target(name), count, dags[name]) for name, count in tasks.most_common()]


def _in_target(name: str) -> str:
    """The name in the target; without one, what to do instead."""
    return gone().get(name) or canonical(name)


def _used(site: Site) -> Mapping[str, list[str]]:
    """Which DAGs use each pool."""
    pools: defaultdict[str, list[str]] = defaultdict(list)
    for dag in site.inventory.dags:
        for pool in dag.pools:
            pools[pool].append(dag.dag_id)
    return pools


def _troubles(works: tuple[Work, ...]) -> list[Trouble]:
    places: defaultdict[str, list[tuple[str, Todo]]] = defaultdict(list)
    for work in works:
        for todo in work.todos:
            places[todo.code].append((work.dag.dag_id, todo))
    return [Trouble(found[0][1], check_text(name).why, tuple(found)) for name, found in sorted(places.items())]


def _example(site: Site) -> Markdown:
    return Markdown(plain((dag.file for dag in site.inventory.dags), "my_dag.py"))
