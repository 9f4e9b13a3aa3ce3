"""What to paste to keep each rule; ``{team}`` and ``{tags}`` are filled in from the policies."""

from __future__ import annotations

SNIPPETS = {
    "GV101": 'default_args = {{"owner": "{team}", "retries": 2}}',
    "GV102": 'default_args = {{"owner": "{team}", "retries": 2}}',
    "GV103": "with DAG(..., tags=[{tags}]) as dag:",
    "GV104": 'with DAG("{team}_orders", ...) as dag:',
    "GV105": 'with DAG(..., description="Load the orders of a day", doc_md=__doc__) as dag:',
    "GV106": 'default_args = {{"retries": 2, "retry_delay": timedelta(minutes=5)}}',
    "GV107": "with DAG(..., dagrun_timeout=timedelta(hours=2)) as dag:",
    "GV108": "with DAG(..., start_date=datetime(2026, 1, 1)) as dag:",
    "GV109": "@task\ndef tables():\n    return requests.get(URL, timeout=30).json()",
    "GV110": 'BashOperator(task_id="load", bash_command="load --region {{{{ var.value.region }}}}")',
    "GV111": '@task\ndef rows():\n    return len(pandas.read_csv("/home/airflow/gcs/data/a.csv"))',
    "GV112": 'BashOperator(task_id="load", env={{"API_TOKEN": "{{{{ conn.api.password }}}}"}}, bash_command="load")',
    "GV113": "with DAG(..., catchup=False) as dag:",
}


def snippet(code: str, team: str, tags: tuple[str, ...]) -> str:
    """A few lines to paste for a rule; empty for one that has none."""
    shown = ", ".join(f'"{tag.replace("*", "1")}"' for tag in tags if tag != "*") or f'"{team}", "tier-1"'
    return SNIPPETS.get(code, "").format(team=team, tags=shown)
