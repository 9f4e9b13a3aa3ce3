"""How far a DAG is, what it takes, and in which order to fix."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from codemods.engine.report import Finding as Left
from codemods.profiles import load
from migrator.assess.check import Example
from migrator.assess.estate import Estate, Rewritten
from migrator.assess.examples import CLEAN, NOW, ORDERS, estate_of
from migrator.assess.registry import all_checks
from migrator.assess.run import Settings, assess
from migrator.model.inventory import Inventory
from migrator.model.readiness import Readiness
from migrator.model.resources import Connection
from migrator.workspace.config import AssessSection

if TYPE_CHECKING:
    from migrator.assess.model import Assessment

HELPED = CLEAN + "\nfrom common import helper\n"


def made(estate: Estate, **section: object) -> Assessment:
    return assess(estate, all_checks(), Settings(NOW.date(), AssessSection.model_validate(section)))


def of_orders(estate: Estate) -> tuple[Readiness, int]:
    [dag] = made(estate).dags
    return dag.readiness, dag.minutes


def estate(
    files: dict[str, str] | None = None, rewritten: dict[str, Rewritten] | None = None, **more: object
) -> Estate:
    return estate_of(Example("", files=files or {}, more={"rewritten": rewritten or {}}, **more))


SNOWFLAKE = Connection("lake", "snowflake", "f")


def rewritten(edits: int, *left: Left) -> Estate:
    return estate(rewritten={"dags/orders.py": Rewritten(edits, left)})


def written(text: str, **more: object) -> Estate:
    return estate({"dags/orders.py": text}, **more)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (estate(), (Readiness.READY, 15)),
        (rewritten(0), (Readiness.READY, 15)),
        (rewritten(3), (Readiness.AUTOMATIC, 20)),
        (rewritten(3, Left(1, "CM307", "m", unsafe=True)), (Readiness.AUTOMATIC, 30)),
        (rewritten(3, Left(1, "CM307", "m")), (Readiness.AUTOMATIC, 50)),
        (rewritten(0, Left(1, "CM307", "m")), (Readiness.READY, 45)),
        (rewritten(3, Left(1, "CM307", "m", unsafe=True, stops=True)), (Readiness.PERSON, 50)),
        (rewritten(0, Left(1, "CM001", "no Python")), (Readiness.PERSON, 45)),
        (rewritten(0, Left(1, "CM002", "refused")), (Readiness.PERSON, 45)),
        (rewritten(3, Left(1, "CM904", "a provider", stops=True)), (Readiness.BLOCKED, 50)),
        (written(CLEAN + "\nfrom airflow.settings import Session\nSession()\n"), (Readiness.READY, 75)),
        (written(CLEAN + "\nimport formatter\n"), (Readiness.PERSON, 30)),
        (written(CLEAN + "\nX = 'lake'\n", connections=(SNOWFLAKE,)), (Readiness.BLOCKED, 30)),
        (written(CLEAN.replace('tags=["shop"],', ""), dag={"tags": ()}), (Readiness.READY, 15)),
    ],
)  # fmt: skip
def test_a_dag_is_as_far_as_the_gravest_thing_that_holds_it(given: Estate, expected: tuple[Readiness, int]) -> None:
    assert of_orders(given) == expected


def test_a_dag_is_held_by_the_files_that_it_imports_and_by_no_other() -> None:
    helper = {
        "dags/common/__init__.py": "",
        "dags/common/helper.py": "from common.deep import x\n",
        "dags/common/deep.py": "import formatter\n",
    }
    assert of_orders(estate({**helper, "dags/orders.py": HELPED})) == (Readiness.BLOCKED, 30)
    assert of_orders(estate(helper)) == (Readiness.READY, 15)


def test_the_sum_of_a_dag_shows_how_it_came_to_be() -> None:
    found = made(estate({"dags/orders.py": CLEAN + "\nimport formatter\n"}, {"dags/orders.py": Rewritten(2, ())}))
    [dag] = found.dags
    assert dag.sum == "15 to test + 5 x 1 to review + 15 CP204"
    assert dag.minutes == 35
    line = CLEAN.count("\n") + 2
    assert dag.why == (f"dags/orders.py:{line}: CP204 formatter is gone since Python 3.10",)
    assert dag.blocked_by == ()


STOP, MIND = Left(12, "CM901", "gone", stops=True), Left(4, "CM323", "differs")


def _helped(*left: Left) -> Estate:
    files = {"dags/orders.py": CLEAN + "\nimport helper\n", "plugins/helper.py": "X = 1\n"}
    return estate(files, {"plugins/helper.py": Rewritten(0, left), "dags/orders.py": Rewritten(1, ())})


def test_a_dag_is_blocked_by_the_line_of_a_module_that_the_target_cannot_load() -> None:
    [dag] = made(_helped(STOP, MIND)).dags
    assert dag.readiness is Readiness.BLOCKED
    assert dag.why == ("blocked by plugins/helper.py:12: CM901 gone",)
    assert dag.blocked_by == ("plugins/helper.py:12",)


def test_what_runs_otherwise_in_a_module_holds_nobody_and_is_there_to_review() -> None:
    [dag] = made(_helped(MIND)).dags
    assert (dag.readiness, dag.verdict) == (Readiness.AUTOMATIC, "automatic, 1 to review")
    assert dag.review == ("plugins/helper.py:4: CM323 differs",)
    assert dag.why == ("1 file rewritten", "look at plugins/helper.py:4: CM323 differs")
    assert (dag.blocked_by, dag.settled) == ((), False)


def test_what_is_to_review_stands_beside_what_blocks() -> None:
    [dag] = made(_helped(STOP, MIND)).dags
    assert dag.review == ("plugins/helper.py:4: CM323 differs",)
    assert dag.verdict == "blocked by plugins/helper.py:12"


@pytest.mark.parametrize(
    ("call", "expected"), [("", Readiness.AUTOMATIC), ("helper.pods()\n", Readiness.BLOCKED)], ids=["unused", "used"]
)
def test_a_function_of_a_module_blocks_the_dags_that_use_it(call: str, expected: Readiness) -> None:
    files = {
        "dags/orders.py": f"{CLEAN}\nimport helper\n{call}",
        "plugins/helper.py": "X = 1\n\n\ndef pods():\n    from airflow.kubernetes.pod import Gone\n    return Gone\n",
    }
    seen = {"plugins/helper.py": Rewritten(0, (replace(STOP, line=5),)), "dags/orders.py": Rewritten(1, ())}
    made_of = made(estate(files, seen))
    assert made_of.dags[0].readiness is expected
    assert [one.dags for one in made_of.left] == [("orders",) if call else ()]


def test_many_places_that_block_are_counted_and_some_named() -> None:
    [dag] = made(_helped(*(replace(STOP, line=line) for line in range(1, 9)))).dags
    assert len(dag.blocked_by) == 8
    assert dag.why[0].startswith("blocked by plugins/helper.py:1: ")
    assert dag.why[-1] == "and 3 more such places"


@pytest.mark.parametrize(
    ("dag", "module", "expected"),
    [
        (None, False, Readiness.BLOCKED),
        (True, True, Readiness.AUTOMATIC),
        (False, True, Readiness.PERSON),
        (False, False, Readiness.BLOCKED),
        (True, None, Readiness.BLOCKED),
    ],
)
def test_what_the_target_s_interpreter_said_counts_where_it_is_of_all_that_is_imported(
    dag: bool | None, module: bool | None, expected: Readiness
) -> None:
    """The module's finding would stop it; a file that was loaded is stopped by nothing."""
    files = {"dags/orders.py": CLEAN + "\nimport helper\n", "plugins/helper.py": "X = 1\n"}
    seen = {
        "plugins/helper.py": Rewritten(0, (STOP,), module, "ImportError: no" * (module is False), 3),
        "dags/orders.py": Rewritten(1, (), dag, "Cycle" * (dag is False), 7),
    }
    [found] = made(estate(files, seen)).dags
    assert found.readiness is expected
    said = " ".join(found.why)
    assert ("dags/orders.py:7: CM910 Cycle" in said) == (dag is False and module is True)
    assert ("blocked by plugins/helper.py:3: CM910 ImportError: no" in said) == (module is False)


def test_what_the_interpreter_loaded_is_stopped_by_no_check_either() -> None:
    files = {"dags/orders.py": CLEAN + "\nimport formatter\n"}
    [before] = made(estate(files, {"dags/orders.py": Rewritten(0, ())})).dags
    [after] = made(estate(files, {"dags/orders.py": Rewritten(0, (), True)})).dags
    assert (before.readiness, after.readiness) == (Readiness.PERSON, Readiness.READY)
    assert "CP204" in after.review[0]


def test_nobody_says_ready_of_a_dag_whose_file_is_not_there() -> None:
    given = estate()
    [dag] = made(Estate(given.inventory, {}, given.target)).dags
    assert dag.readiness is Readiness.UNKNOWN
    assert "migrate inventory" in dag.why[0]


def _two(text: str) -> Estate:
    """Two DAGs that import one helper, which needs a person."""
    other = replace(ORDERS, dag_id="prices", file="prices.py")
    sources = {
        "dags/orders.py": HELPED, "dags/prices.py": HELPED.replace('"orders"', '"prices"') + text,
        "dags/common/__init__.py": "", "dags/common/helper.py": "import formatter\n",
    }  # fmt: skip
    return Estate(
        Inventory(NOW, estate().inventory.environment, "1.10.15", "3.8", dags=(ORDERS, other)), sources, load()
    )


def test_a_shared_file_is_mended_once() -> None:
    found = made(_two(""))
    assert [dag.minutes for dag in found.dags] == [30, 30]
    assert found.effort.parts == {"test": 30, "review": 0, "mend": 15}
    assert found.effort.minutes == 45
    assert found.effort.formula.startswith(
        "15 min x 2 DAGs to test + 5 min x 0 rewritten files to review + 15 min for 1"
    )


def test_what_frees_most_dags_for_its_time_comes_first_and_what_holds_nothing_last() -> None:
    found = made(_two("\nimport binhex\n# tags\n"))
    assert [(step.code, step.file, step.dags, step.frees) for step in found.order][:1] == [
        ("CP204", "dags/common/helper.py", 2, 1)
    ]
    held = made(_two("\nX = 'airflow trigger_dag a'\nDB_PASSWORD = 'hunter2-prod'\n"))
    steps = {step.code: (step.dags, step.frees) for step in held.order}
    assert steps["CP204"] == (2, 1), "prices needs something else too"
    assert steps["CP214"] == (1, 0)
    assert [step.code for step in held.order][:3] == ["CP204", "CP214", "GV112"]


def test_a_module_that_many_dags_import_comes_first_whatever_it_takes() -> None:
    """Its two problems are one step; a module that one DAG imports comes after it, and what loads comes last."""
    names = [f"dag_{number}" for number in range(6)]
    sources = {f"dags/{name}.py": CLEAN.replace('"orders"', f'"{name}"') + "\nimport shared\n" for name in names}
    sources |= {"plugins/shared.py": "import formatter\nimport binhex\n", "plugins/own.py": "import formatter\n"}
    sources["dags/dag_0.py"] += "import own\n"
    dags = tuple(replace(ORDERS, dag_id=name, file=f"{name}.py") for name in names)
    given = Estate(Inventory(NOW, estate().inventory.environment, "1.10.15", "3.8", dags=dags), sources, load())
    order = made(given).order
    assert [(step.file, step.findings, step.dags, step.frees) for step in order[:2]] == [
        ("plugins/shared.py", 2, 6, 5), ("plugins/own.py", 1, 1, 0),
    ]  # fmt: skip
    assert order[0].holds is Readiness.BLOCKED


def test_minutes_are_the_operator_s_to_change() -> None:
    found = made(_two(""), effort={"test": 60, "review": 0})
    assert found.effort.parts == {"test": 120, "review": 0, "mend": 15}


def test_the_load_has_an_entry_an_hour() -> None:
    hours = made(estate()).load
    assert [hour.hour for hour in hours] == list(range(24))
    assert (hours[0].runs, hours[0].seconds) == (10, 6000.0)
    assert sum(hour.runs for hour in hours) == 10


def test_a_waived_finding_holds_nothing() -> None:
    given = estate({"dags/orders.py": CLEAN + "\nimport formatter\n"})
    waiver = {"code": "CP204", "where": "orders", "reason": "goes soon", "expires": "2026-12-31"}
    [dag] = made(given, waivers=[waiver]).dags
    assert dag.readiness is Readiness.READY


def test_narrowing_shows_fewer_findings_and_the_same_readiness() -> None:
    found = made(_two("\nDB_PASSWORD = 'hunter2-prod'\n"))
    less = found.narrowed(frozenset({"GV"}))
    assert {one.code for one in less.findings} == {"GV112"}
    assert less.dags == found.dags


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("", {"GV112"}),
        ("# migrate: ignore[GV112]", set()),
        ("# migrate: ignore[GV]", set()),
        ("# migrate: ignore", set()),
        ("# migrate: ignore[CM101]", {"GV112"}),
    ],
)
def test_a_comment_in_the_code_answers_for_a_check_as_for_a_rule(comment: str, codes: set[str]) -> None:
    text = f"{CLEAN}\nDB_PASSWORD = 'hunter2-prod'  {comment}\n"
    assert {one.code for one in made(written(text)).findings} == codes
