"""``reports/audit.json``: the ledger that ``migrate audit`` wrote, as the site and the metrics read it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from migrator.cutover.ledger import SCHEMA_VERSION
from migrator.workspace.stored import Form

Count = Annotated[int, Field(ge=0, strict=True)]


def _moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


Moment = Annotated[str, AfterValidator(_moment)]


@dataclass(frozen=True, slots=True)
class Window:
    """The time that the ledger is of; ISO dates."""

    since: Moment
    until: Moment


@dataclass(frozen=True, slots=True)
class Summary:
    """The sums over every DAG."""

    expected: Count
    ran_once: Count
    duplicates: Count
    gaps: Count
    extras: Count
    pending: Count
    skipped_by_v1: Count = 0
    skipped_by_decision: Count = 0
    inferred: Count = 0


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval that did not run just once, and its runs."""

    logical_date: Moment
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InOutage:
    """What came of the intervals that nobody ran while the source had ended."""

    run: Count = 0
    skipped_by_decision: Count = 0
    waiting: Count = 0


@dataclass(frozen=True, slots=True)
class DagLine:
    """The ledger of one DAG; the last three fields, and the inferred runs, are of one whose source ended."""

    dag_id: str
    expected: Count
    ran_once: Count
    duplicates: tuple[Interval, ...]
    gaps: tuple[Interval, ...]
    by_v1: Count = 0
    by_v2: Count = 0
    extras: tuple[Interval, ...] = ()
    skipped_by_v1: tuple[Interval, ...] = ()
    skipped_by_decision: tuple[Interval, ...] = ()
    pending: Count = 0
    inferred: tuple[Interval, ...] = ()
    note: str = ""
    before_outage: Count | None = None
    in_outage: InOutage | None = None
    after_outage: Count | None = None


@dataclass(frozen=True, slots=True)
class Audited:
    """The whole file."""

    schema_version: Count
    window: Window
    summary: Summary
    dags: tuple[DagLine, ...]


FORM: Form[Audited] = Form("a ledger", Audited, SCHEMA_VERSION, "migrate audit", "none was read yet")
