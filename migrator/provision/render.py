"""The files of the target: templates filled in, laid out and checked before any is written."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from migrator.model.text import one_line
from migrator.provision.hcl import formatted, in_query, literal
from migrator.provision.tables import rows
from migrator.provision.values import GITIGNORE
from migrator.provision.watch import filter_of
from migrator.report.templates import render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from migrator.model.dag import Unlisted
    from migrator.model.inventory import Inventory
    from migrator.provision.addresses import Placed
    from migrator.provision.demand import Demand
    from migrator.provision.network import NetworkPlan
    from migrator.provision.sizing import Sizes
    from migrator.provision.software import Software
    from migrator.provision.watch import Alert, Watch

TERRAFORM = ("versions.tf", "variables.tf", "main.tf", "network.tf", "iam.tf", "monitoring.tf", "dashboard.tf")
ACCOUNT = 30
"""The most letters of a service account's id."""


@dataclass(frozen=True, slots=True)
class Target:
    """How the target is called, and where it is."""

    project: str
    region: str
    name: str


@dataclass(frozen=True, slots=True)
class Design:
    """Everything that the files say."""

    target: Target
    image: str
    profile: str
    heading: str
    public: bool
    network_name: str
    demand: Demand
    sizes: Sizes
    plan: NetworkPlan
    software: Software
    secrets_project: str
    roles: Mapping[str, str]
    watch: Watch
    unlisted: tuple[Unlisted, ...] = ()
    settings_known: bool = True


def files_of(design: Design) -> dict[str, str]:
    """The files by name: Terraform in canonical layout, and ``provision.md`` for people."""
    values = _values(design)
    filters: dict[str, Callable[..., object]] = {
        "hcl": literal,
        "comment": one_line,
        "why_range": _why_range,
        "identifier": _identifier,
        "in_query": in_query,
    }
    made = {name: render(f"terraform/{name}.j2", filters, **values) for name in (*TERRAFORM, "provision.md")}
    texts = {name: formatted(text) if name in TERRAFORM else text for name, text in made.items()}
    return {**texts, ".gitignore": GITIGNORE}


def roles_of(inventory: Inventory) -> dict[str, str]:
    """The roles that operators of the estate need, by what uses them."""
    modules = Counter(task.operator.rpartition(".")[0] for dag in inventory.dags for task in dag.tasks)
    found: Counter[str] = Counter()
    for row in rows("roles"):
        found[row["role"]] += sum(count for name, count in modules.items() if row["part"] in name.rpartition(".")[2])
    more = "" if inventory.tasks_known else "at least "
    return {role: f"{more}{count} tasks" for role, count in sorted(found.items()) if count}


def tiles_of(alerts: Sequence[Alert]) -> list[dict[str, Any]]:
    """The charts of the dashboard, each with the threshold of the alert that it belongs to."""
    thresholds = {alert.row["key"]: alert.threshold for alert in alerts}
    return [
        {
            "title": title,
            "threshold": thresholds.get(of_tile[0]["alert"]),
            "metrics": [{**row, "filter": filter_of(row)} for row in of_tile],
        }
        for title, of_tile in ((title, list(group)) for title, group in groupby(rows("tiles"), itemgetter("title")))
    ]


def _values(design: Design) -> dict[str, Any]:
    sizes, plan = design.sizes, design.plan
    made = plan.subnetwork is None and plan.of("nodes").network is not None
    parts = [("scheduler", sizes.scheduler), ("web server", sizes.web_server), ("worker", sizes.worker)]
    return {
        **{name: getattr(design, name) for name in design.__slots__},
        "parts": [*parts, ("triggerer", sizes.triggerer)] if sizes.triggerer else parts,
        "account": f"{design.target.name}-composer"[-ACCOUNT:].lstrip("-0123456789"),
        "subnetwork_made": made,
        "tiles": tiles_of(design.watch.alerts),
        "network_ref": literal(design.network_name),
        "subnetwork_ref": "google_compute_subnetwork.target.id" if made else literal(plan.subnetwork or "default"),
    }


def _why_range(one: Placed) -> str:
    where = str(one.network) if one.network else f"a /{one.need.prefix} that GKE chooses"
    return f"{where}, {one.need.size} addresses for {one.need.need.whole} ({one.need.need.why}): {one.room}"


def _identifier(text: str) -> str:
    """A name that Terraform takes, another for each text."""
    bare = re.sub(r"[^A-Za-z0-9_-]", "_", text)
    return bare if bare == text else f"{bare}_{hashlib.sha256(text.encode()).hexdigest()[:6]}"
