"""Each adapter asks the service for what 1.10.15's own class asks it for, with every argument that the class has.

The calls are made of the signature that the real 1.10.15 has; both Airflows are real, the service behind their hooks is
stubbed, and what arrives there is compared, with what is raised, returned and pushed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codemods.compat import Adapter, Place, adapters, package
from tests.codemods.compat.arguments import calls
from tests.codemods.compat.recorders import DESCRIBE, RUN, SOURCE, TARGET
from tests.codemods.compat.rest import as_rest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.airflows import Airflow

pytestmark = pytest.mark.airflow


def _proven(adapter: Adapter) -> bool:
    """Those of 1.10 itself that ask a service; the provider that DockerOperator extends is in no environment here.

    Some have a test of their own beside this one.
    """
    elsewhere = {"DockerOperator", "TriggerDagRunOperator", "DagRunOrder"}
    elsewhere |= {"SlackWebhookOperator", "SlackWebhookHook", "PodLauncher", "PodStatus", "get_default_executor"}
    return ".providers." not in adapter.old[0] and adapter.name not in elsewhere


_BIGQUERY = "airflow.providers.google.cloud.operators.bigquery"
_CONTRIB = "airflow.contrib.operators.bigquery_operator"
PROVIDERS = {
    f"{_BIGQUERY}.BigQueryExecuteQueryOperator": f"{_CONTRIB}.BigQueryOperator",
    f"{_BIGQUERY}.BigQueryCreateEmptyTableOperator": f"{_CONTRIB}.BigQueryCreateEmptyTableOperator",
}
OF_1_10 = sorted({one.old[0] for one in adapters().values() if _proven(one)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DAGs folder that has every adapter."""
    root = tmp_path_factory.mktemp("dags")
    root.chmod(0o755)
    for name, text in package(Place(one.target, "x.py", 1) for one in adapters().values()).items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize("old", OF_1_10)
def test_the_class_looks_the_same(v1: Airflow, v2: Airflow, folder: Path, old: str) -> None:
    before = v1.python(SOURCE + DESCRIBE, name=old)
    after = v2.python(TARGET + DESCRIBE, name=adapters()[old].target, folder=str(folder))
    assert after == before


@pytest.mark.parametrize("old", OF_1_10)
def test_the_service_is_asked_for_the_same(v1: Airflow, v2: Airflow, folder: Path, old: str) -> None:
    arguments = v1.python(SOURCE + DESCRIBE, name=old)["arguments"]
    every = calls(old.rpartition(".")[2], arguments, mixes=30)
    before = v1.python(SOURCE + RUN, name=old, calls=every, base=False)
    after = v2.python(TARGET + RUN, name=adapters()[old].target, folder=str(folder), calls=every, base=False)
    differ = [
        (call, was, now) for call, was, now in zip(every, before, after, strict=True) if as_rest(was) != as_rest(now)
    ]
    assert not differ, f"{len(differ)} of {len(every)}: {shown(differ[0])}"
    assert sum("calls" in was for was in before) > len(every) / 3, [was.get("error") for was in before]


@pytest.mark.parametrize("new", sorted(PROVIDERS))
def test_the_names_of_the_provider_ask_for_it_too(v1: Airflow, v2: Airflow, folder: Path, new: str) -> None:
    """The classes of the backport, and of the provider before they went, with the arguments that 1.10 had as well."""
    old = PROVIDERS[new]
    arguments = [one for one in v1.python(SOURCE + DESCRIBE, name=old)["arguments"] if one[0] != "bql"]
    every = [{"bigquery_conn_id": "o"} | call for call in calls(old.rpartition(".")[2], arguments, mixes=10)]
    before = v1.python(SOURCE + RUN, name=old, calls=every, base=False)
    after = v2.python(TARGET + RUN, name=adapters()[new].target, folder=str(folder), calls=every, base=False)
    assert [as_rest(one) for one in after] == [as_rest(one) for one in before]


@pytest.mark.parametrize("old", OF_1_10)
def test_it_is_a_base_class_too(v2: Airflow, folder: Path, v1: Airflow, old: str) -> None:
    arguments = v1.python(SOURCE + DESCRIBE, name=old)["arguments"]
    every = calls(old.rpartition(".")[2], arguments, mixes=0)[:3]
    target = adapters()[old].target
    plain, below = (
        v2.python(TARGET + RUN, name=target, folder=str(folder), calls=every, base=base) for base in (False, True)
    )
    assert [as_rest(one) for one in below] == [as_rest(one) for one in plain]


HERE = {"reference": {"jobId": "n_12345678"}}
REPLIES: list[dict[str, Any]] = [
    {"status": {"state": "ERROR", "details": "it failed"}},
    {"status": {"state": "CANCELLED"}},
    {"jobs": [HERE | {"status": {"state": "RUNNING"}}]},
    {"jobs": [HERE | {"status": {"state": "DONE"}}]},
    {"jobs": [HERE | {"status": {"state": "ERROR"}}]},
    {"jobs": [HERE | {"status": {"state": "ERROR"}}, HERE | {"status": {"state": "PENDING"}}]},
    {"jobs": [{"reference": {"jobId": "m_12345678"}, "status": {"state": "DONE"}}]},
]


@pytest.mark.parametrize("reply", REPLIES)
def test_how_a_dataproc_job_ends(v1: Airflow, v2: Airflow, folder: Path, reply: dict[str, Any]) -> None:
    """A job of that name that runs or ran is not submitted again; what fails, and what does not, is as it was."""
    old = "airflow.contrib.operators.dataproc_operator.DataProcHiveOperator"
    every = [{"query": "q", "job_name": "n"} | more for more in ({}, {"job_error_states": ["CANCELLED"]})]
    before = v1.python(SOURCE + RUN, name=old, calls=every, base=False, reply=reply)
    after = v2.python(
        TARGET + RUN, name=adapters()[old].target, folder=str(folder), calls=every, base=False, reply=reply
    )
    assert [as_rest(one) for one in after] == [as_rest(one) for one in before]


def shown(one: tuple[Any, Any, Any]) -> str:
    call, was, now = one
    return f"\n{call}\n1.10: {as_rest(was)} {was.get('error', '')}\nnow:  {as_rest(now)} {now.get('error', '')}"
