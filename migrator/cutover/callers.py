"""Whether a wave may move although somebody outside starts its DAGs: only once it is decided what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.errors import RefusedError
from migrator.model.callers import Answer, callers_of, unanswered
from migrator.model.text import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.model.callers import Caller
    from migrator.model.inventory import Inventory
    from migrator.model.plan import Wave

SHOWN = 5


def require_answers(wave: Wave, inventory: Inventory, answers: Mapping[str, Answer]) -> None:
    """Return when each DAG of the wave that outsiders start has an answer in ``[plan] callers``; else RefusedError.

    A call that still goes to v1 meets a paused DAG there, and its run never begins.
    """
    own = {dag.dag_id for dag in wave.dags}
    left = [one for one in unanswered(callers_of(inventory), answers) if one.dag_id in own]
    if not left:
        return
    more = [f"and {len(left) - SHOWN} more"] if len(left) > SHOWN else []
    said = listed([*map(_words, left[:SHOWN]), *more])
    raise RefusedError(
        f"wave {wave.number} has DAGs that are started from outside, and nobody decided what becomes of those calls",
        why=f"a call that still goes to v1 meets a paused DAG, and its run never begins:\n       {said}",
        fix="migrate docs writes the new call; then answer in [plan] of migrate.toml: "
        f'callers = {{ "{left[0].dag_id}" = "{Answer.MOVES}" }} (or "{Answer.PEOPLE}", "{Answer.ENDS}")',
    )


def _words(one: Caller) -> str:
    who = f" ({', '.join(one.who)})" if one.who else ""
    return f"{one.dag_id}: {one.how}{who}, {one.count} times, last {one.last:%Y-%m-%d}"
