"""From a snapshot's parts to one inventory; what could not be read is named, and the rest is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from migrator.environments.composer_api import facts_of_json
from migrator.environments.ports import Answer
from migrator.errors import UsageError
from migrator.inventory.collect import FOLDERS, MAX_RUNS, Collected, build_inventory, wanted
from migrator.inventory.folder import left_out
from migrator.inventory.past import encrypted
from migrator.inventory.poorer import absent_folders, unread
from migrator.inventory.snapshot.contents import read_contents
from migrator.inventory.snapshot.dags import Places, broken_files, merge
from migrator.inventory.snapshot.damage import problems_of
from migrator.inventory.snapshot.left import left_in
from migrator.inventory.snapshot.problems import Problem
from migrator.inventory.snapshot.revisions import AIRFLOW
from migrator.inventory.snapshot.rows import each, number, text
from migrator.inventory.snapshot.runs import history_in, runs_of
from migrator.inventory.snapshot.secrets import FIX, fernet_keys, open_secrets
from migrator.inventory.snapshot.users import users_of
from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.read import read_dags
from migrator.inventory.static.source import bounded
from migrator.model.dag import BrokenFile
from migrator.model.environment import EnvironmentFacts
from migrator.model.inventory import Origin
from migrator.model.sealed import clear
from migrator.model.text import all_shown
from migrator.reading import read_file, read_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.inventory.snapshot.contents import Contents, Values
    from migrator.inventory.snapshot.layout import Layout


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read of a snapshot, and what could not be."""

    collected: Collected
    problems: tuple[Problem, ...]


def of_snapshot(layout: Layout, *, name: str, recipient: str, weeks: int) -> Taken:
    """The inventory; secrets come sealed to ``recipient``. ``name`` is used where the snapshot does not tell it."""
    facts = _facts(layout, name)
    since = layout.moment - timedelta(weeks=weeks)
    contents = read_contents(layout.database, since=since, most_runs=MAX_RUNS)
    version = facts.airflow_version or AIRFLOW.get(contents.revision, "")
    defaults = Defaults.of(clear(facts.overrides), version)
    stored = wanted(file for folder in FOLDERS for file in layout.files.files(folder))
    code = read_dags([file.path for file in stored], bounded(layout.files.read, stored), defaults)
    places = Places(frozenset(file.path.removeprefix("dags/") for file in stored if file.path.startswith("dags/")))
    told = broken_files(contents, places)
    dags = merge(contents, code, places, defaults, told)
    pools = sorted(
        each("slot_pool", contents.tables["slot_pool"], _pool, contents.problems), key=lambda one: str(one["name"])
    )
    keys, key_problem = _keys(layout)
    opened = open_secrets(contents, keys, pools, recipient)
    people = users_of(contents)
    named = {one.file for one in told}
    broken = told + [one for one in code.broken if one.file not in named]
    result = {
        "dags": dags,
        "broken_files": [BrokenFile(one.file, one.message) for one in broken],
        "runs": list(runs_of(contents, dags)),
        "variables": opened.variables,
        "connections": opened.connections,
        "pools": pools,
        "usage": None if people is None else {"since": layout.moment.isoformat(), "users": people},
        "warnings": [*opened.warnings, *code.warnings, *left_out(layout.files)],
    }
    inventory = build_inventory(facts, Answer(result, layout.moment, version, ""), stored)
    history = history_in(contents, inventory.dags)
    from_code = {one.dag_id for one in code.dags}
    listed = {dag.file for dag in dags if dag.dag_id not in from_code}
    unlisted = tuple(one for one in code.unlisted if one.file not in listed)
    problems = [
        *problems_of(layout.database.name, contents),
        *([key_problem] if key_problem else []),
        *opened.problems,
        *contents.problems,
    ]
    more = {str(one) for one in problems} | set(_oddities(contents))
    settings = layout.environment is not None
    parts = unread(contents, closed=not opened.sealed, settings=settings, users=people is not None)
    inventory = replace(
        inventory,
        origin=Origin.SNAPSHOT,
        unlisted=all_shown(unlisted),
        history=all_shown(history),
        warnings=tuple(sorted({*inventory.warnings, *more})),
        unknown=tuple(sorted({*parts, *absent_folders(stored)})),
    )
    left = encrypted(left_in(contents, inventory.dags), recipient)
    return Taken(Collected(inventory, opened.sealed, left), tuple(problems))


def _facts(layout: Layout, name: str) -> EnvironmentFacts:
    if layout.environment is not None:
        try:
            text = read_file(layout.environment)
            read_object(text)  # what is nested too deeply, or is no object, has a clear reason here
            return facts_of_json(text.decode("utf-8-sig"))
        except ValueError as error:
            raise UsageError(
                f"{layout.environment} cannot be read", why=str(error), fix="remove it, or download it again"
            ) from error
    return EnvironmentFacts(name or f"snapshot {layout.database.parent.name}", "", "RUNNING", layout.files.name, "")


def _keys(layout: Layout) -> tuple[str, Problem | None]:
    if layout.key is None:
        return "", None
    keys = fernet_keys(read_file(layout.key))
    if keys:
        return keys, None
    return "", Problem(f"{layout.key} holds no fernet key", "a key is 44 letters and digits that end in =", FIX)


def _pool(row: Values) -> dict[str, Any]:
    return {"name": row["pool"], "slots": number(row, "slots") or 0, "description": text(row, "description")}


def _oddities(contents: Contents) -> Iterator[str]:
    if contents.revision and contents.revision not in AIRFLOW:
        yield f"the database is of revision {contents.revision}, which is not known: it was read by its columns' names"
