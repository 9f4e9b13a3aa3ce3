"""A callable of ``TriggerDagRunOperator`` decides on the target what it decided in 1.10."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codemods.compat import Place, origins, package
from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite

if TYPE_CHECKING:
    from pathlib import Path

    from tests.airflows import Airflow

TARGET = "airflow1_compat.trigger_dag_run.TriggerDagRunOperator"
SOURCE = "airflow.operators.dagrun_operator.TriggerDagRunOperator"
_RUN = """
import importlib, sys
from datetime import datetime, timezone
from types import SimpleNamespace

sys.path.insert(0, values["folder"])
importlib.invalidate_caches()
module, _, name = values["name"].rpartition(".")
cls = getattr(importlib.import_module(module), name)
order_class = getattr(importlib.import_module(values["order"].rpartition(".")[0]), "DagRunOrder")
calls = []


def trigger(dag_id, run_id, conf, execution_date, replace_microseconds):
    import json
    conf = json.loads(conf) if isinstance(conf, str) else conf
    given = run_id == "trig__2021-03-08T00:00:00+00:00"  # else the id has the moment, and the target names one as date
    calls.append([dag_id, run_id if given else run_id[:7], conf, execution_date.isoformat() if given else None])
    return SimpleNamespace(run_id=run_id, logical_date=datetime(2021, 3, 8))


importlib.import_module(values["triggers"]).trigger_dag = trigger


def filled(context, order):
    order.payload = {"day": context["ds"], "same": type(order).__name__}
    return order


def named(context, order):
    return order_class(run_id="ours__1", payload=["x"])


def nothing(context, order):
    return None


def as_it_is(context, order):
    return order


def odd(context, order):
    order.payload = {1, 2}
    return order


def one(function, arguments):
    del calls[:]
    task = cls(task_id="t", trigger_dag_id="other", python_callable=function, **arguments)
    ti = SimpleNamespace(xcom_push=lambda key, value: None)
    try:
        task.execute(context={"ds": "2021-03-08", "ti": ti, "task_instance": ti})
        return list(calls)
    except Exception as error:
        return "raised"


dates = [{}, {"execution_date": "2021-03-08T00:00:00+00:00"}]
result = [one(function, date) for function in (filled, named, nothing, as_it_is, odd) for date in dates]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("dags")
    root.chmod(0o755)
    for name, text in package([Place(TARGET, "x.py", 1)]).items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    return root


def outcomes(airflow: Airflow, folder: Path, **values: str) -> list[Any]:
    found: list[Any] = airflow.python(_RUN, folder=str(folder), **values)
    return found


@pytest.mark.airflow
def test_the_same_runs_are_triggered(v1: Airflow, v2: Airflow, folder: Path) -> None:
    module = "airflow.operators.dagrun_operator"
    before = outcomes(v1, folder, name=SOURCE, order=f"{module}.DagRunOrder", triggers=module)
    order = "airflow1_compat.dag_run_order.DagRunOrder"
    after = outcomes(v2, folder, name=TARGET, order=order, triggers="airflow.operators.trigger_dagrun")
    assert after == before
    assert sum(one != "raised" for one in before) >= 8, before
    assert {TARGET, order} <= origins().keys()


def test_a_callable_without_a_recipe_goes_to_the_adapter() -> None:
    head = "from airflow.operators.dagrun_operator import DagRunOrder, TriggerDagRunOperator\n\n"
    source = f"{head}TriggerDagRunOperator(task_id='t', trigger_dag_id='o', python_callable=find(DagRunOrder))\n"
    done = rewrite(source.encode(), Options(compat=True))
    assert b"from airflow1_compat.dag_run_order import DagRunOrder\n" in done.source, done.source.decode()
    assert b"from airflow1_compat.trigger_dag_run import TriggerDagRunOperator\n" in done.source, done.source.decode()
    plain = source.replace(", python_callable=find(DagRunOrder)", "").replace("DagRunOrder, ", "")
    assert b"airflow1_compat" not in rewrite(plain.encode(), Options(compat=True)).source
