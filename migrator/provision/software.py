"""From v1's software to v2's: options of Airflow, environment variables and packages; and what can't come along."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from migrator.assess.checks.cp_packages_gone import instead_of
from migrator.assess.decided import LEFT_OUT, decided, installable
from migrator.assess.requirement import name_in, named
from migrator.assess.resolver import NotResolved, Resolution, Resolved
from migrator.assess.tables import rows
from migrator.errors import UsageError
from migrator.model.sealed import Sealed, Value
from migrator.model.text import listed
from migrator.transfer.secret_manager import backend_overrides
from migrator.verify.configuration import env_variables, overrides

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.assess.requirement import NoRequirement
    from migrator.model.environment import EnvironmentFacts
    from migrator.provision.sizing import Sizes

V1_FIELDS = {
    "machine_type": "workloads have sizes of their own in Composer 2",
    "disk_size_gb": "workloads have storage of their own in Composer 2",
    "oauth_scopes": "Composer 2 has only cloud-platform; the service account's roles limit it",
    "location": "Composer 2 spreads over the zones of its region",
}
"""Fields of node_config that Composer 2 has no place for."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A value with its reason; ``variable`` is the Terraform variable that holds it, where it is sealed.

    ``source``: the name in v1 of what the variable holds.
    """

    value: str
    why: str
    variable: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something of v1 that is not in the target, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Software:
    """What is installed and set in the target."""

    overrides: dict[str, Setting] = field(default_factory=dict)
    env: dict[str, Setting] = field(default_factory=dict)
    packages: dict[str, Setting] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

    @property
    def secrets(self) -> dict[str, str]:
        """Terraform variable by variable: what it holds."""
        named = [(f"override {key}", one) for key, one in self.overrides.items()]
        named += [(f"environment variable {key}", one) for key, one in self.env.items()]
        return {one.variable: what for what, one in named if one.variable}


def software(
    facts: EnvironmentFacts, sizes: Sizes, packages: Mapping[str, str], resolution: Resolution, secrets_project: str
) -> Software:
    """The software of the target; UsageError when the packages do not fit beside the image's."""
    kept, left = _overrides(facts)
    env, env_left = _env(facts)
    installed, gone = _packages(facts, packages, resolution)
    nodes = facts.network.get("node_config", {})
    fields = [LeftOut(f"{key} of the nodes", why) for key, why in V1_FIELDS.items() if nodes.get(key)]
    own = {
        "celery-worker_concurrency": Setting(str(sizes.concurrency.whole), sizes.concurrency.why),
        "core-dags_are_paused_at_creation": Setting("True", "a DAG runs only when its wave is cut over"),
        "scheduler-min_file_process_interval": Setting(str(sizes.parse_interval.whole), sizes.parse_interval.why),
    }
    why = "connections and variables may lie in Secret Manager, under the names that migrate transfer gives them"
    own |= {key: Setting(value, why) for key, value in backend_overrides(secrets_project).items()}
    replaced = [
        LeftOut(f"override {key}{_shown(kept[key])}", f"the target has {own[key].value}: {own[key].why}")
        for key in sorted(own.keys() & kept.keys())
        if kept[key].value != own[key].value
    ]
    return Software(
        dict(sorted({**kept, **own}.items())), env, installed, (*left, *replaced, *env_left, *gone, *fields)
    )


def _shown(setting: Setting) -> str:
    return "" if setting.variable else f" = {setting.value}"


def _overrides(facts: EnvironmentFacts) -> tuple[dict[str, Setting], list[LeftOut]]:
    """As ``migrate transfer`` would carry them."""
    since = {row["old"]: row["since"] for row in rows("renamed_overrides")}
    kept: dict[str, Setting] = {}
    left = []
    for one in sorted(overrides(facts), key=lambda one: one.name):
        why_not = one.why_not
        if one.to != one.name and one.to in facts.overrides:
            why_not = why_not or f"v1 sets its new name {one.to} too"
        if why_not:
            left.append(LeftOut(f"override {one.name}", why_not))
            continue
        why = "as in v1" if one.to == one.name else f"v1's {one.name}, renamed in Airflow {since[one.name]}"
        kept[one.to] = _setting(one.value, why, "override", one.to, one.name)
    return kept, left


def _env(facts: EnvironmentFacts) -> tuple[dict[str, Setting], list[LeftOut]]:
    found = sorted(env_variables(facts), key=lambda one: one.name)
    left = [LeftOut(f"environment variable {one.name}", one.why_not) for one in found if one.why_not]
    return {one.to: _setting(one.value, "as in v1", "env", one.to, one.name) for one in found if not one.why_not}, left


def _setting(value: Value, why: str, kind: str, name: str, source: str) -> Setting:
    """A value that the inventory holds sealed is a variable's; no two names have one."""
    if not isinstance(value, Sealed):
        return Setting(value, why)
    bare = re.sub(r"[^a-z0-9_]", "_", name.replace("-", "__", 1).lower())
    usual = name == (bare.upper() if kind == "env" else bare.replace("__", "-", 1))
    mark = "" if usual else "_" + hashlib.sha256(name.encode()).hexdigest()[:6]
    return Setting("", f"{why}; its value is sealed", f"{kind}_{bare}{mark}", source)


def _packages(
    facts: EnvironmentFacts, chosen: Mapping[str, str], resolution: Resolution
) -> tuple[dict[str, Setting], list[LeftOut]]:
    left = [
        LeftOut(f"package {name}", "migrate.toml leaves it out")
        for name, spec in chosen.items()
        if spec.strip() == LEFT_OUT
    ]
    own = decided(facts.packages, chosen)
    gone = {name: instead_of(name) for name in sorted(facts.packages) if name in own and name not in chosen}
    left += [LeftOut(f"package {name}", why) for name, why in gone.items() if why]
    wanted = installable(facts.packages, chosen)
    if refused := named(wanted).refused:
        raise _no_requirements(refused)
    if not wanted:
        return {}, left
    match resolution:
        case NotResolved(why=why):
            return {name: Setting(spec, f"as in v1, NOT resolved: {why}") for name, spec in wanted.items()}, left
        case Resolved() if resolution.refused or resolution.unknown or resolution.together:
            raise _conflict(resolution)
        case Resolved(pins=pins):
            return {name: _pinned(name, spec, pins) for name, spec in wanted.items()}, left


def _pinned(name: str, spec: str, pins: Mapping[str, str]) -> Setting:
    extras = name_in(named({name: spec}).requirements[name]).removeprefix(name)
    found = pins.get(canonicalize_name(name))
    if found is None:
        return Setting(spec, "as in v1; the resolver named no version")
    return Setting(f"{extras}=={found}", f"resolved from {spec.strip() or 'any version'}")


def _no_requirements(refused: Sequence[NoRequirement]) -> UsageError:
    return UsageError(
        f"packages that are no requirements: {len(refused)}",
        why=listed(f"{one.name!r}: {one.why}" for one in refused),
        fix='in [target.packages] of migrate.toml: NAME = ">=X,<Y" for versions, "-" to leave it out',
    )


def _conflict(resolution: Resolved) -> UsageError:
    told = {**resolution.refused, **resolution.unknown}
    reasons = [f"{name}: {reason}" for name, reason in sorted(told.items())]
    reasons += [resolution.together] if resolution.together else []
    example = next(iter(sorted(told)), "NAME")
    return UsageError(
        "the source's packages do not fit beside what the image has",
        why=listed(reasons),
        fix=f'in [target.packages] of migrate.toml: {example} = ">=X,<Y" for other versions, "-" to leave it out',
    )
