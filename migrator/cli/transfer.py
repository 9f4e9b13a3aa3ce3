"""``migrate transfer``: bring what the source holds beside DAGs into the target."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import context
from migrator.cli.formats import Format
from migrator.errors import UsageError
from migrator.transfer.policies import require_policies
from migrator.transfer.resources import NAME, NO_PROVIDER, NO_ROLE, USUAL, Kind, Order, Policy, Secrets, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from migrator.cli.context import Context
    from migrator.environments.ports import Environment
    from migrator.model.environment import EnvironmentFacts
    from migrator.transfer.resources import Item
    from migrator.workspace.workspace import Workspace

FINDINGS = 1
AGAIN = "migrate transfer --only users --policy merge"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(name="transfer")(transfer)


def transfer(
    ctx: typer.Context,
    only: Annotated[
        list[Kind] | None,
        typer.Option("--only", metavar="KIND", help=f"Only this kind; may be repeated: {', '.join(Kind)}."),
    ] = None,
    policy: Annotated[
        Policy | None,
        typer.Option(
            "--policy", help="What to do with what is there already and differs; else as configured, or skip."
        ),
    ] = None,
    drifted: Annotated[
        bool, typer.Option("--drifted", help="Only what inventories found changed since the last such transfer.")
    ] = False,
    copy: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="DIR",
            help="Where data/ or logs/ is: a copy of v1's bucket, a snapshot, or gs://BUCKET; else v1, or where the "
            "inventory was read.",
        ),
    ] = "",
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Of logs, only those of runs from this date on.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TABLE,
) -> None:
    """Bring variables, connections, pools, users, settings and files into the target; no value is shown in clear.

    Logs of tasks, of which there may be millions, go with --only logs.
    """
    from migrator.workspace.workspace import open_workspace

    shared = context.of(ctx)
    workspace = open_workspace(shared.workspace, shared.config)
    configured = {str(kind): word for kind, word in workspace.config.transfer.policy.items()}
    usual = Policy.REPLACE if drifted else Policy.SKIP
    kinds = [kind for kind in only or USUAL if kind in NAME or not drifted]
    policies = {kind: policy or Policy(configured.get(kind.value, usual)) for kind in kinds}
    elsewhere = [kind for kind in kinds if _in_secret_manager(workspace, kind)]
    require_policies(policies, elsewhere, configured=policy is None)
    record = workspace.reports / "drift.json"
    before = record.read_bytes() if drifted and record.exists() else None
    names = _drifted(workspace) if drifted else None
    items = _transfer(shared, workspace, Order(policies, dry_run, names), copy, _moment(since))
    _show(shared, workspace, items, policies, form, dry_run=dry_run)
    if drifted and not dry_run and not only and all(one.status is not Status.FAILED for one in items):
        _taken(shared, record, before)
    _check(shared, workspace, items)


def _taken(shared: Context, record: Path, before: bytes | None) -> None:
    """The record of what waited is gone, unless an inventory wrote another meanwhile."""
    if before is None or not record.exists():
        return
    if record.read_bytes() == before:
        record.unlink()
    else:
        shared.say(f"{record} was rewritten meanwhile, so it stays: run `migrate transfer --drifted` again")


def _drifted(workspace: Workspace) -> Mapping[Kind, Sequence[str]]:
    """The names that wait for a transfer since earlier inventories."""
    from migrator.inventory.drift import pending

    return {Kind(kind): names for kind, names in pending(workspace.reports / "drift.json").items()}


def _moment(text: str | None) -> datetime | None:
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{text!r} is no date", why=str(error), fix="--since 2026-01-31") from error
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _transfer(shared: Context, workspace: Workspace, order: Order, copy: str, since: datetime | None) -> list[Item]:
    """The resources from the workspace, then what the source gives, or what is left of it."""
    from migrator.workspace.connect import connect_target

    resources = {kind: policy for kind, policy in order.policies.items() if kind in NAME}
    others = {kind: policy for kind, policy in order.policies.items() if kind not in NAME}
    elsewhere = {kind: policy for kind, policy in resources.items() if _in_secret_manager(workspace, kind)}
    database = {kind: policy for kind, policy in resources.items() if kind not in elsewhere}
    secrets = _secrets(workspace, resources) if resources else Secrets({})
    items = _no_users(workspace) if Kind.USERS in resources and order.only is None else []
    items += _unknown(workspace, order, secrets)
    items += _elsewhere(shared, workspace, secrets, replace(order, policies=elsewhere)) if elsewhere else []
    with closing(connect_target(workspace)) as target:
        items += _resources(shared, target, secrets, replace(order, policies=database))
        if others.pop(Kind.LOGS, None):
            from migrator.cli.transfer_logs import carried_logs

            items += carried_logs(shared, workspace, target, order, copy, since)
        items += _others(shared, workspace, target, replace(order, policies=others), copy)
    return items


def _secrets(workspace: Workspace, kinds: Collection[Kind]) -> Secrets:
    """What is known of these kinds: the key is needed only where something is sealed."""
    from dataclasses import asdict

    from migrator.inventory.seal import unseal
    from migrator.inventory.store import load
    from migrator.transfer.unknown import is_known, known_pools
    from migrator.transfer.users import users_of

    inventory = load(workspace.inventory)
    closed = {kind for kind in kinds if kind is not Kind.USERS}
    needed = {kind for kind in closed if is_known(inventory, kind) and not (kind is Kind.POOLS and inventory.pools)}
    content = asdict(unseal(workspace)) if closed and (needed or workspace.secrets.is_file()) else {}
    content["pools"] = content.get("pools") or known_pools(inventory)
    return Secrets(content | ({"users": users_of(inventory)} if Kind.USERS in kinds else {}))


def _unknown(workspace: Workspace, order: Order, secrets: Secrets) -> list[Item]:
    """What the inventory does not know; where only names are meant, it knew them."""
    from migrator.inventory.store import load
    from migrator.transfer.unknown import unknown_items

    if order.only is not None or not workspace.inventory.is_file():
        return []
    found = {kind for kind in NAME if secrets.content.get(kind)}
    return unknown_items(load(workspace.inventory), order.policies, found)


def _no_users(workspace: Workspace) -> list[Item]:
    from migrator.inventory.store import load
    from migrator.transfer.users import left_out

    return left_out(load(workspace.inventory))


def _in_secret_manager(workspace: Workspace, kind: Kind) -> bool:
    return (kind.value, "secret-manager") in workspace.config.transfer.destination.items()


def _elsewhere(shared: Context, workspace: Workspace, secrets: Secrets, order: Order) -> list[Item]:
    """What goes to Secret Manager, and the overrides with which Airflow reads it there."""
    import json

    from migrator.cli.transfer_files import progress
    from migrator.transfer.secret_manager import backend_overrides, carry_secrets
    from migrator.workspace.connect import secret_manager_of
    from migrator.workspace.files import write_atomic

    with closing(secret_manager_of(workspace)) as store:
        items = carry_secrets(store, secrets, order, progress(shared, "secrets"))
        overrides = backend_overrides(store.project)
    if not order.dry_run:
        path = workspace.reports / "secrets-backend.json"
        write_atomic(path, (json.dumps(overrides, indent=1) + "\n").encode())
        shared.say(f"set the overrides of {path} on the target, so that Airflow reads Secret Manager")
    return items


def _resources(shared: Context, target: Environment, secrets: Secrets, order: Order) -> list[Item]:
    from migrator.transfer.resources import transfer as run

    return run(target.agent, secrets, order, lambda done, of: shared.say(f"resources: {done} of {of}"))


def _others(shared: Context, workspace: Workspace, target: Environment, order: Order, copy: str) -> list[Item]:
    """Files, and settings, which Composer takes by kind at once."""
    from migrator.cli.transfer_files import carried_files
    from migrator.inventory.reach import known_facts, reach_source

    settings = {kind: policy for kind, policy in order.policies.items() if kind is not Kind.FILES}
    if not settings and (copy or not order.policies):
        return carried_files(shared, workspace, (None, target), order, copy)
    items: list[Item] = []
    with closing(reach_source(workspace)) as source:
        facts = known_facts(workspace, source) if settings else source.facts
        for kind, policy in settings.items():
            items += _settings(shared, kind, facts, target, policy, dry_run=order.dry_run)
        return items + carried_files(shared, workspace, (source, target), order, copy)


def _settings(
    shared: Context, kind: Kind, source: EnvironmentFacts, target: Environment, policy: Policy, *, dry_run: bool
) -> list[Item]:
    from migrator.model.sealed import clear
    from migrator.transfer.settings import carry_settings
    from migrator.verify.configuration import env_variables, overrides

    ours = overrides(source) if kind is Kind.OVERRIDES else env_variables(source)
    there = clear(target.facts.overrides if kind is Kind.OVERRIDES else target.facts.env_variables)

    def write(wanted: dict[str, str]) -> None:
        shared.say(f"updating {target.facts.name}: Composer restarts Airflow for new {kind}, which takes minutes")
        if target.settings is not None:
            set_all = target.settings.set_overrides if kind is Kind.OVERRIDES else target.settings.set_env_variables
            set_all(wanted)

    return carry_settings(kind, ours, there, write, policy, dry_run=dry_run)


def _show(
    shared: Context,
    workspace: Workspace,
    items: Sequence[Item],
    policies: Mapping[Kind, Policy],
    form: Format,
    *,
    dry_run: bool,
) -> None:
    from datetime import UTC, datetime

    from migrator.transfer import report

    section = workspace.config.target
    record = report.items_record(
        items, datetime.now(UTC), target=section.environment if section else "", policies=policies, dry_run=dry_run
    )
    if not dry_run:
        report.write_record(workspace.reports / "transfer.json", record)
    print(report.as_json(record) if form is Format.JSON else report.items_table(items), end="")
    counts = ", ".join(f"{count} {status}" for status, count in record["summary"].items()) or "nothing to transfer"
    shared.say(f"{'would be: ' if dry_run else ''}{counts}")


def _check(shared: Context, workspace: Workspace, items: Sequence[Item]) -> None:
    """ItemsFailedError when an item failed; exit 1 when a connection that a DAG names has no provider in the target.

    Airflow makes some thirty connections of its own, of every type, which nobody uses.
    """
    from migrator.errors import ItemsFailedError
    from migrator.inventory.named import named

    failed = [one for one in items if one.status is Status.FAILED]
    if failed:
        raise ItemsFailedError(
            f"{len(failed)} of {len(items)} items were not transferred",
            why=f"{failed[0].kind} {failed[0].name}: {failed[0].why}",
            fix="look at the table, then run it again: migrate transfer",
        )
    lacking = [one for one in items if one.kind is Kind.CONNECTIONS and one.why.startswith(NO_PROVIDER)]
    names = named(workspace.source_dags, (one.name for one in lacking))
    used = [one for one in lacking if one.name in names]
    for one in used:
        shared.say(f"connection {one.name}: {one.why}; add its provider to the target's packages")
    if idle := len(lacking) - len(used):
        shared.say(f"{idle} connections that no DAG names are of types that no provider of the target knows")
    roleless = [one for one in items if one.kind is Kind.USERS and one.why.startswith(NO_ROLE)]
    for one in roleless:
        shared.say(f"user {one.name}: {one.why}; airflow roles create ROLE, then: {AGAIN}")
    unknown = sum(one.status is Status.UNKNOWN for one in items)
    if unknown:
        shared.say(f"{unknown} of the rows are unknown in v1 and were not carried over: the table says why")
    if used or roleless or unknown:
        raise typer.Exit(FINDINGS)
