"""Which template files Airflow renders, by the code around them."""

from __future__ import annotations

import pytest

from codemods.templates.files import rendered

OWN = "from airflow.models import BaseOperator\n"


@pytest.mark.parametrize(
    "code",
    [
        "BashOperator(task_id='a', bash_command='sql/q.sql')",
        "BashOperator(task_id='a', bash_command='q.sql', **more)",
        "Q = 'sql/q.sql'\nmake(task_id='a', sql=Q)",
        "for t in TABLES:\n    Ours(task_id=t, sql=f'sql/{t}.sql')",
        "Ours(task_id='a', sql='sql/%s.sql' % t)",
        "Ours(task_id='a', sql='sql/{}.sql'.format(t))",
        "Ours(task_id='a', sql=os.path.join(SQL, 'q.sql'))",
        "Ours(task_id='a', sql=[first, 'sql/q.sql'])",
        "Ours(task_id='a', sql='/home/airflow/gcs/dags/sql/q.sql')",
        "JOBS = [{'sql': 'q.sql'}]\nfor job in JOBS:\n    Ours(task_id='a', **job)",
        "DAG('a', template_searchpath=['/home/airflow/gcs/dags/sql'])",
        "PATH = os.path.join(HERE, 'sql')\nDAG('a', template_searchpath=PATH)",
        "Ours(task_id='a', sql=open('sql/q.sql').read())",
    ],
)
def test_an_operator_or_a_search_path_names_it(code: str) -> None:
    assert rendered({"dag.py": (OWN + code).encode()}, {"sql/q.sql": "", "sql2/other.sql": ""}) == {"sql/q.sql"}


@pytest.mark.parametrize(
    "code",
    [
        "",
        "Template(open('sql/q.sql').read()).render(end_date='x')",
        "with open(os.path.join(HERE, 'sql', 'q.sql')) as f:\n    f.read()",
        "Q = 'sql/q.sql'\nopen(Q)",
        "(Path(HERE) / 'sql' / 'q.sql').read_text()",
        "env.get_template('q.sql').render()",
        "Ours(task_id='a', sql=env.get_template('q.sql').render(end_date='x'))",
        "Ours(task_id='a', sql='q.sql')\nload('sql/q.sql')",
        "Ours(task_id='a', sql='sql/other.sql')",
        "DAG('a', template_searchpath='/x/sql')\nopen('q.sql')",
        "def f(:",
    ],
)
def test_nobody_names_it_or_other_code_reads_it(code: str) -> None:
    assert "sql/q.sql" not in rendered({"dag.py": (OWN + code).encode()}, {"sql/q.sql": ""})


def test_what_a_rendered_template_includes_is_rendered() -> None:
    code = {"dag.py": b"Ours(task_id='a', sql='a.sql')"}
    texts = {"a.sql": "{% include 'parts/b.sql' %}", "parts/b.sql": '{% import "c.j2" as c %}', "c.j2": "", "d.j2": ""}
    assert rendered(code, texts) == {"a.sql", "parts/b.sql", "c.j2"}
