"""How a try ended, by the lines that real Airflows write (1.10.15, 2.2.5 and 2.10.5)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from migrator.inventory.logs.endings import ENDS, ending_of, read_ending
from tests.inventory.logs.trees import CODE, marked

START = "[2026-11-27 14:22:16,130] {taskinstance.py:881} INFO - Starting attempt 1 of 2\n"
NEW = (
    "[2026-11-27T14:32:05.886+0000] {taskinstance.py:353} INFO - Marking task as SUCCESS. dag_id=d, task_id=t, run_id="
)
NEW += "scheduled__2026-11-27T14:30:00+00:00, execution_date=20261127T143000, start_date=20261127T143202, end_date=\n"
NOW = "[2026-11-27 14:22:17,539] {taskinstance.py:1178} INFO - Immediate failure requested. Marking task as FAILED. "
NOW += "dag_id=d, task_id=t, execution_date=20261127T142000, start_date=20261127T142216, end_date=20261127T142217\n"
AGAIN = "[2026-11-27 14:22:17,539] {taskinstance.py:1141} INFO - Rescheduling task, marking task as UP_FOR_RESCHEDULE\n"
POISON = (
    "[2026-11-27 14:22:17,539] {local_task_job.py:154} WARNING - State of this instance has been externally set to "
)
POISON += "failed. Taking the poison pill.\n"
DEFERRED = "[2022-01-01, 00:00:00 UTC] {taskinstance.py:1349} INFO - Pausing task as DEFERRED. dag_id=d, task_id=t, "
DEFERRED += "execution_date=20261127T142000, start_date=20261127T142216\n"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (START + marked("SUCCESS"), "success"),
        (START + marked("FAILED", code=1), "failed"),
        (START + NOW + CODE.format(code=1), "failed"),
        (START + marked("UP_FOR_RETRY", code=1), "up_for_retry"),
        (START + marked("SKIPPED"), "skipped"),
        (START + marked("SKIPPED") + marked("SUCCESS"), "skipped"),  # as 1.10.15 does, see test_real
        (START + marked("SKIPPED") + START + marked("SUCCESS"), "success"),
        (START + AGAIN + CODE.format(code=0), "up_for_reschedule"),
        (START + AGAIN + CODE.format(code=0) + START, "running"),
        (START + AGAIN + CODE.format(code=0) + START + marked("SUCCESS"), "success"),
        (START + DEFERRED + CODE.format(code=0), "deferred"),
        (START + POISON + CODE.format(code=-15), "failed"),
        (START + NEW + CODE.format(code=0), "success"),
        (START + CODE.format(code=0), "success"),
        (START + CODE.format(code="Negsignal.SIGKILL"), "running"),
        (START + CODE.format(code=-9), "running"),
        (START, "running"),
        ("", "running"),
        ("\0\xff Marking task as", "running"),
        ("Marking task as NONSENSE.dag_id=d, task_id=t, x", "running"),
    ],
)
def test_the_last_line_that_tells_counts(text, state):
    assert ending_of(text, "d", "t").state == state


def test_a_mark_of_another_task_that_this_one_printed_is_none():
    assert ending_of(START + marked("SUCCESS", task="other") + marked("FAILED", dag="e"), "d", "t").state == "success"


def test_what_a_branch_chose_and_what_is_skipped():
    branch = "[2020-01-01 00:00:00,000] {skipmixin.py:122} INFO - Following branch "
    assert ending_of(f"{branch}{{'a', 'b.c'}}\n" + marked("SUCCESS"), "d", "t").follows == {"a", "b.c"}
    assert ending_of(f"{branch}only\n" + marked("SUCCESS"), "d", "t").follows == {"only"}
    short = "[2020-01-01 00:00:00,000] {python_operator.py:165} INFO - Skipping downstream tasks...\n"
    latest = "[2020-01-01 00:00:00,000] {latest_only.py:71} INFO - Not latest execution, skipping downstream.\n"
    assert ending_of(short, "d", "t").skips == "all"
    assert ending_of(latest, "d", "t").skips == "next"
    assert ending_of(short + START, "d", "t").skips == ""


def test_the_date_of_the_run():
    assert ending_of(NEW, "d", "t").logical_date == datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
    assert ending_of(NEW.replace("20261127T143000", "20269927T143000"), "d", "t").logical_date is None


def test_of_a_long_log_the_end_is_read_and_more_where_that_does_not_tell(tmp_path):
    log = tmp_path / "1.log"
    log.write_text(marked("FAILED") + "x\n" * ENDS[0] + marked("SUCCESS"))
    assert read_ending(log, "d", "t").state == "success"
    log.write_text(marked("FAILED") + "callback\n" * (ENDS[0] // 4))
    assert read_ending(log, "d", "t").state == "failed"
    log.write_bytes(b"\xff\x00" + marked("SUCCESS").encode() + b"\xff")
    assert read_ending(log, "d", "t").state == "success"
    assert read_ending(tmp_path / "gone", "d", "t").state == "running"
