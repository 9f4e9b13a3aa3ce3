"""``migrate assess``: what is wrong with the source, and how far each DAG is from the target."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.context import of, wide_for
from migrator.cli.selection import Dags, Owners  # noqa: TC001 - typer reads it at run time
from migrator.errors import WorkspaceError
from migrator.model.count import several
from migrator.report.assess.formats import Format

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.assess.check import Check
    from migrator.assess.estate import Rewritten
    from migrator.assess.model import Assessment
    from migrator.cli.context import Context
    from migrator.rewrite.loads import Loaded
    from migrator.rewrite.result import FileResult
    from migrator.workspace.workspace import Workspace

Form = Annotated[Format, typer.Option("--format", help="How to show the result.")]
Select = Annotated[list[str] | None, typer.Option("--select", help="Only these checks: codes or their beginnings.")]
Fail = Annotated[bool, typer.Option("--check", help="Exit 1 when there is an error or a warning without a waiver.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Where to write the result; stdout.")]
Target = Annotated[
    str | None, typer.Option("--target", metavar="IMAGE", help="Composer image of the target, or a profile file.")
]
Seconds = Annotated[float, typer.Option("--resolve-seconds", help="Seconds for resolving packages; 0: skip it.")]
Index = Annotated[list[str] | None, typer.Option("--index", metavar="URL", help="A package index beside PyPI.")]
Listed = Annotated[bool, typer.Option("--list", help="List the checks and end.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(assess)


def assess(
    ctx: typer.Context,
    form: Form = Format.TABLE,
    select: Select = None,
    check: Fail = False,
    output: Output = None,
    target: Target = None,
    resolve_seconds: Seconds = 60,
    index: Index = None,
    listed: Listed = False,
    dag: Dags = None,
    owner: Owners = None,
) -> None:
    """Check governance, compatibility and health of the inventory, and say how far each DAG is from the target."""
    from migrator.assess.registry import selected
    from migrator.report.assess.formats import rendered

    context, codes = of(ctx), _codes(select)
    checks = selected(codes)
    if listed:
        _list(checks)
        return
    made = assessed(context, target, resolve_seconds, tuple(index or ()), dag, owner).narrowed(codes)
    with wide_for(output):
        text = rendered(made, form, context.workspace.as_posix())
    _write(context, text, output, exact=form is not Format.TABLE)
    context.say(_summary(made))
    if check and made.failing:
        raise typer.Exit(1)


def assessed(
    context: Context,
    target: str | None,
    seconds: float,
    indexes: tuple[str, ...],
    dag: Sequence[str] | None = None,
    owner: Sequence[str] | None = None,
) -> Assessment:
    """Read the workspace, ask the resolver and the rewrite, and run the checks: of all DAGs, or of those selected."""
    import time
    from dataclasses import replace
    from functools import partial

    from codemods.profiles import load
    from migrator.assess.decided import installable, names_of, with_packages
    from migrator.assess.gather import gather, packages_of
    from migrator.assess.registry import all_checks
    from migrator.assess.run import Settings
    from migrator.assess.run import assess as run
    from migrator.cli.chosen import chosen_packages
    from migrator.cli.selection import selection_of
    from migrator.interrupt import threads
    from migrator.inventory import store
    from migrator.report.assess.starts import starts
    from migrator.rewrite.image import profile_for
    from migrator.workspace.workspace import open_workspace

    workspace = open_workspace(context.workspace, context.config)
    inventory = store.load(workspace.inventory)
    _require(workspace)
    only = selection_of(inventory, dag, owner)
    name = profile_for(target, context.say)
    chosen = chosen_packages(context, workspace)
    profile = load(name, names_of(chosen))
    arguments = tuple(f"--extra-index-url={url}" for url in indexes)
    folders = {"dags": workspace.source_dags, "plugins": workspace.source_plugins}
    wanted = installable(inventory.environment.packages, chosen)
    packages = partial(packages_of, wanted, profile, deadline=seconds, arguments=arguments, now=time.time())
    with threads(1) as pool:
        asked = pool.submit(packages, cache=workspace.cache / "packages")  # the index answers while files are read
        rewritten = _rewritten(workspace, name, names_of(chosen))
        estate = gather(
            with_packages(inventory, chosen), folders, profile, packages=asked.result(), rewritten=rewritten
        )
    settings = Settings(datetime.now(UTC).date(), workspace.config.assess, target or name, only=only)
    return replace(run(estate, all_checks(), settings), starts=starts(inventory))


def _rewritten(workspace: Workspace, target: str, packages: frozenset[str]) -> Mapping[str, Rewritten]:
    """What `migrate rewrite` would do, by path of the bucket; nothing is written."""
    from codemods.engine.report import Options
    from migrator.rewrite import loads
    from migrator.rewrite.estate import rewrite_estate
    from migrator.rewrite.mended import as_deployed
    from migrator.rewrite.plugins import plugins_in

    cache = workspace.cache / "rewrite"
    plugins = plugins_in([workspace.source_plugins, workspace.source_dags])
    options = Options(target=target, plugins=plugins, packages=packages)
    result = rewrite_estate(workspace, options, cache=cache, dry_run=True)
    result = as_deployed(workspace, result, options, cache=cache)
    seen = loads.load(workspace.reports)
    return dict(_judged(file, seen) for file in result.files)


def _judged(file: FileResult, seen: Mapping[str, Loaded]) -> tuple[str, Rewritten]:
    """A file by its path of the bucket, with what the last --verify-import said of just this text."""
    from migrator.assess.estate import Rewritten
    from migrator.rewrite import loads
    from migrator.rewrite.estate import in_bucket

    path = in_bucket(file.path)
    one = seen.get(path)
    if one is None or one.md5 != loads.digest(file):
        return path, Rewritten(len(file.changes), file.findings)
    return path, Rewritten(len(file.changes), file.findings, not one.error, one.error, one.line)


def _require(workspace: Workspace) -> None:
    if not workspace.source_dags.is_dir():
        raise WorkspaceError(
            f"There is no {workspace.source_dags}.",
            why="The checks read the DAG files that the inventory downloads.",
            fix="migrate inventory",
        )


def _codes(values: list[str] | None) -> frozenset[str]:
    return frozenset(code.strip().upper() for value in values or () for code in value.split(","))


def _list(checks: tuple[Check, ...]) -> None:
    from migrator.model.table import table as tabulated

    rows = [(check.code, check.name, check.group, check.severity.value, check.summary) for check in checks]
    print(tabulated(rows, headers=("code", "name", "group", "severity", "what it does")))


def _summary(made: Assessment) -> str:
    from migrator.assess.model import Severity
    from migrator.model.readiness import Readiness

    counts = [(made.severe(severity), severity.value) for severity in Severity]
    findings = ", ".join(f"{count} {name}{'s' * (count != 1)}" for count, name in counts)
    readiness = ", ".join(f"{made.of(one)} {one.value}" for one in Readiness)
    return f"{findings}, {len(made.waived)} waived; {_dags(made)}: {readiness}"


def _dags(made: Assessment) -> str:
    if made.selection is None:
        return several(len(made.dags), "DAG")
    return f"{made.selection}, what is of no single DAG left out"


def _write(context: Context, text: str, output: Path | None, *, exact: bool) -> None:
    if output is None:
        context.show(text, exact=exact)
    else:
        from migrator.workspace.outputs import write_output

        write_output(output, text, context.workspace)
