"""Trees of logs, as the two forms of Airflow name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OLD = "[2026-11-27 14:22:17,539] {{taskinstance.py:1057}} INFO - Marking task as {state}.dag_id={dag}, task_id={task}, "
OLD += "execution_date=20261127T142000, start_date=20261127T142216, end_date=20261127T142217\n"
CODE = "[2026-11-27 14:22:21,079] {{local_task_job.py:102}} INFO - Task exited with return code {code}\n"


def marked(state: str, dag: str = "d", task: str = "t", code: int = 0) -> str:
    """The end of a log of 1.10.15."""
    return OLD.format(state=state, dag=dag, task=task) + CODE.format(code=code)


def old(root: Path, date: str, *tasks: str, dag: str = "d", state: str = "SUCCESS", number: int = 1) -> None:
    """The logs of these tasks in a run, in the form of 1.10."""
    for task in tasks:
        write(root / dag / task / date / f"{number}.log", marked(state, dag, task))


def new(root: Path, run_id: str, *tasks: str, dag: str = "d", state: str = "SUCCESS", number: int = 1) -> None:
    """The same in the form since 2.3."""
    for task in tasks:
        place = root / f"dag_id={dag}" / f"run_id={run_id}" / f"task_id={task}" / f"attempt={number}.log"
        write(place, marked(state, dag, task).replace(f"{state}.dag", f"{state}. dag"))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
