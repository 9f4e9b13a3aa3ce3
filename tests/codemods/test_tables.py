"""The tables: complete rows, no chains, no move to itself."""

from __future__ import annotations

import pytest

from codemods.engine.names import names_on
from codemods.engine.rewrite import rewrite
from codemods.profiles import DEFAULT, load
from codemods.tables import canonical, gone, moves, rows


@pytest.mark.parametrize("table", ["moves", "gone", "arguments", "argument_values"])
def test_every_row_is_whole_and_has_a_source(table: str) -> None:
    found = rows(table)
    assert found
    keys = [tuple(row.values())[: max(1, len(row) - 2)] for row in found]
    assert keys == list(dict.fromkeys(keys))
    for row in found:
        assert row["source"], row
        assert None not in row, row


def test_a_move_ends_where_it_leads() -> None:
    assert not [old for old, new in moves().items() if new in moves() or old == new]
    assert not set(moves()) & set(gone())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("airflow.operators.BashOperator", "airflow.operators.bash.BashOperator"),
        ("airflow.operators.DummyOperator", "airflow.operators.empty.EmptyOperator"),
        ("airflow.operators.sensors.ExternalTaskSensor", "airflow.sensors.external_task.ExternalTaskSensor"),
        (
            "airflow.operators.dagrun_operator.TriggerDagRunOperator",
            "airflow.operators.trigger_dagrun.TriggerDagRunOperator",
        ),
        ("airflow.contrib.hooks.fs_hook.FSHook", "airflow.hooks.filesystem.FSHook"),
        ("airflow.DAG", "airflow.models.dag.DAG"),
        ("airflow.models.Variable", "airflow.models.Variable"),
    ],
)
def test_canonical(old: str, new: str) -> None:
    assert canonical(old) == new


@pytest.mark.parametrize(
    "name",
    [
        "contrib.operators.s3_to_gcs_operator.S3ToGoogleCloudStorageOperator",
        "contrib.operators.sftp_operator.SFTPOperation",
        "utils.apply_defaults",
        "utils.email.send_MIME_email",
        "contrib.kubernetes.pod_generator.PodGenerator",
        "contrib.kubernetes.kube_client.get_kube_client",
        "contrib.hooks.gcs_hook._parse_gcs_url",
        "contrib.hooks.bigquery_hook._validate_value",
    ],
)
def test_names_that_1_10_had_before_the_shims_of_2(name: str) -> None:
    target = load(DEFAULT)
    assert target.has(names_on(target).moves[f"airflow.{name}"])


def test_a_name_that_hides_one_of_pythons_own_is_not_renamed() -> None:
    """``except ImportError`` above the import means Python's; 2.10 has the name where 1.10 had it."""
    above = b"try:\n    import x\nexcept ImportError:\n    x = 1\n"
    source = above + b"from airflow.models import ImportError\nImportError.timestamp\n"
    done = rewrite(source)
    assert (done.source, done.findings) == (source, ())
