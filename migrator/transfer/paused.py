"""Whether a DAG that is new to the target starts by itself."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from migrator.errors import RefusedError
from migrator.model.sealed import clear

if TYPE_CHECKING:
    from migrator.model.environment import EnvironmentFacts

OVERRIDE = "core-dags_are_paused_at_creation"


class PausedAtCreation(Enum):
    """What the environment's configuration says."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def paused_at_creation(facts: EnvironmentFacts) -> PausedAtCreation:
    """Read the override; without one it is unknown from outside (I: Composer's own default is not Airflow's)."""
    match clear(facts.overrides).get(OVERRIDE, "").strip().lower():
        case "true" | "t" | "1":
            return PausedAtCreation.YES
        case "":
            return PausedAtCreation.UNKNOWN
        case _:
            return PausedAtCreation.NO


def require_paused(facts: EnvironmentFacts, *, assumed: bool) -> None:
    """RefusedError unless new DAGs are created paused, or that is unknown and a person vouches for it."""
    state = paused_at_creation(facts)
    if state is PausedAtCreation.YES or (state is PausedAtCreation.UNKNOWN and assumed):
        return
    said = "is set to false" if state is PausedAtCreation.NO else "is not set, and the default is not certain"
    otherwise = "" if state is PausedAtCreation.NO else "; or check airflow.cfg and run: migrate deploy --assume-paused"
    raise RefusedError(
        f"DAGs may start by themselves when they are uploaded to {facts.name}",
        why=f"the override {OVERRIDE} {said}; a DAG that starts now runs in both environments",
        fix=f"gcloud composer environments update {facts.name} --update-airflow-configs={OVERRIDE}=True{otherwise}",
    )
