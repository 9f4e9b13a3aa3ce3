"""``migrate rewrite``: rewrite DAG files for Airflow 2."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.context import of, wide_for
from migrator.cli.selection import Dags, Owners  # noqa: TC001 - typer reads it at run time
from migrator.errors import ItemsFailedError, UsageError, WorkspaceError
from migrator.model.text import listed
from migrator.report.rewrite.formats import Format

if TYPE_CHECKING:
    from codemods.engine.report import Options
    from migrator.cli.context import Context
    from migrator.report.rewrite.model import Report
    from migrator.rewrite.result import TreeResult
    from migrator.workspace.workspace import Workspace


Paths = Annotated[list[Path] | None, typer.Argument(metavar="[PATH...]", help="Files and folders, rewritten in place.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the diff and write nothing.")]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 when something would change.")]
Unsafe = Annotated[bool, typer.Option("--unsafe", help="Make the changes that need a review, too.")]
Compat = Annotated[
    bool,
    typer.Option("--compat", help="Offer what has no successor by a package beside the DAGs, airflow1_compat."),
]
Select = Annotated[list[str] | None, typer.Option("--select", help="Only these rules: codes or their beginnings.")]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", help="Not these rules.")]
Target = Annotated[
    str | None, typer.Option("--target", metavar="IMAGE", help="Composer image of the target, or a profile file.")
]
Form = Annotated[Format, typer.Option("--format", help="How to show the result.")]
Verify = Annotated[
    Path | None,
    typer.Option(
        "--verify-import", metavar="PYTHON", help="Import the result with this interpreter; exit 1 if it fails."
    ),
]
Datasets = Annotated[
    bool,
    typer.Option("--datasets", help="Only say which waits and triggers between DAGs could be datasets, and why not."),
]
Apply = Annotated[
    bool,
    typer.Option("--apply", help="With --datasets: make those that keep behaviour; --unsafe: templates too."),
]
WithImports = Annotated[
    bool, typer.Option("--with-imports", help="With --dag or --owner: write the modules that they import, too.")
]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Where to write the result; stdout.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Number of processes; default: one per processor.")
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Do not use the cache.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(rewrite)


def rewrite(
    ctx: typer.Context,
    paths: Paths = None,
    dry_run: DryRun = False,
    check: Check = False,
    unsafe: Unsafe = False,
    compat: Compat = False,
    select: Select = None,
    ignore: Ignore = None,
    target: Target = None,
    verify_import: Verify = None,
    datasets: Datasets = False,
    apply: Apply = False,
    form: Form = Format.TEXT,
    output: Output = None,
    jobs: Jobs = None,
    no_cache: NoCache = False,
    dag: Dags = None,
    owner: Owners = None,
    with_imports: WithImports = False,
) -> None:
    """Rewrite DAGs and plugins for Airflow 2: PATHs in place, or source/ of the workspace's folders into target/."""
    from functools import partial

    from codemods.engine.report import Options
    from migrator.cli.chosen import names_chosen
    from migrator.cli.rewrite_imported import imported
    from migrator.cli.rewrite_selected import refuse_others, selected
    from migrator.report.rewrite.model import Report
    from migrator.rewrite.estate import rewrite_estate
    from migrator.rewrite.image import profile_for
    from migrator.rewrite.tree import rewrite_in_place

    context, still = of(ctx), dry_run or check
    if apply and not datasets:
        raise UsageError("--apply goes with --datasets.", why="A rewrite is applied anyway.", fix="add --datasets")
    refuse_others(paths, chosen=bool(dag or owner or with_imports), datasets=datasets)
    if datasets and not apply:
        _datasets(context, paths, form, output)
        return
    profile = profile_for(target, context.say)
    options = Options(
        unsafe,
        _codes(select),
        _codes(ignore),
        profile,
        _plugins(context, paths),
        compat=compat,
        packages=names_chosen(context),
    )
    if apply:
        report = _introduced(context, paths, options, dry=still)
        _show(context, report, form=form, output=output, diff=dry_run, check=check)
        _refuse_failed(report.result)
        if check and report.result.changed:
            raise typer.Exit(1)
        return
    some = None if paths else selected(_workspace(context), dag, owner, with_imports=with_imports)
    only = some.written if some else None
    estate = partial(rewrite_in_place, _existing(paths)) if paths else partial(rewrite_estate, _workspace(context))
    run = partial(estate, only=only) if some else estate
    cache = _cache(context, no_cache=no_cache, only_if_there=bool(paths))
    result = run(options=options, jobs=jobs, cache=cache, dry_run=still)
    broken = False
    if verify_import is not None:
        home = None if paths else _workspace(context)
        result, broken = imported(context, result, verify_import, paths, options, home, dry=still, some=some)
    if some:
        some.tell(context, result)
        result = some.of(result)
    root = "" if paths else _workspace(context).source_dags.as_posix()
    _show(
        context,
        Report(result, profile, still, root, some.selection if some else None),
        form=form,
        output=output,
        diff=dry_run,
        check=check,
    )
    _refuse_failed(result)
    if (check and result.changed) or broken:
        raise typer.Exit(1)


def _refuse_failed(result: TreeResult) -> None:
    """ItemsFailedError (exit 3) that names the files which could not be read or written."""
    if result.failed:
        told = listed(file.findings[-1].message for file in result.failed)
        raise ItemsFailedError(
            f"{len(result.failed)} files were left as they are; the rest was done",
            why=told,
            fix="look at each; what you edited in dags/target is yours until you move it away; then run it again",
        )


def _codes(values: list[str] | None) -> frozenset[str]:
    """The codes of a repeated, comma-separated option; UsageError for one that no rule has."""
    from codemods.engine.registry import unknown_codes

    codes = frozenset(code.strip().upper() for value in values or () for code in value.split(","))
    for code, near in unknown_codes(codes).items():
        hint = f"did you mean {' or '.join(near)}?" if near else "see `migrate rules`"
        raise UsageError(f"There is no rule {code!r}.", why="Codes look like CM101, or their beginning.", fix=hint)
    return codes


def _existing(paths: list[Path]) -> list[Path]:
    for path in paths:
        if not path.exists():
            raise UsageError(f"There is no {path}.", why="PATH is a file or a folder.", fix="name one that exists")
    return paths


def _datasets(context: Context, paths: list[Path] | None, form: Format, output: Path | None) -> None:
    """Print, or write, what would become of each edge between DAGs."""
    from migrator.rewrite import datasets
    from migrator.rewrite.tree import python_files
    from migrator.workspace.outputs import write_output

    if form not in {Format.TEXT, Format.JSON}:
        raise UsageError(f"--datasets has no {form.value}.", why="It is a list of edges.", fix="--format text, or json")
    root = Path.cwd() if paths else _workspace(context).source_dags
    found, unread = datasets.analysed(python_files(_existing(paths) if paths else [root]), root)
    text = datasets.as_json(found, unread) if form is Format.JSON else datasets.as_text(found)
    if output is None:
        sys.stdout.write(text)
    else:
        write_output(output, text, context.workspace)
    context.say(datasets.summary(found, unread))


def _introduced(context: Context, paths: list[Path] | None, options: Options, *, dry: bool) -> Report:
    """Datasets made of the waits in one DAGs folder: the one that is named, or dags/target/ of the workspace."""
    from migrator.report.rewrite.model import Report
    from migrator.rewrite import datasets

    root = _dags_folder(paths) if paths else _workspace(context).target_dags
    if not root.is_dir():
        raise WorkspaceError(f"There is no {root}.", why="Datasets need the rewritten DAGs.", fix="migrate rewrite")
    made, result = datasets.introduced(root, options, dry_run=dry)
    context.say(datasets.told(made))
    return Report(result, options.target, dry, root.as_posix())


def _dags_folder(paths: list[Path]) -> Path:
    if len(paths) > 1 or not _existing(paths)[0].is_dir():
        raise UsageError(
            "--apply takes one folder.",
            why="Both ends of a wait have to be in it, and a module that both import is put there.",
            fix="name the DAGs folder",
        )
    return paths[0]


def _plugins(context: Context, paths: list[Path] | None) -> frozenset[tuple[str, str]]:
    """What plugins beside the paths, or of the workspace, added to Airflow 1.10."""
    from migrator.rewrite.plugins import beside, plugins_in
    from migrator.workspace.workspace import Workspace

    workspace = Workspace(context.workspace)
    return plugins_in(beside(paths) if paths else [workspace.source_plugins, workspace.source_dags])


def _workspace(context: Context) -> Workspace:
    from migrator.workspace.workspace import Workspace

    workspace = Workspace(context.workspace)
    if not workspace.source_dags.is_dir():
        raise WorkspaceError(
            f"There is no {workspace.source_dags}.",
            why="Without PATHs, the DAGs of the workspace are rewritten.",
            fix="migrate inventory (or name files: `migrate rewrite PATH`)",
        )
    return workspace


def _cache(context: Context, *, no_cache: bool, only_if_there: bool) -> Path | None:
    from migrator.workspace.workspace import Workspace

    workspace = Workspace(context.workspace)
    if no_cache or (only_if_there and not workspace.private.is_dir()):
        return None
    return workspace.cache / "rewrite"


def _show(context: Context, report: Report, *, form: Format, output: Path | None, diff: bool, check: bool) -> None:
    """The report to stdout or a file; a summary, and what ``--check`` is about, to stderr."""
    from migrator.report.rewrite.formats import rendered
    from migrator.report.rewrite.text import as_table
    from migrator.rewrite import show

    with wide_for(output):
        text = rendered(report, form)
    if form is Format.TEXT and diff and output is not None:
        text = "".join(line for file in report.result.changed for line in show.diff(file)) + text
    elif form is Format.TEXT and diff:
        _print_diff(context, report.result)
    if output is not None:
        from migrator.workspace.outputs import write_output

        write_output(output, text, context.workspace)
    else:
        context.show(text, exact=form is not Format.TEXT)
    for file in report.result.changed if check else ():
        context.say(f"would change {file.path}")
    if report.tallies:
        context.say(as_table(report))
    context.say(show.summary(report.result, dry_run=report.dry_run))


def _print_diff(context: Context, result: TreeResult) -> None:
    """Print the diff, in colours on a terminal."""
    from rich.text import Text

    from migrator.model.width import code
    from migrator.rewrite import show

    console = context.console()
    for line in (line for file in result.changed for line in show.diff(file)):
        if console.is_terminal:
            console.print(Text(code(line).rstrip("\r\n"), style=_style(line)))
        else:
            sys.stdout.write(code(line))


def _style(line: str) -> str:
    starts = {"+": "green", "-": "red", "@": "cyan"}
    return starts.get(line[:1], "")
