"""ES310: pools that are not there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_estate
from migrator.assess.examples import TASK
from migrator.assess.model import Problem, Severity
from migrator.model.parts import POOLS
from migrator.model.resources import Pool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate

_LAKE = {"tasks": (replace(TASK, pool="lake"),)}


@of_estate(
    "ES310",
    Severity.ERROR,
    fix="Make the pool in v1, so that it is carried, or take the argument out.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/administration-and-deployment/pools.html",
    runs=True,
    needs=(POOLS,),
    examples=(
        Example("A pool that does not exist", 1, dag=_LAKE),
        Example("An inventory that knows no pools", dag=_LAKE, more={"pools": ()}),
        Example("A pool that is there", dag=_LAKE, pools=(Pool("lake", 2),)),
        Example("The pool that every Airflow has"),
    ),
)
def pool_missing(estate: Estate) -> Iterator[Problem]:
    """Tell which DAGs use a pool that v1 does not have.

    Their tasks stay queued for ever, and would in the target. An inventory without any pool, as that of a folder, knows
    nothing of them.
    """
    known = {pool.name for pool in estate.inventory.pools} | {"default_pool"}
    for view in estate.dags if estate.inventory.pools else ():
        for pool in set(view.dag.pools) - known:
            yield Problem(f"pool {pool} is not there", view.line, f"dags/{view.dag.file}", (view.dag.dag_id,))
