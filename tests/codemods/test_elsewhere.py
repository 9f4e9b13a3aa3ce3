"""What an import asks for in vain is found in the profile, wherever it is now."""

from __future__ import annotations

from collections import defaultdict

import pytest

from codemods.engine.rewrite import rewrite
from codemods.profiles import load
from codemods.target.elsewhere import proposal

IMAGE = load()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("airflow.models.DagContext", "DagContext is now in airflow.models.dag"),
        ("airflow.contrib.hooks.gcs_hook._parse_gcs_url", "is now in airflow.providers.google.cloud.hooks.gcs"),
        ("airflow.utils.helpers.apply_defaults", "apply_defaults is now in airflow.utils.decorators"),
        ("airflow.contrib.kubernetes.secret.Secret", "Secret is now in airflow.providers.cncf.kubernetes.secret"),
        ("airflow.contrib.kubernetes.pod_generator", "pod_generator is now in airflow.kubernetes or airflow.providers"),
        ("airflow.models._clear_task_instances", "clear_task_instances is now in airflow.models.taskinstance"),
        (
            "airflow.executors.get_default_executor",
            "get_default_executor is now a method of airflow.executors.executor_loader.ExecutorLoader",
        ),
        (
            "airflow.jobs.BaseJob",
            "the nearest name there is airflow.jobs.base_job_runner.BaseJobRunner or airflow.jobs",
        ),
        ("airflow.utils.email.send_emails", "the nearest name there is airflow.utils.email.send_email"),
        ("airflow.models.dag.NobodysName", "nothing in the image has that name"),
        ("airflow.hooks.S3_hook.NobodysHook", "nothing in the image has that name"),
    ],
)
def test_a_name_is_found_where_it_is_now(name: str, said: str) -> None:
    assert said in proposal(name, IMAGE)


def test_every_class_that_one_module_defines_is_found_from_anywhere() -> None:
    homes: defaultdict[str, set[str]] = defaultdict(set)
    for name in IMAGE.classes:
        if name.startswith("airflow.") and "example" not in name and "compat" not in name:
            homes[name.rpartition(".")[2]].add(name.rpartition(".")[0])
    alone = {
        last: next(iter(found)) for last, found in homes.items() if len(found) == 1 and found <= set(IMAGE.modules)
    }
    assert len(alone) > 500
    lost = {last for last, home in alone.items() if home not in proposal(f"airflow.somewhere.{last}", IMAGE)}
    assert lost == set()


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        ("from airflow.models.dagbag import DagContext\n", "CM901", "DagContext is now in airflow.models.dag"),
        ("from airflow.models.dag import NobodysName\n", "CM901", "nothing in the image has that name"),
        ("from airflow.contrib.x import DagContext\n", "CM102", "DagContext is now in airflow.models.dag"),
        ("from airflow.operators import DagContext\n", "CM102", "DagContext is now in airflow.models.dag; if a plugin"),
        ("from airflow.operators import OurOperator\n", "CM102", "is not part of Airflow 2; if a plugin defines"),
    ],
)
def test_findings_propose_it(source: str, code: str, said: str) -> None:
    [finding] = rewrite(source.encode()).findings
    assert finding.code == code
    assert said in finding.message
    assert "changelog" not in finding.message
