"""What `--help` says of a command beside its options: an example that works, and how it may end."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

from migrator.model.width import command, within

if TYPE_CHECKING:
    from collections.abc import Mapping

    import typer

USAGE = "wrong option, workspace or answer; nothing was done"
FAILED = "some items failed, the rest is done; run it again"
UNSAFE = "refused as unsafe now; nothing was changed"
TAKEN_BACK = "not right in v2, and taken back"
PERSON = "a person has to look"
INTERRUPTED = "interrupted at a safe point; migrate resume"


@dataclass(frozen=True, slots=True)
class Help:
    """``short``: the list of commands has it; ``examples``: what follows ``migrate``.

    ``ends``: exit codes beside 0 and 2; ``groups``: headings and the names of their options.
    """

    short: str
    examples: tuple[str, ...]
    ends: Mapping[int, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_MOVE = {3: FAILED, 4: UNSAFE, 5: TAKEN_BACK, 6: PERSON, 130: INTERRUPTED}
HELP: dict[str, Help] = {
    "init": Help("Begin a workspace in this folder", ("init",)),
    "doctor": Help("Check keys, environments, buckets, agents, REST", ("doctor",), {1: "a check failed"}),
    "inventory": Help(
        "Read v1, a snapshot of it or a copy of its bucket",
        ("inventory", "inventory --from-snapshot ~/snapshot", "inventory --from-folder ~/composer-bucket"),
        {3: "a part could not be read, or is poorer than what is there", 4: "it would overwrite your own files"},
        {
            "What is read": ("from_folder", "from_snapshot", "fernet_key", "take_poorer"),
            "What is shown": ("form", "output", "schema", "listed"),
        },
    ),
    "drift": Help("Tell what changed in v1 since the inventory", ("drift",), {1: "something changed", 3: FAILED}),
    "assess": Help(
        "Check the inventory: findings, readiness, effort",
        ("assess", "assess --check --select GV1", "assess --dag 'etl_*' --owner data-team"),
        {1: "with --check: an error or a warning is not waived"},
        {
            "What is checked": ("dag", "owner", "select", "target", "resolve_seconds", "index", "listed"),
            "What is shown": ("form", "output", "check"),
        },
    ),
    "rewrite": Help(
        "Rewrite DAGs and plugins for the target",
        ("rewrite --dry-run", "rewrite dags/ --check --select CM1", "rewrite --dag etl_orders"),
        {1: "with --check: something would change; with --verify-import: a file does not load", 3: FAILED},
        {
            "What is changed": (
                "dag",
                "owner",
                "with_imports",
                "unsafe",
                "compat",
                "select",
                "ignore",
                "target",
                "verify_import",
                "datasets",
                "apply",
                "jobs",
                "no_cache",
            ),
            "What is shown": ("dry_run", "check", "form", "output"),
        },
    ),
    "rules": Help("List what rewrite and assess know", ("rules", "rules CM4")),
    "explain": Help("Explain a code: why, how to fix, how to waive", ("explain CM101",)),
    "profile list": Help("List the targets that are known", ("profile list",)),
    "profile build": Help(
        "Make the profile of another target",
        ("profile build composer-2.17.9-airflow-2.11.1 venv/lib/python3.11/site-packages",),
    ),
    "plan": Help("Put the DAGs into waves", ("plan", "plan --explain DAG", "plan --backlog")),
    "provision": Help("Write Terraform for the target", ("provision",), {3: FAILED, 4: UNSAFE}),
    "transfer": Help(
        "Bring variables, connections, pools, users, files",
        ("transfer --dry-run", "transfer --only variables"),
        {1: "something differs, or needs a person", 3: FAILED},
    ),
    "deploy": Help(
        "Upload DAGs and plugins to the target",
        ("deploy --wave 3 --dry-run", "deploy --wave 3"),
        {1: "the target can't parse a file", 3: FAILED, 4: UNSAFE},
        {
            "What is uploaded": ("wave", "overwrite", "undo"),
            "How": ("dry_run", "live", "assume_paused", "timeout"),
        },
    ),
    "verify": Help(
        "Compare v1 and v2, object by object",
        ("verify --wave 3", "verify --dag 'etl_*'"),
        {1: "a DAG, variable, connection, pool or user differs"},
    ),
    "fleet list": Help("List the members", ("fleet list",)),
    "fleet check": Help(
        "Find what collides where members share a target", ("fleet check",), {1: "two sources collide"}
    ),
    "cutover": Help(
        "Move a wave from v1 to v2",
        ("cutover --wave 3 --dry-run", "cutover --wave 3"),
        _MOVE,
        {
            "What moves": ("wave", "max_in_flight", "run_missed"),
            "What is overridden": ("unverified", "outside_window", "force_unlock"),
            "How": ("dry_run", "yes", "reason"),
        },
    ),
    "resume": Help("Go on with the wave that was interrupted", ("resume",), _MOVE),
    "rollback": Help("Take a wave back to v1", ("rollback --wave 3",), _MOVE),
    "complete": Help(
        "Declare a wave done", ("complete --wave 3",), {4: "not all of it was seen to work; nothing was changed"}
    ),
    "bridge": Help("Serve sensors that wait for the other environment", ("bridge --once",), {3: FAILED, 4: UNSAFE}),
    "status": Help("Show where each DAG stands", ("status", "status --log")),
    "audit": Help(
        "Prove that each interval ran exactly once",
        ("audit", "audit --since 2026-11-01 --format json"),
        {1: "a duplicate or a gap"},
    ),
    "report": Help("Write the migration as a site", ("report -o site",)),
    "freshness": Help("Tell which DAGs are late", ("freshness --side target",), {1: "a DAG is not fresh"}),
    "dashboard": Help("Follow a wave live in the browser", ("dashboard --port 8090",)),
    "docs": Help(
        "Write the guide and tickets for DAG authors", ("docs", "docs --tickets csv", "docs --owner data-team")
    ),
    "policies": Help("Write cluster policies for the target", ("policies",)),
    "local init": Help("Set the target's Airflow up on this machine", ("local init",), {4: UNSAFE}),
    "lab up": Help("Start the lab", ("lab up --estate small",)),
    "lab status": Help("Show the lab's processes", ("lab status",), {1: "it is not up, or a process of it ended"}),
    "lab down": Help("Stop the lab", ("lab down",)),
    "lab reset": Help("Stop the lab and delete what it holds", ("lab reset",)),
    "demo": Help(
        "Run a whole migration on two real Airflows",
        ("demo --keep", "demo --source snapshot"),
        {1: "an interval did not run exactly once"},
    ),
}


class Command(TyperCommand):
    """A command that shows its options in groups where it has many, then examples and exit codes."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's own copy of click
        """The arguments, the options by group, then those of no group."""
        groups = HELP[_name(ctx)].groups
        if not groups:
            super().format_options(ctx, formatter)
            return
        shown = {param.name: param for param in self.get_params(ctx) if param.get_help_record(ctx)}
        arguments = tuple(name for name, param in shown.items() if param.param_type_name == "argument")
        others = tuple(name for name in shown if name not in {*arguments, *chain(*groups.values())})
        for heading, names in {"Arguments": arguments, **groups, "Other": others}.items():
            if names:
                with formatter.section(heading):
                    formatter.write_dl([shown[name].get_help_record(ctx) for name in names])

    def format_epilog(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Examples, and how the command may end."""
        told = HELP[_name(ctx)]
        with formatter.section("Examples" if len(told.examples) > 1 else "Example"):
            for one in told.examples:
                with within(formatter.width):
                    formatter.write(f"{command(f'migrate {one}', ' ' * formatter.current_indent)}\n")
        with formatter.section("Exit codes"):
            ends = {0: "done", 2: USAGE, **told.ends}
            formatter.write_dl([(str(code), ends[code]) for code in sorted(ends)])


def with_help(app: typer.Typer, above: str = "") -> None:
    """Give each command of the program what `--help` says of it."""
    for one in app.registered_commands:
        name = f"{above}{one.name or getattr(one.callback, '__name__', '')}"
        one.cls, one.short_help = Command, HELP[name].short or None
    for group in app.registered_groups:
        if group.typer_instance is not None:
            with_help(group.typer_instance, f"{group.name or group.typer_instance.info.name} ")


def _name(ctx: Any) -> str:  # noqa: ANN401
    """The command's words without the program's name."""
    words: list[str] = []
    while ctx.parent is not None:
        words.insert(0, ctx.info_name)
        ctx = ctx.parent
    return " ".join(words)
