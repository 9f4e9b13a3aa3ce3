"""Connections that Airflow makes by itself are nobody's affair, unless a DAG names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.verify.defaults import WHY, idle_defaults, shipped
from migrator.verify.model import ACCEPTED, About, Compared, Difference, Verdict, accepted

if TYPE_CHECKING:
    from pathlib import Path


def test_one_that_a_dag_names_has_to_be_answered_for(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "a.py").write_text('X(ssh_conn_id="sftp_default", other="my_emr_default")\n')
    reasons = idle_defaults(tmp_path)
    differs = (Difference("extra", "(secret)", "(another)"),)
    names = ("emr_default", "sftp_default", "own")
    found = accepted([Compared(About.CONNECTION, name, differs) for name in names], reasons)
    assert [one.verdict for one in found] == [Verdict.EXPLAINED, Verdict.DIFFERENT, Verdict.DIFFERENT]
    assert [(one.rule, one.why) for one in found[0].differences] == [(ACCEPTED, WHY)]


def test_the_table_holds_what_airflow_makes() -> None:
    assert {"emr_default", "hive_cli_default", "sftp_default", "local_mysql"} <= shipped()
    assert len(shipped()) == 37
