"""Who starts a DAG from outside today, and the call that does it in the target, ready to paste."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from migrator.model.callers import answer_for, callers_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.model.callers import Answer, Caller
    from migrator.report.site.model import Site

_ENVIRONMENT = re.compile(r"projects/([^/]+)/locations/([^/]+)/environments/([^/]+)")
_PLACEHOLDERS = ("PROJECT", "LOCATION", "ENVIRONMENT")


@dataclass(frozen=True, slots=True)
class Called:
    """A DAG that is started from outside: by whom, what was decided, and how it is started in the target."""

    dag_id: str
    callers: tuple[Caller, ...]
    answer: Answer | None
    rest: str
    gcloud: str


def called(site: Site, answers: Mapping[str, Answer]) -> dict[str, Called]:
    """Every such DAG by its id."""
    target = site.plan.target if site.plan else ""
    three = "-airflow-3" in site.assessment.target
    return {
        dag_id: Called(
            dag_id, tuple(own), answer_for(dag_id, answers), rest(dag_id, target, three=three), gcloud(dag_id, target)
        )
        for dag_id, own in groupby(callers_of(site.inventory), key=lambda one: one.dag_id)
    }


def rest(dag_id: str, target: str, *, three: bool) -> str:
    """Lines for a shell that start the DAG by the target's REST API: ``api/v1`` of Airflow 2, ``api/v2`` of 3."""
    project, location, name = _parts(target)
    version, body = ("v2", '{"logical_date": null, "conf": {}}') if three else ("v1", '{"conf": {}}')
    path = f"api/{version}/dags/{quote(dag_id, safe='')}/dagRuns"
    return (
        f"AIRFLOW=$(gcloud composer environments describe {name} --project {project} --location {location}"
        " --format 'value(config.airflowUri)')\n"
        f'curl --fail --request POST "$AIRFLOW"/{shlex.quote(path)} \\\n'
        '  --header "Authorization: Bearer $(gcloud auth print-access-token)" \\\n'
        f"  --header 'Content-Type: application/json' --data '{body}'\n"
    )


def gcloud(dag_id: str, target: str) -> str:
    """The same by gcloud."""
    project, location, name = _parts(target)
    return (
        f"gcloud composer environments run {name} --project {project} --location {location}"
        f" dags trigger -- {shlex.quote(dag_id)} --conf '{{}}'\n"
    )


def _parts(target: str) -> tuple[str, ...]:
    """Project, location and name, ready for a shell; placeholders where no target is configured."""
    found = _ENVIRONMENT.fullmatch(target)
    return tuple(map(shlex.quote, found.groups())) if found else _PLACEHOLDERS
