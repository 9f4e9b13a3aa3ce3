"""ES307: many DAGs that begin in one minute."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_estate
from migrator.assess.examples import ORDERS
from migrator.assess.model import Problem, Severity
from migrator.model.dag import ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate

_MANY = tuple(replace(ORDERS, dag_id=f"orders_{index}") for index in range(21))


@of_estate(
    "ES307",
    Severity.NOTE,
    fix="Spread them over the hour, those that wait for others later; the target can then be smaller.",
    link="https://cloud.google.com/composer/docs/composer-2/optimize-environments",
    minutes=20,
    examples=(
        Example("Twenty-one at midnight", 1, dags=_MANY),
        Example("Half of them are paused", dags=(*_MANY[:10], *(replace(dag, paused=True) for dag in _MANY[10:]))),
        Example("A few", dags=_MANY[:5]),
    ),
)
def crowded_minute(estate: Estate, *, most: int = 20) -> Iterator[Problem]:
    """Tell in which minute of the day more DAGs begin than the workers can take at once.

    Only schedules with a fixed minute and hour are counted: ``0 0 * * *`` is the usual one.
    """
    minutes: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for view in estate.dags:
        fields = str(view.dag.schedule.expression).split()
        fixed = len(fields) > 1 and fields[0].isdigit() and fields[1].isdigit()
        if view.dag.schedule.kind is ScheduleKind.CRON and fixed and not view.dag.paused:
            minutes[int(fields[1]), int(fields[0])].append(view.dag.dag_id)
    for (hour, minute), dag_ids in sorted(minutes.items()):
        if len(dag_ids) > most:
            yield Problem(f"{len(dag_ids)} DAGs begin at {hour:02}:{minute:02}", dags=tuple(sorted(dag_ids)))
