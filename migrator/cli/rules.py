"""``migrate rules`` and ``migrate explain CODE``: the catalogue of the codemods."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.formats import Format
from migrator.errors import UsageError

if TYPE_CHECKING:
    from codemods.engine.rule import Example, Rule

SCHEMA_VERSION = 1


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(rules)
    app.command()(explain)


def rules(form: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.TABLE) -> None:
    """List the rules that `migrate rewrite` follows."""
    from codemods.engine.registry import all_rules

    if form is Format.JSON:
        data = {"schema_version": SCHEMA_VERSION, "rules": [_described(rule) for rule in all_rules()]}
        print(json.dumps(data, indent=2))
        return
    from tabulate import tabulate

    rows = [(rule.code, rule.name, rule.safety.value, rule.since, rule.summary()) for rule in all_rules()]
    print(tabulate(rows, headers=("code", "name", "safety", "since", "what it does"), disable_numparse=True))


def explain(code: Annotated[str, typer.Argument(help="The code of a rule, such as CM101.")]) -> None:
    """Say what a rule does, why, and show its examples."""
    rule = _found(code.upper())
    print(f"{rule.code} {rule.name} ({rule.safety.value}, since {rule.since})\n{rule.url}\n\n{rule.explanation()}")
    for example in rule.examples:
        print(f"\n{_shown(example)}", end="")


def _found(code: str) -> type[Rule]:
    from codemods.engine.registry import all_rules, unknown_codes

    for rule in all_rules():
        if rule.code == code:
            return rule
    near = unknown_codes(frozenset({code})).get(code)
    fix = f"migrate explain {near[0]}" if near else "migrate rules"
    raise UsageError(f"There is no rule {code!r}.", why="Codes look like CM101.", fix=fix)


def _described(rule: type[Rule]) -> dict[str, str]:
    about = {"code": rule.code, "name": rule.name, "safety": rule.safety.value, "since": rule.since}
    return {**about, "url": rule.url, "summary": rule.summary(), "description": rule.explanation()}


def _shown(example: Example) -> str:
    note = " (with --unsafe)" if example.unsafe and example.after is not None else ""
    note = " (a finding)" if example.flagged and example.after is None else note
    body = f"{example.about}{note}:\n{_marked('  - ' if example.after is not None else '    ', example.before)}"
    return body if example.after is None else body + _marked("  + ", example.after)


def _marked(mark: str, source: str) -> str:
    return "".join(f"{mark}{line}".rstrip() + "\n" for line in source.splitlines())
