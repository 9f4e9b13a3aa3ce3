"""What runs of a dump left to later ones: values alone are read, whatever the bytes say; the rest is named."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from migrator.inventory.snapshot.contents import read_contents
from migrator.inventory.snapshot.left import left_in
from tests.inventory.snapshot.dumps import RUN, copy_form, insert_form, tables
from tests.plan.estates import dag

DATE = "2026-11-24T00:00:00.000000+00:00"
OLDER = {**RUN, "id": "2", "run_id": "scheduled__2026-11-23T00:00:00+00:00", "execution_date": "2026-11-23 00:00:00+00"}
LONG = 300_000


class Evil:
    def __reduce__(self):
        return os._exit, (3,)


def bomb():
    value: list[object] = []
    for _ in range(40):
        value = [value, value]
    return value


def hexed(value):
    return "\\x" + pickle.dumps(value).hex()


def xcom(value, key="k", **more):
    return {
        "dag_id": "d",
        "task_id": "t",
        "key": key,
        "execution_date": "2026-11-24 00:00:00+00",
        "value": value,
        **more,
    }


def told(tmp_path, *, runs=(RUN,), xcoms=(), form=copy_form):
    path = tmp_path / "airflow.sql"
    path.write_text(form(tables(dag_run=list(runs), xcom=list(xcoms) or [xcom(None, task_id="none")])))
    contents = read_contents(path, since=datetime(2026, 1, 1, tzinfo=UTC), most_runs=10)
    found = left_in(contents, [replace(dag("d"), file="d.py")])
    return found["dags"].get("d", {}), found["left_out"].get("d", [])


def values(kept):
    return {one["key"]: one["value"] for one in kept.get("xcoms", []) if one["task_id"] == "t"}


@pytest.mark.parametrize("form", [copy_form, lambda found: insert_form(found, mysql=True).replace("00+00'", "00'")])
@pytest.mark.parametrize("stored", [
    hexed({"a": [1, None, True, 2.5, "é"]}),
    "\\x" + '{"a": [1, null, true, 2.5, "é"]}'.encode().hex(),
    '{"a": [1, null, true, 2.5, "é"]}',
    "\\x" + pickle.dumps({"a": [1, None, True, 2.5, "é"]}, protocol=0).hex(),
])  # fmt: skip
def test_values_in_each_form(tmp_path, stored, form):
    kept, lost = told(tmp_path, xcoms=[xcom(stored)], form=form)
    assert values(kept) == {"k": {"a": [1, None, True, 2.5, "é"]}}
    assert (kept["date"], lost) == (DATE, [])


@pytest.mark.parametrize(("stored", "why"), [
    (hexed(Evil()), "JSON has no form for"),
    (hexed(datetime(2026, 1, 1, tzinfo=UTC)), "JSON has no form for"),
    (hexed({1: 2}), "JSON has no form for"),
    (hexed(b"x"), "JSON has no form for"),
    (hexed({"__classname__": "a.B", "__data__": 1}), "JSON has no form for"),
    (hexed(bomb()), "too many parts"),
    (hexed("x" * LONG), "bytes"),
    ("\\x80", "neither JSON nor a pickle"),
    ("\\x8004" + "ff" * 9, "neither JSON nor a pickle"),
    ("\\x8", "could not be read"),
    ("\\x" + b"[" .hex() * 9000, "neither JSON nor a pickle"),
])  # fmt: skip
def test_what_json_does_not_hold_is_named_and_hides_no_other(tmp_path, stored, why):
    kept, (line,) = told(tmp_path, xcoms=[xcom(stored, "odd"), xcom(hexed(1))])
    assert line.startswith("XCom odd of t: ")
    assert why in line
    assert values(kept) == {"k": 1}


def test_only_the_newest_run_leaves_xcoms_and_each_its_conf(tmp_path):
    older = OLDER | {"conf": hexed({"day": 1})}
    kept, lost = told(
        tmp_path,
        runs=[RUN | {"conf": hexed({"day": 2})}, older, OLDER | {"id": "3", "run_id": "manual__x", "state": "running"}],
        xcoms=[xcom(hexed(1), execution_date="2026-11-23 00:00:00+00"), xcom(hexed(2))],
    )
    assert kept["confs"] == {DATE: {"day": 2}, DATE.replace("24T", "23T"): {"day": 1}}
    assert (values(kept), lost) == ({"k": 2}, [])


@pytest.mark.parametrize("conf", [None, hexed({}), hexed(None)])
def test_no_conf_is_none(tmp_path, conf):
    assert told(tmp_path, runs=[RUN | {"conf": conf}])[0].get("confs", {}) == {}


def test_a_conf_that_json_does_not_hold_is_named(tmp_path):
    _, (line,) = told(tmp_path, runs=[RUN | {"conf": hexed(Evil())}])
    assert line.startswith(f"conf of the run of {DATE}: ")


def test_a_dump_without_xcoms_leaves_none(tmp_path):
    path = tmp_path / "airflow.sql"
    path.write_text(copy_form(tables()))
    contents = read_contents(path, since=datetime(2026, 1, 1, tzinfo=UTC), most_runs=10)
    assert left_in(contents, [dag("d")])["dags"] == {}
