"""What moves into a new place looks as if it was written there: quotes, indentation, comments, line breaks."""

from __future__ import annotations

from textwrap import indent

import pytest

from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite

PYSPARK = "from airflow.contrib.operators.dataproc_operator import DataProcPySparkOperator\n\n"
SUBMIT = "from airflow.providers.google.cloud.operators.dataproc import DataprocSubmitJobOperator\n\n"
QUERY = "from airflow.contrib.operators.bigquery_operator import BigQueryOperator\n\n"
INSERT = "from airflow.providers.google.cloud.operators.bigquery import BigQueryInsertJobOperator\n\n"

HANGING = """\
DataProcPySparkOperator(
    task_id='a',
    main='gs://' +
         'bucket/x.py',  # the main file
    arguments=['--date', '{{ ds }}',
               '--n', '1'],
    # how it is called
    cluster_name='c',
    dataproc_pyspark_properties={
        'a': 'b',  # of Spark
    },
    region='europe-west1',  # near
)
"""
HANGING_AFTER = """\
DataprocSubmitJobOperator(
    task_id='a',
    job={
        'placement': {
            # how it is called
            'cluster_name': 'c',
        },
        'pyspark_job': {
            'main_python_file_uri': 'gs://' +
                                    'bucket/x.py',  # the main file
            'args': ['--date', '{{ ds }}',
                     '--n', '1'],
            'properties': {
                'a': 'b',  # of Spark
            },
        },
    },
    region='europe-west1',  # near
)
"""
ALIGNED = """\
BigQueryOperator(task_id='b',
                 bql='select 1',
                 use_legacy_sql=False,
                 destination_dataset_table='p.d.t',  # where
                 write_disposition='WRITE_TRUNCATE',
                 bigquery_conn_id='bq')
"""
ALIGNED_AFTER = """\
BigQueryInsertJobOperator(task_id='b',
                          configuration={
                              # where
                              'query': {
                                  'query': 'select 1',
                                  'useLegacySql': False,
                                  'destinationTable': {
                                      'projectId': 'p',
                                      'datasetId': 'd',
                                      'tableId': 't',
                                  },
                                  'writeDisposition': 'WRITE_TRUNCATE',
                              },
                          },
                          gcp_conn_id='bq')
"""
ONE_LINE = """\
DataProcPySparkOperator(task_id='e', main='gs://b/x.py', cluster_name='c', region='r', dataproc_pyspark_properties={
    'a': 'b',
})
"""
ONE_LINE_AFTER = """\
DataprocSubmitJobOperator(
    task_id='e',
    job={
        'placement': {
            'cluster_name': 'c',
        },
        'pyspark_job': {
            'main_python_file_uri': 'gs://b/x.py',
            'properties': {
                'a': 'b',
            },
        },
    },
    region='r',
)
"""
CASES = {
    "one argument a line": (PYSPARK + HANGING, SUBMIT + HANGING_AFTER),
    "arguments below the first one": (QUERY + ALIGNED, INSERT + ALIGNED_AFTER),
    "a line that would become too long": (PYSPARK + ONE_LINE, SUBMIT + ONE_LINE_AFTER),
}


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("case", CASES)
def test_a_value_that_moves(case: str, quote: str, newline: str, depth: int) -> None:
    before, after = (_placed(text, depth).replace("'", quote).replace("\n", newline) for text in CASES[case])
    result = rewrite(before.encode(), Options(unsafe=True))
    assert result.source.decode() == after
    assert rewrite(result.source, Options(unsafe=True)).source == result.source


def _placed(text: str, depth: int) -> str:
    """The call inside so many blocks."""
    imports, _, call = text.partition("\n\n")
    blocks = "".join(f"{'    ' * level}if True:\n" for level in range(depth))
    return f"{imports}\n\n{blocks}{indent(call, '    ' * depth)}"


def test_a_long_string_is_not_moved() -> None:
    before = (
        QUERY + "BigQueryOperator(\n    task_id='b',\n    bql='''\n  select 1\n    ''',\n    bigquery_conn_id='c',\n)\n"
    )
    after = rewrite(before.encode(), Options(unsafe=True)).source.decode()
    assert "            'query': '''\n  select 1\n    ''',\n" in after


def test_literals_of_the_file_keep_their_quotes() -> None:
    before = QUERY + "X = ['a', 'b', 'c']\nBigQueryOperator(task_id=\"b\", sql=\"select 'x'\", labels={\"k\": 'v'})\n"
    after = rewrite(before.encode(), Options(unsafe=True)).source.decode()
    for kept in ('task_id="b"', "\"select 'x'\"", "{\"k\": 'v'}", "'useLegacySql'", "gcp_conn_id='bigquery_default'"):
        assert kept in after
