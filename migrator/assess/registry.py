"""Find the checks: every module of ``migrator.assess.checks``, in the order of their codes."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from codemods.engine.registry import all_rules
from migrator.assess.check import Check
from migrator.errors import UsageError

_OF_THE_REWRITE = ("CM001", "CM002", "CM003")
"""What the rewrite says before and after its rules."""


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check, by code; two checks with one code are an error of the program."""
    package = import_module("migrator.assess.checks")
    modules = [import_module(f"{package.__name__}.{module.name}") for module in iter_modules(package.__path__)]
    found = {id(one): one for module in modules for one in vars(module).values() if isinstance(one, Check)}
    checks = sorted(found.values(), key=lambda check: check.code)
    codes = [check.code for check in checks]
    if len(set(codes)) != len(codes):
        raise AssertionError(f"two checks share a code: {codes}")
    return tuple(checks)


def selected(codes: frozenset[str]) -> tuple[Check, ...]:
    """The checks with these codes, or beginnings of codes; all without any. UsageError for one that no check has."""
    for code in sorted(codes):
        if not code or not any(known.startswith(code) for known in known_codes()):
            raise unknown(code, "--select takes codes such as GV101, or their beginning.")
    return tuple(check for check in all_checks() if not codes or check.code.startswith(tuple(codes)))


def known_codes() -> tuple[str, ...]:
    """The codes of the checks, and those of the waivers themselves."""
    return (*(check.code for check in all_checks()), "WV001", "WV002")


def waivable_codes() -> tuple[str, ...]:
    """Every code that a finding of an assessment can bear: those of the rewrite too."""
    return (*known_codes(), *_OF_THE_REWRITE, *(rule.code for rule in all_rules()))


def unknown(code: str, why: str) -> UsageError:
    """The error for a code that no check has."""
    near = get_close_matches(code.upper(), known_codes(), n=2, cutoff=0.5)
    fix = f"did you mean {' or '.join(near)}?" if near else "see `migrate assess --list`"
    return UsageError(f"There is no check {code!r}.", why=why, fix=fix)
