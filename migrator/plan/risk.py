"""How risky the cutover of one DAG is, 0 to 100, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fnmatch import fnmatchcase
from statistics import median
from typing import TYPE_CHECKING

from migrator.model.dag import ScheduleKind
from migrator.model.duration import roughly, spelled
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from migrator.model.dag import Dag
    from migrator.model.readiness import DagReadiness
    from migrator.model.run import Run

HELD = {Readiness.UNKNOWN: 10, Readiness.PERSON: 15, Readiness.BLOCKED: 25}
PAUSED_SHARE = 4  # nothing runs at the cutover of a paused DAG, so its risk counts a quarter


@dataclass(frozen=True, slots=True)
class Risk:
    """A score and what it is made of, the heaviest first."""

    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one DAG: its period in seconds, its finished automated runs, its edges.

    ``followers``: the DAGs that come after it, through others too; ``readiness``: what the assessment says of it, None
    where there was none; ``critical``: points and the pattern or tag that gives them.
    """

    dag: Dag
    period: float | None
    runs: Sequence[Run]
    ties: int = 0
    unknown: int = 0
    followers: int = 0
    readiness: DagReadiness | None = None
    critical: tuple[int, str] = (0, "")


@dataclass(frozen=True, slots=True)
class Factor:
    """Points that one circumstance adds."""

    points: int
    reason: str


def score(evidence: Evidence) -> Risk:
    """Add up what speaks against an easy cutover."""
    found = [factor for check in CHECKS if (factor := check(evidence))]
    total = min(100, sum(factor.points for factor in found))
    reasons = tuple(f"{one.reason} (+{one.points})" for one in sorted(found, key=lambda one: (-one.points, one.reason)))
    if evidence.dag.state == "paused":
        return Risk(total // PAUSED_SHARE, (f"a quarter of {total}, as nothing of it runs at the cutover", *reasons))
    return Risk(total, reasons)


def criticality(dag: Dag, critical: Mapping[str, int]) -> tuple[int, str]:
    """The most points that a pattern of ids, or ``tag:`` and a tag, gives the DAG, and which does; 0 without one.

    Where its tags are not known it may have each of them.
    """
    names = {f"tag:{tag}" for tag in dag.tags} if dag.knows("tags") else {one for one in critical if _is_tag(one)}
    fits = [name for name in critical if name in names or fnmatchcase(dag.dag_id, name)]
    return max(((critical[name], name) for name in fits), default=(0, ""))


def _is_tag(name: str) -> bool:
    return name.startswith("tag:")


def median_seconds(runs: Iterable[Run]) -> dict[str, float]:
    """How long a run of each DAG takes, where that is known."""
    found = {dag_id: _seconds(own) for dag_id, own in finished_runs(runs).items()}
    return {dag_id: median(seconds) for dag_id, seconds in found.items() if seconds}


def running(dag: Dag, period: float | None, seconds: float | None) -> float:
    """How many of its runs are under way at once on average, by Little's law; 0 where that is not known."""
    if dag.state == "paused" or not period or seconds is None:
        return 0.0
    most = dag.max_active_runs if dag.knows("max_active_runs") else seconds / period
    return round(min(seconds / period, most), 3)


def finished_runs(runs: Iterable[Run]) -> defaultdict[str, list[Run]]:
    """The automated runs that ended and did work here, by DAG."""
    finished: defaultdict[str, list[Run]] = defaultdict(list)
    for run in runs:
        if run.automated and run.finished and not run.carried:
            finished[run.dag_id].append(run)
    return finished


def _seconds(runs: Iterable[Run]) -> list[float]:
    return [run.seconds for run in runs if run.seconds is not None]


def _frequency(evidence: Evidence) -> Factor | None:
    if evidence.period is None:
        return None
    every = f"runs every {spelled(evidence.period)}"
    if evidence.period <= 15 * 60:
        return Factor(20, f"{every}: little time between two runs")
    if evidence.period <= 3600:
        return Factor(12, every)
    return Factor(4, every) if evidence.period <= 86_400 else None


def _never_idle(evidence: Evidence) -> Factor | None:
    """Drain difficulty: a DAG whose runs fill their interval is never idle."""
    seconds = _seconds(evidence.runs)
    if not seconds or not evidence.period:
        return None
    share = median(seconds) / evidence.period
    words = f"a run takes {roughly(median(seconds))}, {share:.0%} of its interval"
    if share >= 1:
        return Factor(25, f"{words}: it is never idle")
    if share >= 0.5:
        return Factor(15, f"{words}: the time to drain is short")
    return Factor(5, words) if share >= 0.2 else None


def _failures(evidence: Evidence) -> Factor | None:
    failed = sum(run.state == "failed" for run in evidence.runs)
    if not failed:
        return None
    rate = failed / len(evidence.runs)
    words = f"{failed} of {len(evidence.runs)} recent runs failed"
    return Factor(15 if rate >= 0.2 else 6, words)


def _no_history(evidence: Evidence) -> Factor | None:
    if evidence.runs or evidence.dag.state == "paused" or not evidence.dag.automated:
        return None
    return Factor(5, "no recent run to compare with")


def _catchup(evidence: Evidence) -> Factor | None:
    dag = evidence.dag
    if dag.catches_up == "no" or not dag.automated or dag.known_schedule.kind is ScheduleKind.ONCE:
        return None
    words = "catchup is on:" if dag.catches_up == "yes" else "whether catchup is on is unknown; if it is,"
    return Factor(8, f"{words} without its last run carried over it would run every interval again")


def _schedule_form(evidence: Evidence) -> Factor | None:
    match evidence.dag.known_schedule.kind:
        case _ if not evidence.dag.knows("schedule"):
            return Factor(10, "its schedule is unknown")
        case ScheduleKind.DELTA:
            return Factor(8, "timedelta schedule: its times depend on the run that is carried over")
        case ScheduleKind.OTHER:
            return Factor(10, "its schedule is of no known form")
        case _:
            return None


def _depends_on_past(evidence: Evidence) -> Factor | None:
    match evidence.dag.minds_its_past:
        case True:
            return Factor(6, "depends on past: the task states of its last run count")
        case None:
            return Factor(6, "whether its tasks depend on its past is unknown")
        case False:
            return None


def _ties(evidence: Evidence) -> Factor | None:
    if evidence.ties:
        edges = "1 edge" if evidence.ties == 1 else f"{evidence.ties} edges"
        return Factor(min(15, 3 * evidence.ties), f"tied to other DAGs by {edges}")
    return None


def _fan_out(evidence: Evidence) -> Factor | None:
    count = evidence.followers
    if count:
        come = "1 DAG comes" if count == 1 else f"{count} DAGs come"
        return Factor(min(10, count), f"{come} after it, directly or through others")
    return None


def _critical(evidence: Evidence) -> Factor | None:
    points, name = evidence.critical
    return Factor(points, f"critical, as plan.critical says of {name}") if points else None


def _readiness(evidence: Evidence) -> Factor | None:
    """What nobody has decided yet is in the code that will run, or keeps it from running."""
    found = evidence.readiness
    if found is None or found.settled:
        return None
    if found.readiness.moves:
        return Factor(HELD[Readiness.PERSON], f"{found.verdict}: {found.review[0]}")
    first = found.why[0] if found.why else ""
    words = first if first.startswith("blocked by ") else f"{found.verdict}: {first}" if first else found.verdict
    return Factor(HELD[found.readiness], words)


def _unknown(evidence: Evidence) -> Factor | None:
    if evidence.unknown:
        return Factor(15, f"references to other DAGs that could not be resolved: {evidence.unknown}")
    return None


def _size(evidence: Evidence) -> Factor | None:
    tasks = len(evidence.dag.tasks)
    return Factor(5, f"{tasks} tasks") if tasks >= 50 else None


CHECKS: tuple[Callable[[Evidence], Factor | None], ...] = (
    _critical,
    _frequency,
    _never_idle,
    _failures,
    _no_history,
    _catchup,
    _schedule_form,
    _depends_on_past,
    _ties,
    _fan_out,
    _readiness,
    _unknown,
    _size,
)
