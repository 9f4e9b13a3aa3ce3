"""The border of the inventory: what passes in clear, what is sealed, and what free text loses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.inventory.sealing import Sealing, exact, sealed
from migrator.inventory.store import dumps
from migrator.model.dag import BrokenFile, Unlisted
from migrator.model.history import History, HistoryRun
from migrator.model.inventory import Inventory
from migrator.model.resources import Connection, Pool, Variable
from migrator.model.run import Run
from migrator.model.sealed import Sealed
from tests.inventory.estates import FACTS, WHEN
from tests.inventory.test_drift import DAG
from tests.scrub.forms import FORMS

KEY = Sealing(b"k" * 32)
FACTS_OF = replace(
    FACTS,
    overrides={"core-parallelism": "18", "smtp-smtp_host": "mail"},
    env_variables={"REGION": "eu", "OTHER": "eu", "DEBUG": "true"},
)


def inventory(**more):
    return Inventory(WHEN, more.pop("environment", FACTS_OF), "1.10.15", "3.8", **more)


def test_names_and_fingerprints_stay_of_settings():
    closed = sealed(inventory(), KEY)
    overrides, env = closed.environment.overrides, closed.environment.env_variables
    assert overrides["core-parallelism"] == "18"
    assert env["DEBUG"] == "true"
    marks = [overrides["smtp-smtp_host"], env["REGION"], env["OTHER"]]
    assert all(isinstance(one, Sealed) and len(one.fingerprint) == 32 for one in marks)
    assert len(set(marks)) == 3, "settings of one value do not show that they are equal"


def test_a_fingerprint_follows_the_value_and_the_key():
    mark = sealed(inventory(), KEY).environment.env_variables["REGION"]
    assert mark == sealed(inventory(), KEY).environment.env_variables["REGION"]
    other = sealed(inventory(environment=replace(FACTS, env_variables={"REGION": "us"})), KEY)
    assert mark != other.environment.env_variables["REGION"]
    assert mark != sealed(inventory(), Sealing(b"o" * 32)).environment.env_variables["REGION"]
    assert sealed(inventory(), Sealing()).environment.env_variables["REGION"] == Sealed("")


def test_twice_is_the_same():
    once = sealed(inventory(connections=(Connection("c", "http", "f", host="h"),)), KEY)
    assert sealed(once, KEY) == once


def test_what_was_sealed_is_known_exactly():
    closed = sealed(inventory(), KEY)
    assert exact(FACTS_OF, closed.environment).overrides == {"smtp-smtp_host": "mail"}
    assert exact(FACTS_OF, closed.environment).env_variables == {"REGION": "eu", "OTHER": "eu"}


def test_what_the_operator_names_stays():
    closed = sealed(inventory(), Sealing(KEY.key, ("REG*",)))
    assert closed.environment.env_variables["REGION"] == "eu"


@pytest.mark.parametrize("form", FORMS)
def test_no_carrier_holds_a_secret_in_clear(form):
    text, secret = FORMS[form]
    facts = replace(
        FACTS, overrides={"a-b": text}, env_variables={"A": text}, packages={"p": f"@ {text}"}, airflow_uri=text,
        network={"node_config": {"tags": [text]}}, sizes={"workloads_config": {"x": text}},
    )  # fmt: skip
    dag = replace(DAG, description=text, tags=(text,), owners=(text,), datasets_in=(text,), datasets_out=(text,))
    run = Run("etl", text, WHEN, "success", automated=False)
    everything = inventory(
        environment=facts, dags=(dag,), broken_files=(BrokenFile("a.py", text),), runs=(run,),
        variables=(Variable("k", "f", 1, text),), pools=(Pool("p", 1, text),), warnings=(text,),
        connections=(Connection("c", text, "f", host=text, schema=text, login=text),),
        unlisted=(Unlisted("a.py", 1, text),), history=History((HistoryRun("etl", WHEN, text),)),
    )  # fmt: skip
    assert secret not in dumps(sealed(everything, KEY)).replace("\\\\", "\\").replace('\\"', '"')


def test_ids_that_airflow_made_are_kept():
    ids = ("scheduled__2026-01-01T00:00:00+00:00", "manual__2026-11-25T16:00:00.123456+00:00", "backfill_2026-01-01")
    runs = tuple(Run("etl", one, WHEN, "success", automated=True) for one in ids)
    assert [run.run_id for run in sealed(inventory(runs=runs), KEY).runs] == list(ids)
