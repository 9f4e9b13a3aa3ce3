"""DAGs that code makes of YAML and JSON in the tree are listed; what lies elsewhere is not guessed."""

from __future__ import annotations

import json

import pytest

from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.read import Found, read_dags

HEAD = """\
import glob, json, os, yaml
from datetime import datetime
from pathlib import Path
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
HERE = os.path.dirname(os.path.abspath(__file__))
"""
BODY = """
    with DAG(cfg["id"], schedule_interval=cfg["schedule"], start_date=datetime(2020, 1, 1)) as made:
        for task in cfg["tasks"]:
            BashOperator(task_id=task, bash_command="date")
    globals()[cfg["id"]] = made
"""
ROW = {"id": "", "schedule": "@daily", "tasks": ["t", "u"]}
FILES = {f"dags/conf/{name}.yaml": json.dumps(ROW | {"id": name}) for name in ("a", "b")} | {
    "dags/conf/README.md": "no configuration",
    "dags/all.json": json.dumps({"dags": [ROW | {"id": name} for name in ("a", "b")]}),
}
FOLLOWED = {
    "glob": 'for path in glob.glob(os.path.join(HERE, "conf", "*.yaml")):\n'
    "    with open(path) as file:\n        cfg = yaml.safe_load(file)",
    "glob of a text": 'for path in sorted(glob.glob(HERE + "/conf/*.yaml")):\n    cfg = yaml.safe_load(open(path))',
    "all below": 'for path in glob.glob(f"{HERE}/**/*.yaml", recursive=True):\n    cfg = yaml.safe_load(open(path))',
    "listdir": 'for name in os.listdir(HERE + "/conf"):\n    if not name.endswith(".yaml"):\n        continue\n'
    '    cfg = yaml.load(open(os.path.join(HERE, "conf", name)), Loader=yaml.FullLoader)',
    "paths": 'for path in sorted((Path(__file__).parent / "conf").glob("*.yaml")):\n'
    "    cfg = yaml.safe_load(path.read_text())",
    "iterdir": 'for path in Path(__file__).resolve().parent.joinpath("conf").iterdir():\n'
    '    if path.suffix != ".yaml":\n        continue\n    cfg = yaml.safe_load(path.open())',
    "walk": "for root, _, names in os.walk(HERE):\n  for name in names:\n"
    '    if not name.endswith(".yaml"):\n        continue\n'
    "    with open(os.path.join(root, name)) as file:\n        cfg = yaml.safe_load(file.read())",
    "Composer's own folder": 'for cfg in json.load(open("/home/airflow/gcs/dags/all.json"))["dags"]:\n    pass',
    "Airflow's setting": 'from airflow.settings import DAGS_FOLDER\n'
    'for cfg in json.loads(open(os.path.join(DAGS_FOLDER, "all.json")).read())["dags"]:\n    pass',
    "a comprehension": 'names = [name for name in os.listdir(f"{HERE}/conf") if name.endswith("yaml")]\n'
    'for cfg in [yaml.safe_load(open(f"{HERE}/conf/{name}")) for name in names]:\n    pass',
}  # fmt: skip
UNKNOWN = {
    "the bucket's data": 'for path in glob.glob("/home/airflow/gcs/data/*.y"):\n    cfg = yaml.safe_load(open(path))',
    "another disk": 'for path in glob.glob("/etc/dags/*.yaml"):\n    cfg = yaml.safe_load(open(path))',
    "out of the bucket": 'for path in glob.glob(HERE + "/../../../*.yaml"):\n    cfg = yaml.safe_load(open(path))',
    "where the process runs": 'for path in glob.glob("conf/*.yaml"):\n    cfg = yaml.safe_load(open(path))',
    "a file that is not there": 'for cfg in json.load(open(HERE + "/none.json"))["dags"]:\n    pass',
    "what is no JSON": 'for cfg in json.load(open(HERE + "/conf/README.md"))["dags"]:\n    pass',
}


def read(text: str, **more: str) -> Found:
    files = {path: one.encode() for path, one in ({"dags/f.py": text} | FILES | more).items()}
    return read_dags(files, files.__getitem__, Defaults())


@pytest.mark.parametrize("loop", FOLLOWED.values(), ids=FOLLOWED)
def test_each_file_makes_its_dag(loop: str) -> None:
    found = read(HEAD + loop + BODY)
    assert [(dag.dag_id, str(dag.schedule), len(dag.tasks)) for dag in found.dags] == [
        ("a", "0 0 * * *", 2), ("b", "0 0 * * *", 2),
    ]  # fmt: skip
    assert all(dag.unknown == ("paused",) for dag in found.dags)
    assert found.unlisted == []


@pytest.mark.parametrize("loop", UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_in_the_tree_is_named_and_not_guessed(loop: str) -> None:
    found = read(HEAD + loop + BODY)
    assert found.dags == []
    assert [one.file for one in found.unlisted] == ["f.py"]


def test_a_value_of_a_tag_is_unknown_and_no_object() -> None:
    text = "id: a\nschedule: !days_ago 1\ntasks: [!!python/object/apply:os.system ['true']]\n"
    found = read(HEAD + 'cfg = yaml.safe_load(open(HERE + "/tag.yaml"))\nif True:' + BODY, **{"dags/tag.yaml": text})
    assert [(dag.dag_id, "schedule" in dag.unknown, "tasks" in dag.unknown) for dag in found.dags] == [
        ("a", True, True)
    ]


def test_aliases_that_grow_without_end_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    code = HEAD + 'cfg = yaml.safe_load(open(HERE + "/bomb.yaml"))\nx = DAG("a", schedule_interval=None)\n'
    found = read(code, **{"dags/bomb.yaml": "\n".join(lines)})
    assert [one.why for one in found.unlisted] == ["its code does more than is followed"]


def test_a_large_file_is_not_read_and_is_named() -> None:
    code = HEAD + 'cfg = json.load(open(HERE + "/big.json"))\nx = DAG("a", schedule_interval=cfg["s"])\n'
    found = read(code, **{"dags/big.json": json.dumps({"s": "@daily", "x": "y" * 300_000})})
    assert [(dag.dag_id, "schedule" in dag.unknown) for dag in found.dags] == [("a", True)]
    assert any("big.json has more than" in one for one in found.warnings)
