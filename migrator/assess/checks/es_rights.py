"""ES313: rights that nobody used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_estate
from migrator.assess.examples import NOW
from migrator.assess.model import Problem, Severity
from migrator.model.usage import Usage, User

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrator.assess.estate import Estate

NEEDED = {
    "Viewer": frozenset({"graph", "tree", "grid", "get_logs_with_metadata", "log", "duration", "gantt", "calendar"}),
    "User": frozenset({"trigger", "clear", "dagrun_clear", "paused", "success", "failed", "run", "delete", "confirm"}),
    "Op": frozenset({"variable", "connection", "pool", "xcom"}),
}
"""Events of Airflow's log that need the role, or begin with it; a role may do what those before it may."""
RANKS = ("Public", "Viewer", "User", "Op", "Admin")


def _with(role: str, *, active: bool = True, known: bool = True, **events: int) -> dict[str, Usage]:
    user = User("ann", "ann@example.com", active=active, roles=(role,), events=events if known else None)
    return {"usage": Usage(NOW, users=(user,))}


@of_estate(
    "ES313",
    Severity.NOTE,
    fix="Give the role that was used in the target; who needs more for an incident can have it for that day.",
    link="https://cloud.google.com/composer/docs/composer-2/airflow-rbac",
    minutes=10,
    examples=(
        Example("An administrator who only looks", 1, more=_with("Admin", graph=40)),
        Example("An operator who did nothing", 1, more=_with("Op")),
        Example("An administrator who changed variables", more=_with("Admin", variable=2)),
        Example("A user who triggers", more=_with("User", trigger=3)),
        Example("Somebody who can no longer log in", more=_with("Admin", active=False)),
        Example("A viewer who did nothing", more=_with("Viewer")),
        Example("A role of the company", more=_with("Finance")),
        Example("Nothing is known of users"),
        Example("Nobody read what they did", more=_with("Admin", known=False)),
    ),
)
def unused_rights(estate: Estate) -> Iterator[Problem]:
    """Tell who has a role of Airflow and used less than it allows, in the weeks of the inventory.

    Copied as they are, such roles are what the next mistake is made with. Only Airflow's own roles are judged.
    """
    usage = estate.inventory.usage
    for user in usage.users if usage else ():
        if user.events is None:
            continue  # what was used is unknown
        has = max((RANKS.index(role) for role in user.roles if role in RANKS), default=0)
        used = _used(user.events)
        if user.active and has > RANKS.index("User") and used + 1 < has:
            did = ", ".join(f"{event} {count}x" for event, count in sorted(user.events.items())[:5]) or "nothing"
            yield Problem(f"{user.email or user.name} is {RANKS[has]} and used {RANKS[used]}: {did}")


def _used(events: Mapping[str, int]) -> int:
    """The rank of the least role that allows these events."""
    ranks = [RANKS.index(role) for event in events for role, known in NEEDED.items() if event.split(".")[0] in known]
    return max(ranks, default=0)
