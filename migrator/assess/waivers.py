"""Waivers: findings that somebody answers for until a day. One that ran out, or fits nothing, is a finding itself."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from migrator.assess.model import Finding, Severity, Waived
from migrator.assess.registry import unknown, waivable_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from migrator.workspace.config import Waiver

EXPIRED, UNUSED = "WV001", "WV002"
ABOUT = {
    EXPIRED: (
        "waiver-expired",
        "Tell which waivers ran out.",
        "What it covered counts again. Fix it, or give the waiver a new expiry date and a reason.",
    ),
    UNUSED: (
        "waiver-unused",
        "Tell which waivers cover nothing.",
        "What it was for is fixed, or its code or place has a typo. Remove it from migrate.toml.",
    ),
}
FILE = "migrate.toml"


@dataclass(frozen=True, slots=True)
class Ruled:
    """The findings that are left, those that waivers brought among them, and those that are waived."""

    findings: tuple[Finding, ...]
    waived: tuple[Waived, ...]


def apply(findings: Sequence[Finding], waivers: Sequence[Waiver], today: date) -> Ruled:
    """Take out what a waiver covers today; UsageError for a waiver of a code that nothing bears."""
    for one in waivers:
        if not any(fnmatchcase(code, one.code) for code in waivable_codes()):
            raise unknown(one.code, "A waiver in migrate.toml names it.")
    running = [one for one in waivers if one.expires >= today]
    covered = [(finding, next((one for one in running if covers(one, finding)), None)) for finding in findings]
    left = [finding for finding, waiver in covered if waiver is None]
    waived = tuple(Waived(finding, waiver.reason, waiver.expires) for finding, waiver in covered if waiver)
    return Ruled(tuple(sorted([*left, *_about(findings, waivers, today)])), waived)


def covers(waiver: Waiver, finding: Finding) -> bool:
    """Whether a waiver is for this finding: by its code, and each DAG or the file, or else what it says."""
    places = finding.dags or (finding.file or finding.message,)
    here = fnmatchcase(finding.file, waiver.where) or all(fnmatchcase(place, waiver.where) for place in places)
    return fnmatchcase(finding.code, waiver.code) and here


def _about(findings: Sequence[Finding], waivers: Sequence[Waiver], today: date) -> Iterator[Finding]:
    """What there is to say of the waivers themselves."""
    for number, one in enumerate(waivers, start=1):
        what = f"waiver {number} ({one.code} for {one.where})"
        fitting = any(covers(one, finding) for finding in findings)
        if not fitting:
            yield Finding(UNUSED, FILE, 0, (), f"{what} covers nothing", Severity.WARNING, minutes=2)
        elif one.expires < today:
            yield Finding(
                EXPIRED, FILE, 0, (), f"{what} ran out on {one.expires}: {one.reason}", Severity.ERROR, minutes=10
            )
