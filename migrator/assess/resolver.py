"""Ask a real resolver, uv, whether packages can be installed beside what an image has.

Nothing is installed and nothing is built: a package without a wheel for the target's Python is told as such.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping  # noqa: TC003 - pydantic reads it at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from migrator.assess.requirement import named
from migrator.assess.uv import compiled
from migrator.interrupt import threads
from migrator.scrub.text import scrub

if TYPE_CHECKING:
    from collections.abc import Sequence

AT_ONCE = 8
"""Resolvers side by side: they wait for the index nearly all the time."""
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
_UNKNOWN = re.compile(
    r"not found in the (package registry|provided package locations)"
    r"|no usable wheels|no wheels|building source|source distr"
)
_CONFLICT = "No solution found"
_NO_NETWORK = re.compile(r"network was disabled|not found in the cache")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the resolver said: the pins that fit; by package why it is ``refused`` or ``unknown``.

    ``together`` says why packages that fit alone do not fit together; empty when they do.
    """

    pins: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    together: str = ""


@dataclass(frozen=True, slots=True)
class NotResolved:
    """The resolver could not be asked, and what to do about it; no ``fix`` where there was nothing to ask."""

    why: str
    fix: str


Resolution = Resolved | NotResolved


@dataclass(frozen=True, slots=True)
class _Answer:
    """The pins, or None and why there are none."""

    pins: Mapping[str, str] | None
    reason: str = ""


class _NoAnswerError(Exception):
    """uv ended for a reason that says nothing of the packages."""


@dataclass(frozen=True, slots=True)
class Resolver:
    """How uv is run: ``arguments`` go to it as they are, ``deadline`` is in seconds for all of it."""

    uv: str
    deadline: float = 60
    arguments: tuple[str, ...] = ()


def resolve(packages: Mapping[str, str], pins: Mapping[str, str], resolver: Resolver) -> Resolution:
    """Whether ``packages`` (name to extras and versions, as Composer has them) fit beside the pins of an image.

    What is no requirement is not asked about.
    """
    until = time.monotonic() + resolver.deadline
    wanted = named(packages).requirements
    own = {canonicalize_name(name) for name in wanted}
    fixed = list(named({name: f"=={pins[name]}" for name in pins if name not in own}).requirements.values())
    try:
        whole = _ask(wanted, fixed, resolver, until)
        return Resolved(whole.pins) if whole.pins is not None else _one_by_one(wanted, fixed, resolver, until, whole)
    except _NoAnswerError as error:
        return NotResolved(str(error), "run it where the package index answers")
    except subprocess.TimeoutExpired:
        why = f"the resolver did not end within {resolver.deadline:g} s"
        return NotResolved(why, "migrate assess --resolve-seconds 300")


def _one_by_one(
    wanted: Mapping[str, str], fixed: Sequence[str], resolver: Resolver, until: float, whole: _Answer
) -> Resolved:
    """Which packages do not fit even alone, and whether the others fit together."""
    with threads(AT_ONCE) as pool:
        asked = {name: pool.submit(_ask, {name: one}, fixed, resolver, until) for name, one in wanted.items()}
        answers = {name: one.result() for name, one in asked.items()}
    fitting = {name: wanted[name] for name, answer in answers.items() if answer.pins is not None}
    told = {name: answer.reason for name, answer in answers.items() if answer.pins is None}
    unknown = {name: _told(reason) for name, reason in told.items() if _UNKNOWN.search(reason)}
    refused = {name: _told(reason) for name, reason in told.items() if name not in unknown}
    last = _ask(fitting, fixed, resolver, until) if fitting and len(fitting) < len(wanted) else whole
    together = "" if last.pins is not None or not fitting else _told(last.reason)
    return Resolved(last.pins or {}, refused, unknown, together)


def _ask(wanted: Mapping[str, str], fixed: Sequence[str], resolver: Resolver, until: float) -> _Answer:
    left = until - time.monotonic()
    if left <= 0:
        raise subprocess.TimeoutExpired(resolver.uv, resolver.deadline)
    text = "\n".join([*fixed, *wanted.values(), ""])
    done = compiled(resolver.uv, text, wanted, arguments=resolver.arguments, timeout=left)
    if done.returncode == 0:
        return _Answer(dict(_PIN.findall(done.stdout)))
    said = scrub(done.stderr)  # the urls of indexes may hold a login
    if _CONFLICT not in said or _NO_NETWORK.search(said):
        raise _NoAnswerError(_first(said))
    return _Answer(None, said)


def _told(reason: str) -> str:
    """What uv says as one sentence, without its advice."""
    text = " ".join(reason.partition("\nhint:")[0].split())
    text = re.sub(
        r" And because you require [^,]*, we can conclude that your requirements are unsatisfiable\.", "", text
    )
    return re.sub(r"^(error: )?.*?(cause:|╰─▶|─▶) ?", "", text)[:600]


def _first(reason: str) -> str:
    """The line that says most: what could not be fetched, else the first."""
    lines = [line.strip() for line in reason.splitlines() if line.strip()]
    return next((line for line in lines if "fetch" in line or "network" in line), lines[0] if lines else "")[:200]
