"""Which DAGs `--dag` and `--owner` select."""

from __future__ import annotations

import pytest

from migrator.errors import UsageError
from migrator.model.dag import Dag, Schedule, ScheduleKind
from migrator.model.selection import LIST, select

NEVER = Schedule(ScheduleKind.NONE)
DAGS = (
    Dag("etl_orders", "a.py", NEVER, owners=("data-team", "ops")),
    Dag("etl_users", "a.py", NEVER, owners=("data-team",)),
    Dag("report[1]", "b.py", NEVER, owners=("finance",)),
    Dag("stray", "c.py", NEVER),
)


@pytest.mark.parametrize(
    ("patterns", "owners", "expected"),
    [
        (("etl_orders",), (), {"etl_orders"}),
        (("etl_*",), (), {"etl_orders", "etl_users"}),
        (("etl_*", "stray"), (), {"etl_orders", "etl_users", "stray"}),
        (("report[1]",), (), {"report[1]"}),
        ((), ("ops",), {"etl_orders"}),
        ((), ("ops", "finance"), {"etl_orders", "report[1]"}),
        ((), ("nobody",), {"stray"}),
        ((), ("data-*",), {"etl_orders", "etl_users"}),
        (("*_orders", "stray"), ("data-team",), {"etl_orders"}),
        (("*",), (), {dag.dag_id for dag in DAGS}),
    ],
)
def test_a_dag_fits_a_pattern_and_an_owner(
    patterns: tuple[str, ...], owners: tuple[str, ...], expected: set[str]
) -> None:
    found = select(DAGS, patterns, owners)
    assert found is not None
    assert found.dag_ids == expected
    assert found.of == len(DAGS)


def test_nothing_asked_is_everything() -> None:
    assert select(DAGS, (), ()) is None


@pytest.mark.parametrize(
    ("patterns", "owners", "what", "why"),
    [
        (("etl_order",), (), "no DAG of the inventory matches etl_order", "did you mean etl_orders"),
        (("ETL_Users",), (), "no DAG of the inventory matches ETL_Users", "did you mean etl_users"),
        (("etl_*", "zzz"), (), "no DAG of the inventory matches zzz", "none of its 4 names is like it"),
        ((), ("finanse",), "no owner of the inventory matches finanse", "did you mean finance?"),
        (("stray",), ("ops",), "no DAG is selected", "stray"),
        (("",), (), "no DAG of the inventory matches ", ""),
    ],
)
def test_what_fits_nothing_is_an_error_with_what_may_be_meant(
    patterns: tuple[str, ...], owners: tuple[str, ...], what: str, why: str
) -> None:
    with pytest.raises(UsageError) as caught:
        select(DAGS, patterns, owners)
    assert caught.value.what == what
    assert why in caught.value.why
    assert LIST in caught.value.fix
