"""Where mistakes are planted, and which tests answer for each file."""

from __future__ import annotations

from pathlib import Path

AGENT = "migrator/agent/migrate_agent.py"
WRITES_RUNS = frozenset({
    "transaction", "locked", "pause", "require_paused", "for_each", "outside",
    "_is_automated", "_date_of", "is_carried", "interval_end", "active_runs", "on_last_tasks",
    "_newest_automated", "refresh_next", "add_run", "runs_by_datasets", "_free_moment", "_add_run_1", "finish_run",
    "_carried_state", "_instances", "carry_one", "_mark", "_carry_again", "due_intervals", "_following_timetable",
    "_first_start", "_near", "_following_interval", "_first_start_1", "fill", "keep_on_grid", "can_fill",
    "_dates_taken", "observe", "_observed", "_open_rows", "_ended_rows", "pause_if_idle", "finish_ended", "set_paused",
    "carry_over", "remove_carried", "switch_on", "listeners_first", "forget_updates", "fill_named", "fill_held",
    "_open_count", "_require_parsed",
})  # fmt: skip
"""The agent's functions on which it depends what runs."""
ELSEWHERE = {
    "migrator/cutover/intervals.py": ("tests/agent/test_daylight.py",),
    "migrator/cutover/zones.py": ("tests/agent/test_daylight.py",),
    "migrator/cutover/at_work.py": ("tests/transfer/test_deploy.py",),
    "migrator/cutover/trip.py": ("tests/cli",),
}
"""Tests beyond those of the file's own folder."""


def files(root: Path) -> list[str]:
    """Every file in which mistakes are planted, relative to the tree."""
    found = (path.relative_to(root).as_posix() for path in (root / "migrator" / "cutover").rglob("*.py"))
    return [*sorted(found), AGENT]


def tests_of(file: str) -> tuple[tuple[str, ...], ...]:
    """The tests to run for a file, in groups: the likeliest to see a mistake come first."""
    if file == AGENT:
        return (("tests/agent/test_cutover.py",), ("tests/agent",))
    own = Path("tests", *Path(file).parts[1:]).with_name(f"test_{Path(file).name}")
    first = ((own.as_posix(),),) if (Path(__file__).parents[2] / own).exists() else ()
    return (*first, ("tests/cutover",), *((one,) for one in ELSEWHERE.get(file, ())))
