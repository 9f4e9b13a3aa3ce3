"""The ledger as JSON, as a table and as a Markdown page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.cutover.ledger import SCHEMA_VERSION, DagLedger, Entry, Ledger
from migrator.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADERS = (
    "DAG",
    "expected",
    "ran once",
    "in v1",
    "in v2",
    "duplicates",
    "gaps",
    "extras",
    "skipped",
    "by decision",
    "pending",
    "inferred",
    "note",
)
SUMS = ("duplicates", "gaps", "extras", "skipped_by_v1", "skipped_by_decision", "pending", "inferred")


def as_json(ledger: Ledger) -> dict[str, Any]:
    """The ledger as DESIGN's JSON: schema_version, summary, dags."""
    return {
        "schema_version": SCHEMA_VERSION,
        "window": {"since": ledger.window.since.isoformat(), "until": ledger.window.until.isoformat()},
        "summary": summary(ledger),
        "dags": [_dag_json(dag) for dag in ledger.dags],
    }


def summary(ledger: Ledger) -> dict[str, int]:
    """The sums over every DAG."""
    return {
        "expected": sum(dag.expected for dag in ledger.dags),
        "ran_once": sum(dag.ran_once for dag in ledger.dags),
        "duplicates": sum(len(dag.duplicates) for dag in ledger.dags),
        "gaps": sum(len(dag.gaps) for dag in ledger.dags),
        "extras": sum(len(dag.extras) for dag in ledger.dags),
        "skipped_by_v1": sum(len(dag.skipped) for dag in ledger.dags),
        "skipped_by_decision": sum(len(dag.left_out) for dag in ledger.dags),
        "pending": sum(dag.pending for dag in ledger.dags),
        "inferred": sum(len(dag.told) for dag in ledger.dags),
    }


def _dag_json(dag: DagLedger) -> dict[str, Any]:
    return {
        "dag_id": dag.dag_id,
        "expected": dag.expected,
        "ran_once": dag.ran_once,
        "by_v1": dag.by_v1,
        "by_v2": dag.by_v2,
        "duplicates": _entries(dag.duplicates),
        "gaps": _entries(dag.gaps),
        "extras": _entries(dag.extras),
        "skipped_by_v1": _entries(dag.skipped),
        "skipped_by_decision": _entries(dag.left_out),
        "pending": dag.pending,
        "inferred": _entries(dag.told),
        "note": dag.note,
        **_phases_json(dag),
    }


def _phases_json(dag: DagLedger) -> dict[str, Any]:
    """When the intervals of a DAG ran whose source ended; nothing of any other."""
    if dag.phases is None:
        return {}
    during = {"run": dag.phases.during, "skipped_by_decision": len(dag.left_out), "waiting": dag.phases.waiting}
    return {"before_outage": dag.phases.before, "in_outage": during, "after_outage": dag.phases.after}


def _entries(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    return [{"logical_date": entry.logical_date.isoformat(), "runs": list(entry.runs)} for entry in entries]


def as_rows(ledger: Ledger) -> list[tuple[str, ...]]:
    """A row a DAG, and a last one with the sums; the columns are HEADERS."""
    rows = [
        (
            dag.dag_id, str(dag.expected), str(dag.ran_once), str(dag.by_v1), str(dag.by_v2), str(len(dag.duplicates)),
            str(len(dag.gaps)), str(len(dag.extras)), str(len(dag.skipped)), str(len(dag.left_out)), str(dag.pending),
            str(len(dag.told)), dag.note,
        )
        for dag in ledger.dags
    ]  # fmt: skip
    total = summary(ledger)
    by = [str(sum(dag.by_v1 for dag in ledger.dags)), str(sum(dag.by_v2 for dag in ledger.dags))]
    sums = [str(total[name]) for name in SUMS]
    return [*rows, ("all", str(total["expected"]), str(total["ran_once"]), *by, *sums, "")]


def as_table(ledger: Ledger) -> str:
    """The table for a terminal, with the names of what is wrong below it."""
    from migrator.model.table import table as tabulated  # noqa: PLC0415 - lazy, as `migrate --help` is

    table = tabulated(as_rows(ledger), HEADERS, tablefmt="simple")
    return "\n".join([table, *_problems(ledger), "", *_outage(ledger), verdict(ledger)])


def _outage(ledger: Ledger) -> list[str]:
    """One sentence on what nobody ran while the source had ended; none where it ran."""
    found = [dag for dag in ledger.dags if dag.phases]
    during = sum(dag.phases.during for dag in found if dag.phases)
    waiting = sum(dag.phases.waiting for dag in found if dag.phases)
    skipped = sum(len(dag.left_out) for dag in found)
    words = f"In the outage: {during} interval(s) were run in v2, {skipped} skipped by decision, {waiting} wait."
    only_told = sum(len(dag.told) for dag in ledger.dags)
    before = f"Before it: {only_told} run(s) of v1 are inferred, by logs or a person's word; they count nowhere else."
    return [*([words] if found else []), *([before] if only_told else [])]


def _problems(ledger: Ledger) -> list[str]:
    lines: list[str] = []
    for dag in ledger.dags:
        for name, entries in (
            ("duplicate", dag.duplicates),
            ("gap", dag.gaps),
            ("extra", dag.extras),
            ("skipped by v1", dag.skipped),
            ("skipped by decision", dag.left_out),
        ):
            told = (f"{name}: {dag.dag_id} {e.logical_date.isoformat()} {' '.join(e.runs)}" for e in entries)
            lines += map(one_line, told)
    return ["", *lines] if lines else []


def verdict(ledger: Ledger) -> str:
    """One sentence."""
    total = summary(ledger)
    between = f"between {ledger.window.since:%Y-%m-%d %H:%M:%S} and {ledger.window.until:%Y-%m-%d %H:%M:%S} UTC"
    if ledger.clean:
        return f"Every one of the {total['expected']} intervals due {between} ran exactly once."
    return (
        f"{total['duplicates']} duplicate(s) and {total['gaps']} gap(s) among {total['expected']} intervals {between}."
    )


def as_markdown(ledger: Ledger) -> str:
    """The page for the reports folder."""
    from migrator.report.templates import render  # noqa: PLC0415 - lazy

    return render(
        "report/audit.md.j2",
        ledger=ledger,
        rows=as_rows(ledger),
        headers=HEADERS,
        verdict=verdict(ledger),
    )
