"""Find the rules: every module of ``codemods.rules``, in the order of their codes."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from itertools import takewhile
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from codemods.engine.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@cache
def all_rules() -> tuple[type[Rule], ...]:
    """Every rule, by code; two rules with one code are an error of the program."""
    package = import_module("codemods.rules")
    for module in iter_modules(package.__path__):
        import_module(f"codemods.rules.{module.name}")
    rules = sorted(_with_code(Rule), key=lambda rule: rule.code)
    codes = [rule.code for rule in rules]
    if len(set(codes)) != len(codes):
        raise AssertionError(f"two rules share a code: {codes}")
    return tuple(rules)


def _with_code(base: type[Rule]) -> Iterator[type[Rule]]:
    """Every class below ``base`` that is a rule of its own."""
    for rule in base.__subclasses__():
        if "code" in vars(rule):
            yield rule
        yield from _with_code(rule)


def unknown_codes(codes: frozenset[str]) -> dict[str, list[str]]:
    """The codes that are neither a rule nor the beginning of one, each with near matches."""
    known = [rule.code for rule in all_rules()]
    wrong = [code for code in sorted(codes) if not code or not any(k.startswith(code) for k in known)]
    return {code: near(code.upper(), known) for code in wrong}


def near(code: str, known: list[str]) -> list[str]:
    """At most three codes most like one, those that begin alike first."""
    close = get_close_matches(code, known, n=len(known), cutoff=0.5)
    return sorted(close, key=lambda one: -sum(1 for _ in takewhile(_alike, zip(one, code, strict=False))))[:3]


def _alike(pair: tuple[str, str]) -> bool:
    """Whether both are the same letter."""
    return pair[0] == pair[1]
