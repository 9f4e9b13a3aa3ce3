"""Results of real rewrites of small files, as reports."""

from __future__ import annotations

from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite
from migrator.report.rewrite.model import Report
from migrator.rewrite.result import FileResult, TreeResult

TARGET = "composer-2.15.3-airflow-2.10.5"
IMPORTS = "from airflow import DAG\nfrom airflow.operators.bash_operator import BashOperator\n"
DAYS_AGO = "from airflow.utils.dates import days_ago\n"
MIXED = (
    IMPORTS
    + "from airflow.operators import OurOperator\n"
    + DAYS_AGO
    + 'default_args = {"owner": "data", "start_date": days_ago(1)}\n'
    + 'dag = DAG("a", default_args=default_args, schedule_interval="@daily")\n'
)
PLUGIN = "from airflow.operators import OtherOperator\n"


def report(files: dict[str, str], *, unsafe: bool = False, root: str = "") -> Report:
    """The report of a dry run over these texts."""
    results = []
    for path, text in files.items():
        done = rewrite(text.encode(), Options(unsafe=unsafe, target=TARGET), path=path)
        after = done.source.decode()
        results.append(FileResult(path, after != text, text, after, done.changes, done.findings))
    return Report(TreeResult(tuple(results)), TARGET, dry_run=True, root=root)
