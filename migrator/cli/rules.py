"""``migrate rules [CODE...]`` and ``migrate explain CODE...``: every code that a finding can bear."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.formats import Format
from migrator.model.width import code, prose

if TYPE_CHECKING:
    from migrator.report.catalogue import Entry

SCHEMA_VERSION = 1

Some = Annotated[list[str] | None, typer.Argument(metavar="[CODE]...", help="Only these: codes or their beginnings.")]
Codes = Annotated[list[str], typer.Argument(metavar="CODE...", help="Codes, such as CM101 or GV104, or beginnings.")]
Form = Annotated[Format, typer.Option("--format", help="What to print.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(rules)
    app.command()(explain)


def rules(codes: Some = None, form: Form = Format.TABLE) -> None:
    """List the rules of `migrate rewrite` and the checks of `migrate assess`."""
    from migrator.report.catalogue import matching

    found = matching(codes or ())
    if form is Format.JSON:
        print(json.dumps({"schema_version": SCHEMA_VERSION, "rules": [_described(one) for one in found]}, indent=2))
        return
    from migrator.model.table import table as tabulated

    rows = [(one.code, one.name, one.group, one.level, one.since, one.summary) for one in found]
    heads = ("code", "name", "group", "level", "since", "what it does")
    print(tabulated(rows, headers=heads))


def explain(codes: Codes, form: Form = Format.TABLE) -> None:
    """Say what a rule or a check does, why, how to fix what it finds, how to waive it, and show its examples."""
    from migrator.report.catalogue import matching

    found = matching(codes)
    if form is Format.JSON:
        print(json.dumps({"schema_version": SCHEMA_VERSION, "rules": [_described(one) for one in found]}, indent=2))
        return
    print("\n".join(_explained(one) for one in found), end="")


def _described(one: Entry) -> dict[str, object]:
    about = {"code": one.code, "name": one.name, "group": one.group, "safety": one.level, "since": one.since}
    text = {"url": one.url, "summary": one.summary, "description": one.why, "fix": one.fix, "waive": one.waive}
    return {**about, **text, "options": dict(one.options), "examples": list(one.examples)}


def _explained(one: Entry) -> str:
    level = ", ".join(filter(None, (one.group, one.level, f"since {one.since}" if one.since else "")))
    about = [one.summary, one.why, f"fix: {one.fix}"]
    parts = [f"{one.code} {one.name} ({level})\n{one.url}".rstrip(), *map(prose, about)]
    if one.options:
        parts.append(prose(f"options, under [assess.options.{one.code}] in migrate.toml, with their defaults:"))
        parts[-1] += "".join(f"\n  {name} = {value}" for name, value in one.options)
    if one.waive:
        parts.append(f"to waive it:\n{code(_indented(one.waive))}")
    text = "\n\n".join(part.rstrip() for part in parts if part)
    lists = all(example.count("\n") == 1 for example in one.examples)
    examples = ("" if lists else "\n").join(map(code, one.examples))
    return f"{text}\n\n{examples}" + ("\n" if one.examples else "")


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())
